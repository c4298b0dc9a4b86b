/** The Resend emulator under the vendor's own client, and its webhooks under three verifiers: the client's, Svix's and Standard Webhooks'. */
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { Resend } from 'resend';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { EVENT_TYPES, sign } from '../../sources/resend/sandbox-webhooks.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

const ADA = 'ada.lindqvist@brightforge.io';
const FROM = 'Northwind Labs <hello@mail.northwindlabs.com>';
const NOBODY = '00000000-0000-4000-a000-000000000000';

const start = (options: Parameters<typeof startSandbox>[0] = {}) => startSandbox({ vendors: ['resend'], ...options });

const createClient = (sandbox: Sandbox, key = sandbox.credentials.resend?.['token'] ?? '') =>
  new Resend(key, { baseUrl: sandbox.urls.resend });

async function call(sandbox: Sandbox, path: string, init: RequestInit = {}) {
  const response = await fetch(`${sandbox.urls.resend}${path}`, {
    ...init,
    headers: {
      authorization: `Bearer ${sandbox.credentials.resend?.['token']}`,
      'content-type': 'application/json',
      ...init.headers,
    },
  });
  // The tests know which answer they asked for.
  return { status: response.status, headers: response.headers, json: (await response.json()) as Answer };
}

interface Answer {
  id: string;
  data: { id: string; created_at: string }[];
  has_more: boolean;
  errors: unknown;
}

async function control(sandbox: Sandbox, method: string, path: string, body?: unknown) {
  const response = await fetch(`${sandbox.controlUrl}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(response.status).toBe(200);
  return response.json();
}

async function writesOf(sandbox: Sandbox): Promise<{ operation: string; id: string }[]> {
  const report = await control(sandbox, 'GET', '/writes');
  const { byVendor } = report as { byVendor: { resend?: { operation: string; id: string }[] } };
  return byVendor.resend ?? [];
}

const readFixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../sources/resend/fixtures/${name}.json`, import.meta.url), 'utf8'));

const namesOf = (value: object | null | undefined) => Object.keys(value ?? {}).sort();

/** The client writes every refusal to the console; a test that expects one need not. */
function muteClient() {
  const spy = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => spy.mockRestore());
}

