/** What the log in Postgres bounds: how much waits, how long, how much a page holds; and what its texts cannot hold. */
import { afterAll, describe, expect, it } from 'vitest';
import { batchOf, DAY, deadLetter, deliveryOf, NOW, newEvent } from './delivery.ts';
import { appendAll, readAll, start } from './log.contract.ts';
import { dropDatabases, makePostgresPlace, postgresMissing, type TestDatabase } from './postgres-under-test.ts';

const STRIPE = [{ vendor: 'stripe' }];
const REFUSED = { code: 'INTERNAL', details: { retryable: true } };
const LONG_MS = 600_000;
const missing = await postgresMissing();

afterAll(dropDatabases);

describe.skipIf(missing !== undefined)('a commit to Postgres that takes too long', () => {
  it('is refused as retryable and may land later; its retry is a duplicate', async () => {
    await using place = await makePostgresPlace();
    const log = await place.openWith({ maxWaitMs: 50 });
    const held = await holdDeliveries(place.database);
    await expect(log.append(batchOf('a', 1))).rejects.toMatchObject(REFUSED);
    await held[Symbol.asyncDispose]();
    await expect.poll(() => log.count({ filter: STRIPE }), { timeout: 10_000 }).toBe(1);
    const again = await place.open();
    expect(await again.append(batchOf('a', 1))).toMatchObject({ events: [{ outcome: 'duplicate' }] });
  });

  it('is tried again when another one stood in its way', async () => {
    await using place = await makePostgresPlace();
    const log = await place.openWith({ maxWaitMs: LONG_MS });
    const held = await holdDeliveries(place.database);
    const appended = log.append(batchOf('a', 1));
    const attempts = new Set<string>();
    await expect
      .poll(async () => (await waitingForLocks(place.database)).reduce((all, begun) => all.add(begun), attempts).size, {
        timeout: 10_000,
        interval: 10,
      })
      .toBeGreaterThan(1);
    await held[Symbol.asyncDispose]();
    expect(await appended).toMatchObject({ events: [{ outcome: 'stored' }] });
  });

  it('has what comes above the bound refused at once, and what was taken stored', async () => {
    await using place = await makePostgresPlace();
    const log = await place.openWith({ maxWaiting: 3, maxWaitMs: LONG_MS });
    const held = await holdDeliveries(place.database);
    const taken = Promise.all([1, 2, 3].map((n) => log.append(batchOf(`d${n}`, 1))));
    await expect(log.append(deliveryOf())).rejects.toMatchObject(REFUSED);
    await held[Symbol.asyncDispose]();
    expect(await taken).toHaveLength(3);
    await log.append(deliveryOf());
  });

  it('counts the bytes that wait, too', async () => {
    await using place = await makePostgresPlace();
    const log = await place.openWith({ maxWaitingBytes: 1_000, maxWaitMs: LONG_MS });
    const held = await holdDeliveries(place.database);
    const taken = log.append(deliveryOf({ raw: 'x'.repeat(600) }));
    await expect(log.append(deliveryOf({ raw: 'x'.repeat(600) }))).rejects.toMatchObject(REFUSED);
    await held[Symbol.asyncDispose]();
    await taken;
  });
});

describe.skipIf(missing !== undefined)('what Postgres holds of events', () => {
  it('comes in pages of a few megabytes, whatever the limit is', async () => {
    await using place = await makePostgresPlace();
    const log = await place.open();
    const text = 'x'.repeat(1024 * 1024);
    const events = Array.from({ length: 20 }, (_, ix) => newEvent({ ix, body: JSON.stringify({ ix, text }) }));
    await appendAll(log, deliveryOf({ events, raw: 'kept elsewhere' }));
    const page = await log.read(start(log), STRIPE, 100);
    expect(page.events.length).toBeGreaterThan(0);
    expect(page.events.length).toBeLessThan(12);
    expect(await readAll(log)).toHaveLength(20);
  });

  it('has no sign that its texts do not hold', async () => {
    await using place = await makePostgresPlace();
    const log = await place.open();
    const event = newEvent({ eventId: 'a\0b', type: 'x\0y', unsigned: ['\0'] });
    const delivery = deliveryOf({ events: [event], headers: { 'x-topic': 'a\0' } });
    await appendAll(log, delivery);
    expect(await readAll(log)).toMatchObject([{ eventId: 'a\uFFFDb', type: 'x\uFFFDy' }]);
    expect(await log.append({ ...delivery, id: 'again' })).toMatchObject({ events: [{ outcome: 'duplicate' }] });
  });

  it('is not doubled by a redrive after its keys were forgotten', async () => {
    await using place = await makePostgresPlace();
    const log = await place.open(() => NOW + 30 * DAY);
    await appendAll(log, deliveryOf({ events: [newEvent({ eventId: 'a' })], deadLetters: [deadLetter({ ix: 1 })] }));
    const [letter] = await log.deadLetters({}, 1);
    await log.prune('stripe', { before: 0, maxBytes: Number.MAX_SAFE_INTEGER });
    const events = [newEvent({ eventId: 'a' }), newEvent({ eventId: 'b', ix: 1 })];
    const redriven = await log.redrive(letter?.id ?? '', events, { principal: 'operator' });
    expect(redriven.events.map(({ outcome }) => outcome)).toEqual(['duplicate', 'stored']);
    expect(await log.count({ filter: STRIPE })).toBe(2);
  });

  it('goes oldest first, dead letters among it, when there is too much', async () => {
    await using place = await makePostgresPlace();
    const log = await place.open();
    const raw = 'x'.repeat(100_000);
    const poison = (receivedAt: number) => deliveryOf({ receivedAt, raw, events: [], deadLetters: [deadLetter()] });
    const [old, event, young] = [poison(NOW), deliveryOf({ receivedAt: NOW + 1, raw }), poison(NOW + 2)];
    await appendAll(log, old, event, young);
    await log.prune('stripe', { before: 0, maxBytes: 250_000 });
    expect(
      await Promise.all([old, event, young].map(async ({ id }) => (await log.delivery(id)) !== undefined)),
    ).toEqual([false, true, true]);
    await log.prune('stripe', { before: 0, maxBytes: 150_000 });
    expect(await log.delivery(event.id)).toBeUndefined();
    expect(await log.delivery(young.id)).toBeDefined();
    expect((await log.figures()).bytes).toBe(100_000);
  });
});

/** Nobody can store a delivery until this is disposed of. */
async function holdDeliveries(database: TestDatabase): Promise<AsyncDisposable> {
  const client = await database.connect();
  await client.query('begin');
  await client.query('lock table vendorgraph.delivery in access exclusive mode');
  return {
    async [Symbol.asyncDispose]() {
      await client.end();
    },
  };
}

/** When their transactions began. */
async function waitingForLocks({ query }: TestDatabase): Promise<string[]> {
  const rows = await query<{ begun: string }>(`
    select xact_start::text as begun from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
  return rows.map(({ begun }) => begun);
}
