/** From a socket to the disk: what a vendor was answered 200 for is there, once, in its order. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EventLog, LoggedEvent } from '../../src/events/log.ts';
import { openSqliteLog } from '../../src/events/sqlite-log.ts';
import { splitDelivery } from '../../src/webhooks/split.ts';
import { dropDatabases, makePostgresPlace, postgresMissing } from '../events/postgres-under-test.ts';
import { type ReceiverUnderTest, startReceiver } from './receiver-under-test.ts';
import { NOW, signerOf } from './signers.ts';
import { webhookOf } from './webhook-of.ts';

const stripe = signerOf('stripe');
const hubspot = signerOf('hubspot');
const github = signerOf('github');
const sendgrid = signerOf('sendgrid');
const STRIPE = webhookOf({ ...stripe, vendor: 'stripe', settings: { id: 'id', time: { path: 'created', unit: 's' } } });
const HUBSPOT = webhookOf({
  ...hubspot,
  vendor: 'hubspot',
  settings: { elements: '$', type: 'subscriptionType', id: ['eventId', 'occurredAt'], volatile: ['attemptNumber'] },
});
/** No vendor of ours needs more than the default. */
const LARGEST_BYTES = 11 * 1_048_576;
const SENDGRID = webhookOf({
  ...sendgrid,
  vendor: 'sendgrid',
  settings: { elements: '$', type: 'event', id: 'sg_event_id', maxBytes: LARGEST_BYTES },
});
const GITHUB = webhookOf({ ...github, vendor: 'github', settings: { type: 'action', idHeader: 'x-github-delivery' } });

interface StoringReceiver extends AsyncDisposable {
  under: ReceiverUnderTest;
  log: EventLog;
  events(): Promise<LoggedEvent[]>;
  stripe(body: string): Promise<number>;
  hubspot(body: string): Promise<number>;
  sendgrid(body: string): Promise<number>;
}

interface OpenedLog extends AsyncDisposable {
  log: EventLog;
}