describe('reads', () => {
  it('lists every e-mail, newest first, and every contact and domain', async () => {
    await using sandbox = await start();
    const client = createClient(sandbox);
    const seen: { id: string; created_at: string }[] = [];
    for (let more = true; more; ) {
      const last = seen.at(-1)?.id;
      const { data } = await client.emails.list({ limit: 100, ...(last !== undefined && { after: last }) });
      seen.push(...(data?.data ?? []));
      more = data?.has_more === true;
    }
    expect(new Set(seen.map(({ id }) => id))).toEqual(new Set(sandbox.world.emails.map(({ id }) => id)));
    expect(seen).toHaveLength(sandbox.world.emails.length);
    const moments = seen.map(({ created_at }) => Date.parse(created_at));
    expect(moments).toEqual(moments.toSorted((one, other) => other - one));

    let contacts = 0;
    for (let after: string | undefined = '', more = true; more; ) {
      const { json } = await call(sandbox, `/contacts?limit=90${after === '' ? '' : `&after=${after}`}`);
      contacts += json.data.length;
      after = json.data.at(-1)?.id;
      more = json.has_more;
    }
    expect(contacts).toBe(sandbox.world.people.filter(({ ids }) => ids.resend !== undefined).length);
    const { data: domains } = await client.domains.list();
    expect(domains?.data).toHaveLength(sandbox.world.emailDomains.length);
  });

  it('pages backwards with before, and refuses limits and cursors that cannot be', async () => {
    await using sandbox = await start();
    const { json: page } = await call(sandbox, '/emails?limit=10');
    const ids = page.data.map(({ id }) => id);
    const { json: back } = await call(sandbox, `/emails?limit=3&before=${ids[8]}`);
    expect(back).toMatchObject({ has_more: true, data: ids.slice(5, 8).map((id) => ({ id })) });
    for (const query of ['limit=101', 'limit=0', `after=${NOBODY}`, `after=${ids[1]}&before=${ids[2]}`]) {
      const answer = await call(sandbox, `/emails?${query}`);
      expect(answer).toMatchObject({ status: 422, json: { statusCode: 422, name: 'validation_error' } });
    }
  });

  it('shows an e-mail with the body its list leaves out', async () => {
    await using sandbox = await start();
    const client = createClient(sandbox);
    const world = sandbox.world.emails.find(({ text, toIndexes }) => text === null && toIndexes.length > 1);
    const { data: email } = await client.emails.get(world?.id ?? '');
    expect(email).toMatchObject({ html: world?.html, text: null, bcc: null, last_event: world?.lastEvent });
    expect(email?.to).toHaveLength(world?.toIndexes.length ?? 0);
    expect(email?.created_at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00$/);
    expect(namesOf(email)).toEqual(namesOf(readFixture('email')));
    const { data: list } = await client.emails.list({ limit: 1 });
    expect(namesOf(list?.data[0])).toEqual(namesOf(readFixture('emails-page').data[0]));
    expect(namesOf(list?.data[0])).not.toContain('html');
  });

  it('finds a contact by id and by address in any spelling', async () => {
    await using sandbox = await start();
    const client = createClient(sandbox);
    const { data: byEmail } = await client.contacts.get({ email: ADA.toUpperCase() });
    const { data: byId } = await client.contacts.get({ id: byEmail?.id ?? '' });
    expect(byId).toEqual(byEmail);
    expect(byId?.email.toLowerCase()).toBe(ADA);
    expect(namesOf(byId)).toEqual(namesOf(readFixture('contact')));
  });

  it('shows a domain with its DNS records', async () => {
    await using sandbox = await start();
    const [world] = sandbox.world.emailDomains;
    const { data } = await createClient(sandbox).domains.get(world?.id ?? '');
    expect(data).toMatchObject({ object: 'domain', name: world?.name, status: world?.status });
    expect(data?.records.map(({ record }) => record)).toEqual(['SPF', 'SPF', 'DKIM']);
  });
});

