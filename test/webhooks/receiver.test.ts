/** What vendors are answered, over real sockets. */
import { describe, expect, it } from 'vitest';
import { createMemoryLog } from './memory-log.ts';
import { startReceiver } from './receiver-under-test.ts';
import { replayUnderFreshIds } from './replay.ts';
import { NOW, signerOf } from './signers.ts';
import { webhookOf } from './webhook-of.ts';

const BODY = '{"id":"evt_1","type":"invoice.paid","customer":"zoe@example.com"}';
const stripe = signerOf('stripe');
const slack = signerOf('slack');
const github = signerOf('github');

const STRIPE = webhookOf({ ...stripe, vendor: 'stripe', settings: { id: 'id' } });
const SLACK = webhookOf({ ...slack, vendor: 'slack' });
const GITHUB = webhookOf({
  ...github,
  vendor: 'github',
  settings: { type: ['event', 'header:x-github-event'], idHeader: 'x-github-delivery' },
});

const signed = (body = BODY, at = NOW) => stripe.sign({ body, at });

describe('a signed delivery', () => {
  it('is answered 200 only once it is stored', async () => {
    const log = createMemoryLog();
    await using under = await startReceiver({ log, webhooks: [STRIPE] });
    const release = log.hold();
    let answered = false;
    const answer = under.post('/webhooks/stripe', BODY, signed()).finally(() => {
      answered = true;
    });
    await expect.poll(() => log.waiting).toBe(1);
    expect(answered).toBe(false);
    release();
    expect(await answer).toMatchObject({ status: 200, text: '' });
    expect(log.stored).toHaveLength(1);
  });

  it('is stored as it came, with its events, and without its signature', async () => {
    const log = createMemoryLog();
    await using under = await startReceiver({ log, webhooks: [STRIPE] });
    await under.post('/webhooks/stripe?from=stripe', BODY, {
      ...signed(),
      'content-type': 'text/plain; charset=latin1',
      'user-agent': 'Stripe/1.0',
      authorization: 'Bearer of-a-proxy',
    });
    const [delivery] = log.stored;
    expect(delivery?.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(Buffer.from(delivery?.raw ?? []).toString()).toBe(BODY);
    expect(delivery).toMatchObject({
      vendor: 'stripe',
      receivedAt: NOW,
      headers: { 'content-type': 'text/plain; charset=latin1', 'user-agent': 'Stripe/1.0' },
      verifiedBy: 'default',
      remoteIp: '127.0.0.1',
      events: [{ type: 'invoice.paid', eventId: 'evt_1' }],
      deadLetters: [],
    });
    expect(JSON.stringify(delivery?.headers)).not.toMatch(/signature|v1=|Bearer/);
  });

  it('that comes again is answered 200 and counted as a duplicate', async () => {
    const log = createMemoryLog();
    await using under = await startReceiver({ log, webhooks: [STRIPE] });
    const answers = [
      await under.post('/webhooks/stripe', BODY, signed()),
      await under.post('/webhooks/stripe', BODY, signed()),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(under.counted).toEqual({
      'delivery stripe stored': 1,
      'delivery stripe duplicate': 1,
      'event stripe stored': 1,
      'event stripe duplicate': 1,
      'verifiedBy stripe default': 2,
    });
  });

  it('whose id is known with another body is answered 200 and raises an alarm', async () => {
    await using under = await startReceiver({ log: createMemoryLog(), webhooks: [STRIPE] });
    const other = BODY.replace('paid', 'voided');
    await under.post('/webhooks/stripe', BODY, signed());
    expect((await under.post('/webhooks/stripe', other, signed(other))).status).toBe(200);
    expect(under.counted).toMatchObject({ 'delivery stripe poisoned': 1, 'deadLetter stripe id_conflict': 1 });
    expect(under.logged.join()).toContain('id_conflict');
  });

  it('that is poison is answered 200, is kept as a dead letter, and lets the next one through', async () => {
    const log = createMemoryLog();
    await using under = await startReceiver({ log, webhooks: [STRIPE] });
    for (const body of ['{"id":', `${'['.repeat(100)}`, '{}']) {
      expect((await under.post('/webhooks/stripe', body, signed(body))).status).toBe(200);
    }
    expect((await under.post('/webhooks/stripe', BODY, signed())).status).toBe(200);
    expect(log.stored.map(({ deadLetters }) => deadLetters.map(({ reason }) => reason))).toEqual([
      ['unreadable'],
      ['too_deep'],
      ['no_type'],
      [],
    ]);
    expect(under.counted).toMatchObject({ 'delivery stripe poisoned': 3, 'delivery stripe stored': 1 });
  });

  it('of an empty array is answered 200 and leaves nothing behind', async () => {
    const log = createMemoryLog();
    const webhook = webhookOf({ ...stripe, vendor: 'stripe', settings: { elements: '$' } });
    await using under = await startReceiver({ log, webhooks: [webhook] });
    expect((await under.post('/webhooks/stripe', '[]', signed('[]'))).status).toBe(200);
    expect(log.stored).toEqual([]);
    expect(under.counted).toMatchObject({ 'delivery stripe empty': 1 });
  });

  it('verifies whatever the Host and the forwarded headers say: HubSpot’s address is ours by configuration', async () => {
    const hubspot = signerOf('hubspot');
    const webhook = webhookOf({ ...hubspot, vendor: 'hubspot', settings: { elements: '$' } });
    await using under = await startReceiver({ log: createMemoryLog(), webhooks: [webhook] });
    const body = '[{"type":"a"}]';
    const sign = (url: string) => hubspot.sign({ body, at: NOW, url });
    const forwarded = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' };
    const ours = { ...sign('https://graph.example.com/webhooks/hubspot?a=b'), ...forwarded };
    expect((await under.post('/webhooks/hubspot?a=b', body, ours)).status).toBe(200);
    const theirs = { ...sign('http://evil.example/webhooks/hubspot'), ...forwarded };
    expect((await under.post('/webhooks/hubspot', body, theirs)).status).toBe(401);
  });
});

describe('a replay', () => {
  it('after the tolerance is refused, and inside it is a duplicate', async () => {
    let now = NOW;
    const log = createMemoryLog();
    await using under = await startReceiver({ log, webhooks: [STRIPE], now: () => now });
    const captured = signed();
    const results: number[] = [];
    for (const seconds of [0, 300, 301, -300, -301]) {
      now = NOW + seconds * 1_000;
      results.push((await under.post('/webhooks/stripe', BODY, captured)).status);
    }
    expect(results).toEqual([200, 200, 401, 200, 401]);
    expect(under.counted).toMatchObject({ 'delivery stripe stored': 1, 'delivery stripe duplicate': 2 });
    expect(under.logged.join()).toContain('"clockOffBySeconds":301');
  });

  it('of a body under a fresh unsigned id is a duplicate', async () => {
    const counted = await replayUnderFreshIds(['a', 'b', 'c']);
    expect(counted).toMatchObject({ 'event github stored': 1, 'event github duplicate': 2 });
  });
});

describe('what is no delivery', () => {
  it.each([
    ['unsigned', {}, 'signature_missing'],
    ['forged', stripe.sign({ body: BODY, at: NOW, secret: stripe.otherSecret }), 'signature_mismatch'],
    ['malformed', { 'stripe-signature': 'v1' }, 'signature_malformed'],
    ['old', signed(BODY, NOW - 301_000), 'timestamp_too_old'],
  ])('because it is %s is answered 401 without a word, and not stored', async (_, headers, reason) => {
    const log = createMemoryLog();
    await using under = await startReceiver({
      log,
      webhooks: [STRIPE],
      answerHeaders: { 'x-content-type-options': 'nosniff' },
    });
    const answer = await under.post('/webhooks/stripe', BODY, headers);
    expect(answer).toMatchObject({ status: 401, text: '' });
    expect(Object.keys(answer.headers).toSorted()).toEqual([
      'connection',
      'content-length',
      'date',
      'keep-alive',
      'x-content-type-options',
    ]);
    expect(log.stored).toEqual([]);
    expect(under.counted).toEqual({ 'delivery stripe unauthentic': 1, [`refused stripe ${reason}`]: 1 });
  });

  it('gets 404 for a vendor nobody configured, and its name goes nowhere', async () => {
    await using under = await startReceiver({ log: createMemoryLog(), webhooks: [STRIPE] });
    for (const path of [
      '/webhooks/acme',
      '/webhooks/',
      '/webhooks/stripe/',
      '/webhooks/__proto__',
      '/webhooks/STRIPE',
      '/',
    ]) {
      expect((await under.post(path, BODY, signed())).status).toBe(404);
    }
    expect(under.counted).toEqual({ 'delivery unknown unknown_vendor': 6 });
    expect(under.logged).toEqual([]);
  });

  it('gets 405 for any other method', async () => {
    await using under = await startReceiver({ log: createMemoryLog(), webhooks: [STRIPE] });
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${under.url}/webhooks/stripe`, { method, headers: signed() });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });

  it('gets 403 from an address that is not allowed, also through a proxy we trust', async () => {
    const settings = { id: 'id', allowAddresses: ['203.0.113.0/24', '2001:db8::/32'] };
    const webhooks = [webhookOf({ ...stripe, vendor: 'stripe', settings })];
    await using direct = await startReceiver({ log: createMemoryLog(), webhooks });
    await using behind = await startReceiver({
      log: createMemoryLog(),
      webhooks,
      trustedProxies: ['127.0.0.0/8', '10.0.0.1'],
    });
    const statusOf = async (under: typeof direct, forwarded: string) =>
      (await under.post('/webhooks/stripe', BODY, { ...signed(), 'x-forwarded-for': forwarded })).status;
    expect(await statusOf(direct, '203.0.113.7')).toBe(403);
    expect(await statusOf(behind, '203.0.113.7')).toBe(200);
    expect(await statusOf(behind, '2001:db8::7, 10.0.0.1')).toBe(200);
    expect(await statusOf(behind, '203.0.113.7, 198.51.100.1')).toBe(403);
    expect(await statusOf(behind, 'nonsense')).toBe(403);
    expect(direct.counted).toEqual({ 'delivery stripe forbidden': 1, 'refused stripe address': 1 });
  });
});

describe('a fault of ours', () => {
  const RETRY_SOON = expect.stringMatching(/^[1-5]?\d$/);

  it('in the store is 503 with a time to come back, and the retry is stored', async () => {
    const log = createMemoryLog();
    await using under = await startReceiver({ log, webhooks: [STRIPE] });
    log.failure = new Error('insert into event values (zoe@example.com) failed');
    const answer = await under.post('/webhooks/stripe', BODY, signed());
    expect(answer).toMatchObject({ status: 503, text: '', headers: { 'retry-after': RETRY_SOON } });
    log.failure = undefined;
    expect((await under.post('/webhooks/stripe', BODY, signed())).status).toBe(200);
    expect(under.counted).toMatchObject({ 'refused stripe store': 1, 'delivery stripe stored': 1 });
    expect(under.logged.join()).not.toContain('zoe');
  });

  it('in a secret that cannot be read, or none that is live, is 503, not 401', async () => {
    const ended = webhookOf({
      ...{ vendor: 'ended', scheme: 'stripe' },
      secret: [{ id: 'old', value: stripe.secret, notAfter: '2026-01-14T00:00:00Z' }],
    });
    const unreadable = {
      ...STRIPE,
      vendor: 'unreadable',
      secrets: STRIPE.secrets.map((secret) => ({ ...secret, key: unread })),
    };
    await using under = await startReceiver({
      ...{ log: createMemoryLog(), webhooks: [ended, unreadable], unready: new Set(['waiting']) },
    });
    for (const vendor of ['ended', 'unreadable', 'waiting']) {
      const answer = await under.post(`/webhooks/${vendor}`, BODY, signed());
      expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': RETRY_SOON } });
    }
    expect(under.counted).toMatchObject({
      'refused ended no_live_secret': 1,
      'refused unreadable secret_unreadable': 1,
      'refused waiting not_configured': 1,
    });
  });

  it('in the receiver itself is 503', async () => {
    const scheme = { ...STRIPE.scheme, claim: unread };
    await using under = await startReceiver({ log: createMemoryLog(), webhooks: [{ ...STRIPE, scheme }] });
    expect((await under.post('/webhooks/stripe', BODY, signed())).status).toBe(503);
    expect(under.logged.join()).not.toContain('zoe');
  });

  function unread(): never {
    throw new Error('No such file: zoe');
  }
});

describe('more than the bounds allow', () => {
  it('of deliveries that wait for the store is put off', async () => {
    const log = createMemoryLog();
    await using under = await startReceiver({ log, webhooks: [STRIPE], mostWaiting: 2 });
    const release = log.hold();
    const bodies = ['1', '2', '3'].map((id) => `{"id":"${id}","type":"a"}`);
    const first = bodies.slice(0, 2).map((body) => under.post('/webhooks/stripe', body, signed(body)));
    await expect.poll(() => log.waiting).toBe(2);
    const third = bodies[2] ?? '';
    expect((await under.post('/webhooks/stripe', third, signed(third))).status).toBe(503);
    release();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await under.post('/webhooks/stripe', third, signed(third))).status).toBe(200);
    expect(under.counted).toMatchObject({ 'refused stripe too_many_waiting': 1 });
  });

  it('of a vendor’s own rate is put off for as long as it takes, and forgers do not use it up', async () => {
    let now = NOW;
    const settings = { id: 'id', rate: { perSecond: 0.1, burst: 2 } };
    const webhooks = [webhookOf({ ...stripe, vendor: 'stripe', settings })];
    await using under = await startReceiver({ log: createMemoryLog(), webhooks, now: () => now });
    const post = async (headers = signed()) => {
      const { status, headers: answered } = await under.post('/webhooks/stripe', BODY, headers);
      return [status, answered['retry-after']];
    };
    for (let count = 0; count < 5; count += 1) expect(await post({})).toEqual([401, undefined]);
    expect(await post()).toEqual([200, undefined]);
    expect(await post()).toEqual([200, undefined]);
    expect(await post()).toEqual([503, '10']);
    now += 10_000;
    expect(await post()).toEqual([200, undefined]);
    now += 290_000;
    for (const status of [200, 200, 503]) expect((await post(signed(BODY, now)))[0]).toBe(status);
  });
});

describe('a handshake', () => {
  it('of Slack is answered with its challenge when it is signed, and not stored', async () => {
    const log = createMemoryLog();
    await using under = await startReceiver({ log, webhooks: [SLACK] });
    const body = '{"type":"url_verification","challenge":"3eZbrw1aB","token":"x"}';
    const answer = await under.post('/webhooks/slack', body, slack.sign({ body, at: NOW }));
    expect(answer).toMatchObject({ status: 200, text: '3eZbrw1aB' });
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect((await under.post('/webhooks/slack', body, {})).status).toBe(401);
    expect(log.stored).toEqual([]);
  });

  it('of Slack’s certificate check is an empty 200 for anybody', async () => {
    const log = createMemoryLog();
    await using under = await startReceiver({ log, webhooks: [SLACK, STRIPE] });
    expect(await under.post('/webhooks/slack', 'token=x&ssl_check=1')).toMatchObject({ status: 200, text: '' });
    expect((await under.post('/webhooks/slack', 'token=x&ssl_check=0')).status).toBe(401);
    expect((await under.post('/webhooks/stripe', 'token=x&ssl_check=1')).status).toBe(401);
    expect(log.stored).toEqual([]);
  });

  it('of GitHub is known by its body, so that the unsigned event name makes no delivery vanish', async () => {
    const log = createMemoryLog();
    await using under = await startReceiver({ log, webhooks: [GITHUB] });
    const post = (body: string, event: string) =>
      under.post('/webhooks/github', body, { ...github.sign({ body, at: NOW }), 'x-github-event': event });
    expect((await post('{"zen":"Keep it logically awesome.","hook_id":1}', 'ping')).status).toBe(200);
    expect(log.stored).toEqual([]);
    expect((await post('{"action":"opened"}', 'ping')).status).toBe(200);
    expect(log.stored).toHaveLength(1);
  });

  it('of Intercom is not stored', async () => {
    const intercom = signerOf('intercom');
    const log = createMemoryLog();
    await using under = await startReceiver({ log, webhooks: [webhookOf({ ...intercom, vendor: 'intercom' })] });
    const body = '{"type":"notification_event","topic":"ping"}';
    expect((await under.post('/webhooks/intercom', body, intercom.sign({ body, at: NOW }))).status).toBe(200);
    expect(log.stored).toEqual([]);
  });
});

describe('when the gateway ends', () => {
  it('what is in flight is answered, what comes then is put off', async () => {
    const log = createMemoryLog();
    await using under = await startReceiver({ log, webhooks: [STRIPE] });
    const release = log.hold();
    const inFlight = under.post('/webhooks/stripe', BODY, signed());
    await expect.poll(() => log.waiting).toBe(1);
    let drained = false;
    const drain = under.receiver.drain().then(() => {
      drained = true;
    });
    expect(await under.post('/webhooks/stripe', BODY, signed())).toMatchObject({ status: 503 });
    expect(drained).toBe(false);
    release();
    expect((await inFlight).status).toBe(200);
    await drain;
    expect(under.counted).toMatchObject({ 'refused stripe draining': 1 });
  });
});

it('says the same of strangers at most once a minute, and nothing they wrote', async () => {
  let now = NOW;
  await using under = await startReceiver({ log: createMemoryLog(), webhooks: [STRIPE], now: () => now });
  for (let count = 0; count < 20; count += 1) await under.post('/webhooks/stripe', BODY, {});
  expect(under.logged).toHaveLength(1);
  now += 60_000;
  await under.post('/webhooks/stripe', BODY, { 'user-agent': 'zoe@example.com' });
  expect(under.logged).toHaveLength(2);
  expect(JSON.parse(under.logged[1] ?? '')).toMatchObject({
    vendor: 'stripe',
    reason: 'signature_missing',
    unsaid: 19,
  });
  expect(under.logged.join()).not.toMatch(/zoe|evt_1|secret-of/);
});