async function openInFile(): Promise<OpenedLog> {
  const folder = mkdtempSync(join(tmpdir(), 'vendorgraph-webhooks-'));
  const log = await openSqliteLog({ path: join(folder, 'events.db') });
  return {
    log,
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openInPostgres(): Promise<OpenedLog> {
  const place = await makePostgresPlace();
  return { log: await place.open(), [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
}

const ENGINES: ['SQLite' | 'Postgres', () => Promise<OpenedLog>][] = [['SQLite', openInFile]];
if ((await postgresMissing()) === undefined) ENGINES.push(['Postgres', openInPostgres]);
afterAll(dropDatabases);

async function startStoring(open = openInFile): Promise<StoringReceiver> {
  const opened = await open();
  const { log } = opened;
  const webhooks = [STRIPE, HUBSPOT, GITHUB, SENDGRID];
  const under = await startReceiver({ log, webhooks });
  const start = '0'.repeat(log.positionLength);
  const all = webhooks.map(({ vendor }) => ({ vendor }));
  const address = 'https://graph.example.com/webhooks/hubspot';
  return {
    under,
    log,
    events: async () => (await log.read(start, all, 1_000)).events.slice(),
    stripe: async (body) => (await under.post('/webhooks/stripe', body, stripe.sign({ body, at: NOW }))).status,
    hubspot: async (body) =>
      (await under.post('/webhooks/hubspot', body, hubspot.sign({ body, at: NOW, url: address }))).status,
    sendgrid: async (body) => (await under.post('/webhooks/sendgrid', body, sendgrid.sign({ body, at: NOW }))).status,
    async [Symbol.asyncDispose]() {
      await under.receiver.drain();
      await under[Symbol.asyncDispose]();
      await opened[Symbol.asyncDispose]();
    },
  };
}

const eventBody = (id: string, more: object = {}) => JSON.stringify({ id, type: 'invoice.paid', ...more });
const change = (eventId: number, more: object = {}) => ({
  ...{ eventId, occurredAt: NOW, subscriptionType: 'deal.creation', attemptNumber: 0 },
  ...more,
});

it('stores a delivery that comes fifty times at once exactly once', async () => {
  await using storing = await startStoring();
  const answers = await Promise.all(Array.from({ length: 50 }, () => storing.stripe(eventBody('evt_1'))));
  expect(new Set(answers)).toEqual(new Set([200]));
  expect((await storing.events()).map(({ eventId }) => eventId)).toEqual(['evt_1']);
  expect(storing.under.counted).toMatchObject({ 'event stripe stored': 1, 'event stripe duplicate': 49 });
});

it('appends of an array what is new, in its order, also when the vendor counts its attempts in it', async () => {
  await using storing = await startStoring();
  expect(await storing.hubspot(JSON.stringify([change(1), change(3)]))).toBe(200);
  const retry = [1, 2, 3, 4].map((id) => change(id, { attemptNumber: 1 }));
  expect(await storing.hubspot(JSON.stringify(retry))).toBe(200);
  expect((await storing.events()).map(({ eventId }) => eventId)).toEqual([1, 3, 2, 4].map((id) => `${id}:${NOW}`));
  expect(storing.under.counted).toMatchObject({ 'event hubspot stored': 4, 'event hubspot duplicate': 2 });
});

it.each(ENGINES)(
  'appends in %s of a batch of SendGrid’s what is new, and puts aside what came under a known id with another body',
  async (_engine, open) => {
    await using storing = await startStoring(open);
    const element = (id: string, more: object = {}) => ({ event: 'delivered', sg_event_id: id, ...more });
    const body = (...elements: object[]) => `${JSON.stringify(elements)}\r\n`;
    expect(await storing.sendgrid(body(element('a'), element('c')))).toBe(200);
    const mixed = body(element('a'), element('b'), element('c', { event: 'open' }), element('d'), element('d'));
    expect(await storing.sendgrid(mixed)).toBe(200);
    expect(await storing.sendgrid(mixed)).toBe(200);
    await expect
      .poll(async () => (await storing.events()).map(({ eventId }) => eventId), { timeout: 10_000 })
      .toEqual(['a', 'c', 'b', 'd']);
    const letters = await storing.log.deadLetters({}, 10);
    expect(letters.map(({ reason, ix }) => [reason, ix])).toEqual([
      ['id_conflict', 2],
      ['id_conflict', 2],
    ]);
  },
);

it('keeps the order of arrival and tells the vendor’s time, however the two differ', async () => {
  await using storing = await startStoring();
  for (const [index, created] of [300, 100, 200].entries())
    await storing.stripe(eventBody(`evt_${index}`, { created }));
  const events = await storing.events();
  expect(events.map(({ eventId, vendorTime }) => [eventId, vendorTime])).toEqual([
    ['evt_0', 300_000],
    ['evt_1', 100_000],
    ['evt_2', 200_000],
  ]);
});

it('drops nothing when an id comes again with another body: that one is a dead letter', async () => {
  await using storing = await startStoring();
  expect(await storing.stripe(eventBody('evt_1'))).toBe(200);
  expect(await storing.stripe(eventBody('evt_1', { amount: 1 }))).toBe(200);
  expect(await storing.events()).toHaveLength(1);
  const [letter] = await storing.log.deadLetters({ reason: 'id_conflict' }, 10);
  const kept = await storing.log.delivery(letter?.deliveryId ?? '');
  expect(Buffer.from(kept?.raw ?? []).toString()).toBe(eventBody('evt_1', { amount: 1 }));
});

it('knows a captured body again under a fresh unsigned id', async () => {
  await using storing = await startStoring();
  const body = '{"action":"opened"}';
  for (const id of ['a', 'b']) {
    const headers = { ...github.sign({ body, at: NOW }), 'x-github-delivery': id };
    expect((await storing.under.post('/webhooks/github', body, headers)).status).toBe(200);
  }
  expect((await storing.events()).map(({ eventId, unsigned }) => [eventId, unsigned])).toEqual([['a', ['id']]]);
});

describe('poison', () => {
  it('becomes dead letters, and what comes after it flows', async () => {
    await using storing = await startStoring();
    const poisons = ['{"id":', '[]'.padStart(200, '['), '{"__proto__":{"type":"a"}}', `{"id":${'9'.repeat(400)}}`, '"'];
    for (const body of poisons) expect(await storing.stripe(body)).toBe(200);
    expect(await storing.hubspot(`[${JSON.stringify(change(1))},{"x":},${JSON.stringify(change(2))}]`)).toBe(200);
    expect(await storing.stripe(eventBody('evt_1'))).toBe(200);
    expect((await storing.events()).map(({ eventId }) => eventId)).toEqual([`1:${NOW}`, `2:${NOW}`, 'evt_1']);
    const letters = await storing.log.deadLetters({}, 100);
    expect(letters.map(({ reason }) => reason).toSorted()).toEqual(
      ['no_type', 'no_type', 'too_deep', 'unreadable', 'unreadable', 'unreadable'].toSorted(),
    );
  });

  it('of ten megabytes of nesting is a dead letter within seconds, and nothing waits behind it', async () => {
    await using storing = await startStoring();
    const levels = 5 * 1_048_576;
    const before = performance.now();
    const poisons = [
      '['.repeat(levels) + ']'.repeat(levels),
      `[${'{"a":'.repeat(levels / 3)}1${'}'.repeat(levels / 3)}]`,
      '['.repeat(2 * levels),
    ];
    for (const body of poisons) expect(await storing.sendgrid(body)).toBe(200);
    expect(await storing.stripe(eventBody('evt_1'))).toBe(200);
    // What takes the square of its length would take hours.
    expect(performance.now() - before).toBeLessThan(20_000);
    expect((await storing.events()).map(({ eventId }) => eventId)).toEqual(['evt_1']);
    const letters = await storing.log.deadLetters({}, 10);
    expect(letters.map(({ vendor }) => vendor)).toEqual(['sendgrid', 'sendgrid', 'sendgrid']);
  });

  it('can be read anew from what was stored, once the settings are right', async () => {
    await using storing = await startStoring();
    const body = '{"kind":"opened"}';
    const headers = { ...github.sign({ body, at: NOW }), 'x-github-delivery': 'a' };
    await storing.under.post('/webhooks/github', body, headers);
    const [letter] = await storing.log.deadLetters({}, 1);
    const kept = await storing.log.delivery(letter?.deliveryId ?? '');
    const right = webhookOf({ ...github, vendor: 'github', settings: { type: 'kind', idHeader: 'x-github-delivery' } });
    const stored = { raw: Buffer.from(kept?.raw ?? []), headers: kept?.headers ?? {}, receivedAt: NOW };
    const { events, deadLetters } = splitDelivery(right, stored);
    expect(deadLetters).toEqual([]);
    await storing.log.redrive(letter?.id ?? '', events, { principal: 'test' });
    expect(await storing.events()).toMatchObject([{ type: 'opened', eventId: 'a', body }]);
  });
});