describe('writes', () => {
  it('sends an e-mail that is the newest of the list, and records it once', async () => {
    await using sandbox = await start();
    const client = createClient(sandbox);
    const { data } = await client.emails.send({ from: FROM, to: ADA, subject: 'Hello', text: 'Hello Ada' });
    const { data: list } = await client.emails.list({ limit: 1 });
    expect(list?.data).toMatchObject([{ id: data?.id, to: [ADA], subject: 'Hello', last_event: 'sent' }]);
    expect(await writesOf(sandbox)).toMatchObject([{ operation: 'sendEmail', id: data?.id }]);
  });

  it('moves and takes back what is scheduled, and nothing else', async () => {
    muteClient();
    await using sandbox = await start();
    const client = createClient(sandbox);
    const email = { from: FROM, to: [ADA], subject: 'Later', html: '<p>Later</p>' };
    const { data } = await client.emails.send({ ...email, scheduledAt: 'in 1 hour' });
    const id = data?.id ?? '';
    expect((await client.emails.get(id)).data).toMatchObject({ last_event: 'scheduled' });
    await client.emails.update({ id, scheduledAt: '2027-01-01T10:00:00.000Z' });
    expect((await client.emails.get(id)).data?.scheduled_at).toBe('2027-01-01 10:00:00.000000+00');
    expect((await client.emails.cancel(id)).data).toEqual({ object: 'email', id });
    expect((await client.emails.get(id)).data).toMatchObject({ last_event: 'canceled' });
    expect((await client.emails.cancel(id)).error).toMatchObject({ statusCode: 422 });
  });

  it('sends a batch whole or not at all; in permissive mode it says which are not sent', async () => {
    muteClient();
    await using sandbox = await start();
    const client = createClient(sandbox);
    const good = { from: FROM, to: [ADA], subject: 'One', text: 'One' };
    const bad = { ...good, to: ['not an address'] };
    const { data } = await client.batch.send([good, { ...good, subject: 'Two' }]);
    const { data: newest } = await client.emails.list({ limit: 2 });
    expect(newest?.data.map(({ id }) => id).toReversed()).toEqual(data?.data.map(({ id }) => id));
    expect((await client.batch.send([good, bad])).error).toMatchObject({ statusCode: 422 });
    expect(await writesOf(sandbox)).toHaveLength(2);
    const permissive = await client.batch.send([bad, good], { batchValidation: 'permissive' });
    expect(permissive.data).toMatchObject({ data: [{}], errors: [{ index: 0 }] });
    expect((await client.batch.send(Array(101).fill(good))).error).toMatchObject({ statusCode: 422 });
    expect(await writesOf(sandbox)).toHaveLength(3);
  });

  it('sends once for a repeated idempotency key within a day, and refuses the key with another body', async () => {
    muteClient();
    let now = Date.parse('2026-11-02T09:00:00Z');
    await using sandbox = await start({ now: () => now });
    const client = createClient(sandbox);
    const send = (subject: string, idempotencyKey = 'welcome/1') =>
      client.emails.send({ from: FROM, to: ADA, subject, text: 'Hello' }, { idempotencyKey });
    const first = await send('Hello');
    expect((await send('Hello')).data).toEqual(first.data);
    expect((await send('Other')).error).toMatchObject({ statusCode: 409, name: 'invalid_idempotent_request' });
    expect((await send('Long', 'k'.repeat(257))).error).toMatchObject({ name: 'invalid_idempotency_key' });
    expect(await writesOf(sandbox)).toHaveLength(1);
    now += 24 * 60 * 60 * 1_000;
    expect((await send('Hello')).data?.id).not.toBe(first.data?.id);
  });

  it('refuses what Resend refuses: missing fields, bad addresses, foreign domains', async () => {
    muteClient();
    await using sandbox = await start();
    const client = createClient(sandbox);
    const send = async (change: object) => {
      const email = { from: FROM, to: ADA, subject: 'Hello', text: 'Hello', ...change };
      return (await client.emails.send(email)).error;
    };
    expect(await send({ to: undefined })).toMatchObject({
      message: 'Missing `to` field.',
      name: 'missing_required_field',
    });
    expect(await send({ from: 'nobody' })).toMatchObject({ statusCode: 422, name: 'validation_error' });
    expect(await send({ from: 'a@elsewhere.example' })).toMatchObject({ statusCode: 403 });
    // Known, but its DNS records were not found yet.
    expect(await send({ from: 'a@staging.northwindlabs.com' })).toMatchObject({ statusCode: 403 });
    expect(await send({ to: Array(51).fill(ADA) })).toMatchObject({ statusCode: 422 });
    expect(await writesOf(sandbox)).toEqual([]);
  });

  it('adds, changes and removes a contact', async () => {
    muteClient();
    await using sandbox = await start();
    const client = createClient(sandbox);
    const { data } = await client.contacts.create({
      email: 'Noor@Brightforge.io',
      firstName: 'Noor',
      segments: [{ id: 'seg1' }],
    });
    await client.contacts.update({ email: 'noor@brightforge.io', unsubscribed: true, properties: { seats: 4 } });
    expect((await client.contacts.get(data?.id ?? '')).data).toMatchObject({
      first_name: 'Noor',
      last_name: null,
      unsubscribed: true,
      properties: { seats: { type: 'number', value: 4 } },
    });
    const { json } = await call(sandbox, '/contacts?segment_id=seg1');
    expect(json.data.map(({ id }) => id)).toEqual([data?.id]);
    expect((await client.contacts.remove('noor@brightforge.io')).data).toMatchObject({
      deleted: true,
      contact: data?.id,
    });
    expect((await client.contacts.get(data?.id ?? '')).error).toMatchObject({ statusCode: 404, name: 'not_found' });
    const writes = await writesOf(sandbox);
    expect(writes.map(({ operation }) => operation)).toEqual(['createContact', 'updateContact', 'deleteContact']);
  });
});

describe('refusals', () => {
  it('refuses a missing and a wrong key in different words', async () => {
    muteClient();
    await using sandbox = await start();
    const { error } = await createClient(sandbox, 're_wrong').emails.list();
    expect(error).toEqual({ statusCode: 401, message: 'API key is invalid', name: 'validation_error' });
    const response = await fetch(`${sandbox.urls.resend}/emails`);
    expect([response.status, await response.json()]).toMatchObject([401, { name: 'missing_api_key' }]);
  });

  it('refuses a client without a User-Agent', async () => {
    await using sandbox = await start();
    const authorization = `Bearer ${sandbox.credentials.resend?.['token']}`;
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(`${sandbox.urls.resend}/emails`, { headers: { authorization } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject).end();
    });
    expect(status).toBe(403);
  });

  it('says not_found for what does not exist, and validation_error for what is no id', async () => {
    muteClient();
    await using sandbox = await start();
    const client = createClient(sandbox);
    expect((await client.emails.get(NOBODY)).error).toEqual(readFixture('email-not-found'));
    expect((await client.contacts.get({ email: 'nobody@example.com' })).error).toMatchObject({ name: 'not_found' });
    expect((await client.domains.get(NOBODY)).error).toMatchObject({ name: 'not_found' });
    expect((await client.emails.get('abc')).error).toMatchObject({ statusCode: 422 });
    expect(await call(sandbox, '/nothing')).toMatchObject({ status: 404, json: { name: 'not_found' } });
  });

  it('tells the client to wait when the limit is a fault’s', async () => {
    muteClient();
    await using sandbox = await start();
    await control(sandbox, 'POST', '/faults', { vendor: 'resend', kind: 'ratelimit', value: 7, times: 1 });
    const { error, headers } = await createClient(sandbox).emails.list();
    expect(error).toMatchObject({ statusCode: 429, name: 'rate_limit_exceeded' });
    expect(headers).toMatchObject({ 'retry-after': '7', 'ratelimit-remaining': '0' });
  });

  it('counts five calls a second, shows what is left, and starts anew after the second', async () => {
    let now = Date.parse('2026-11-02T09:00:00Z');
    await using sandbox = await start({ rateFactor: 1, now: () => now });
    const answers = [];
    for (let index = 0; index < 6; index += 1) answers.push(await call(sandbox, '/domains'));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('ratelimit-remaining'))).toEqual(['4', '3', '2', '1', '0', '0']);
    expect(answers[0]?.headers.get('ratelimit-policy')).toBe('5;w=1');
    expect(answers[5]?.headers.get('retry-after')).toBe('1');
    now += 1_000;
    expect((await call(sandbox, '/domains')).status).toBe(200);
  });
});

describe('webhooks', () => {
  interface Delivery {
    headers: Record<string, string>;
    body: string;
  }

  const VERIFIERS: Record<string, (secret: string, delivery: Delivery) => unknown> = {
    resend: (webhookSecret, { headers, body }) =>
      new Resend('re_unused').webhooks.verify({
        payload: body,
        headers: {
          id: headers['svix-id'] ?? '',
          timestamp: headers['svix-timestamp'] ?? '',
          signature: headers['svix-signature'] ?? '',
        },
        webhookSecret,
      }),
    svix: (secret, { headers, body }) => new SvixWebhook(secret).verify(body, headers),
    standardwebhooks: (secret, { headers, body }) =>
      new StandardWebhook(secret).verify(body, {
        'webhook-id': headers['svix-id'] ?? '',
        'webhook-timestamp': headers['svix-timestamp'] ?? '',
        'webhook-signature': headers['svix-signature'] ?? '',
      }),
  };

  it('signs as the vector says', () => {
    const { secret, id, timestamp, body, expected } = readFixture('webhook-vector');
    expect(sign(secret, id, timestamp, body)).toBe(expected['svix-signature']);
  });

  it.each(Object.keys(VERIFIERS))(
    'keeps a signed delivery that %s still accepts at its time, and not with another byte',
    (name) => {
      const { secret, headers, body } = readFixture('signed-delivery');
      vi.useFakeTimers({ now: Number(headers['svix-timestamp']) * 1_000 + 60_000 });
      onTestFinished(() => void vi.useRealTimers());
      const verify = VERIFIERS[name];
      expect(verify?.(secret, { headers, body })).toMatchObject({ type: 'email.bounced' });
      expect(() => verify?.(secret, { headers, body: body.replace('email_id', 'email_ie') })).toThrow();
    },
  );

  it.each(EVENT_TYPES)('sends %s so that every verifier accepts it, and none after one byte changed', async (type) => {
    await using receiver = await startWebhookReceiver();
    await using sandbox = await start({ webhookBaseUrl: receiver.url });
    const report = await control(sandbox, 'POST', '/emit', { vendor: 'resend', type });
    expect(report).toMatchObject({ deliveries: [{ type, status: 200 }] });
    const [delivery] = receiver.received;
    expect(delivery?.path).toBe('/resend');
    const secret = sandbox.webhookSecrets.resend ?? '';
    for (const verify of Object.values(VERIFIERS)) {
      expect(verify(secret, delivery ?? { headers: {}, body: '' })).toMatchObject({ type });
      const changed = { headers: {}, ...delivery, body: delivery?.body.replace('"type"', '"typo"') ?? '' };
      expect(() => verify(secret, changed)).toThrow();
    }
  });

  it.each([
    ['email.sent', 'sent'],
    ['email.delivered', 'delivered'],
    ['email.bounced', 'bounced'],
    ['email.opened', 'opened'],
    ['email.clicked', 'clicked'],
    ['email.complained', 'complained'],
  ])('%s leaves the e-mail %s', async (type, last_event) => {
    await using receiver = await startWebhookReceiver();
    await using sandbox = await start({ webhookBaseUrl: receiver.url });
    await control(sandbox, 'POST', '/emit', { vendor: 'resend', type });
    const { data } = JSON.parse(receiver.received[0]?.body ?? '{}');
    const { data: email } = await createClient(sandbox).emails.get(data.email_id);
    expect(email).toMatchObject({ last_event, to: data.to, subject: data.subject });
    const before = sandbox.world.emails.find(({ id }) => id === data.email_id);
    expect(before?.lastEvent).not.toBe(last_event);
  });

  it('tells of a contact as it is afterwards, and of a new one', async () => {
    await using receiver = await startWebhookReceiver();
    await using sandbox = await start({ webhookBaseUrl: receiver.url });
    await control(sandbox, 'POST', '/emit', { vendor: 'resend', type: 'contact.created' });
    await control(sandbox, 'POST', '/emit', { vendor: 'resend', type: 'contact.updated' });
    const [created, updated] = receiver.received.map(({ body }) => JSON.parse(body).data);
    const client = createClient(sandbox);
    expect((await client.contacts.get(created.id)).data).toMatchObject({ email: created.email });
    expect((await client.contacts.get(updated.id)).data).toMatchObject({ unsubscribed: updated.unsubscribed });
    expect(sandbox.world.people.some(({ ids }) => ids.resend === created.id)).toBe(false);
    expect(sandbox.world.people.some(({ ids }) => ids.resend === updated.id)).toBe(true);
  });

  it('tells of a domain whose status has changed', async () => {
    await using receiver = await startWebhookReceiver();
    await using sandbox = await start({ webhookBaseUrl: receiver.url });
    await control(sandbox, 'POST', '/emit', { vendor: 'resend', type: 'domain.updated' });
    const { data } = JSON.parse(receiver.received[0]?.body ?? '{}');
    const { data: domain } = await createClient(sandbox).domains.get(data.id);
    expect(domain).toMatchObject({ name: data.name, status: data.status });
    expect(sandbox.world.emailDomains.find(({ id }) => id === data.id)?.status).not.toBe(data.status);
  });
});
