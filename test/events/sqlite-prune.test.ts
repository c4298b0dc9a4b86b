/** Retention of the embedded log: what goes with what, and what the sums say afterwards. */
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { EventLog } from '../../src/events/log.ts';
import { batchOf, DAY, deadLetter, deliveryOf, NOW, newEvent } from './delivery.ts';
import { appendAll, readAll } from './log.contract.ts';
import { makeSqlitePlace } from './sqlite-under-test.ts';

const STRIPE = [{ vendor: 'stripe' }];
const NEVER = Number.MAX_SAFE_INTEGER;
const BY = { principal: 'key:demo' };

describe('retention of the embedded log', () => {
  it('keeps the bytes of a replayed event until its replay goes, too', async () => {
    await using place = await makeSqlitePlace();
    const log = await place.open(() => NOW + DAY);
    const delivery = deliveryOf({ events: [newEvent({ body: '{"kept":true}' })] });
    await appendAll(log, delivery);
    await log.replay({ filter: STRIPE }, BY);
    expect(await log.prune('stripe', { before: NOW + 1, maxBytes: NEVER })).toBe(1);
    expect((await readAll(log)).map(({ body }) => body)).toEqual(['{"kept":true}']);
    expect(await log.delivery(delivery.id)).toBeDefined();
    expect(await log.prune('stripe', { before: NOW + DAY + 1, maxBytes: NEVER })).toBe(1);
    expect(await log.delivery(delivery.id)).toBeUndefined();
  });

  it('lets the oldest deliveries without events go first when there is too much', async () => {
    await using place = await makeSqlitePlace();
    const log = await place.open();
    const poison = (receivedAt: number) =>
      deliveryOf({ receivedAt, events: [], deadLetters: [deadLetter()], raw: 'x'.repeat(1_000) });
    const [old, young] = [poison(NOW), poison(NOW + 2)];
    await appendAll(log, old, batchOf('a', 1, { receivedAt: NOW + 1 }), young);
    expect(await log.prune('stripe', { before: 0, maxBytes: 1_100 })).toBe(0);
    expect(await log.delivery(old.id)).toBeUndefined();
    expect(await log.prune('stripe', { before: 0, maxBytes: 1_000 })).toBe(1);
    expect(await log.delivery(young.id)).toBeDefined();
    await log.prune('stripe', { before: 0, maxBytes: 0 });
    expect(await log.figures()).toMatchObject({ events: 0, bytes: 0, deadLetters: {} });
  });

  it('keeps its sums equal to what is there, whatever was done', async () => {
    await using place = await makeSqlitePlace();
    const log = await place.open(() => NOW + DAY);
    await appendAll(log, batchOf('a', 3), batchOf('a', 3), batchOf('b', 1), batchOf('b', 1, { raw: 'other bytes' }));
    await appendAll(log, deliveryOf({ events: [newEvent({ eventId: 'b-0', body: '"other"' })] }));
    await expectSums(log, place.path);
    await log.replay({ filter: STRIPE }, BY);
    await expectSums(log, place.path);
    const [letter] = await log.deadLetters({}, 1);
    await log.redrive(letter?.id ?? '', [newEvent({ eventId: 'mended' })], BY);
    await expectSums(log, place.path);
    await log.prune('stripe', { before: NOW + 1, maxBytes: NEVER });
    await expectSums(log, place.path);
    await log.prune('stripe', { before: NOW + 2 * DAY, maxBytes: NEVER });
    await expectSums(log, place.path);
    expect(await log.figures()).toMatchObject({ events: 0, bytes: 0, deadLetters: {} });
  });

  it('stands in the record, with replays and redrives, and who did them', async () => {
    await using place = await makeSqlitePlace();
    const log = await place.open(() => NOW + DAY);
    await appendAll(log, batchOf('a', 500), deliveryOf({ events: [], deadLetters: [deadLetter()] }));
    await log.replay({ filter: STRIPE }, { principal: 'key:demo', reason: 'a bug in the importer' });
    const [letter] = await log.deadLetters({}, 1);
    await log.redrive(letter?.id ?? '', [newEvent()], BY);
    await log.prune('stripe', { before: NOW + 1, maxBytes: NEVER });
    await log.prune('stripe', { before: NOW + 1, maxBytes: NEVER });
    using db = new DatabaseSync(place.path);
    const acts = db.prepare('SELECT at, principal, action, reason, detail FROM audit ORDER BY number').all();
    expect(acts.map(({ detail, ...act }) => ({ ...act, events: JSON.parse(String(detail)).events }))).toEqual([
      { at: NOW + DAY, principal: 'key:demo', action: 'replay', reason: 'a bug in the importer', events: 500 },
      { at: NOW + DAY, principal: 'key:demo', action: 'redrive', reason: null, events: 1 },
      { at: NOW + DAY, principal: 'retention', action: 'prune', reason: null, events: 500 },
    ]);
  });
});

/** Fails when a sum, or a delivery's count of events, differs from the rows. */
async function expectSums(log: EventLog, path: string): Promise<void> {
  using db = new DatabaseSync(path);
  const events = db.prepare('SELECT count(*) AS events, sum(octet_length(body)) AS bytes FROM event').get();
  const deliveries = db.prepare('SELECT sum(octet_length(raw)) AS bytes FROM delivery').get();
  const bytes = Number(events?.['bytes'] ?? 0) + Number(deliveries?.['bytes'] ?? 0);
  expect(await log.figures()).toMatchObject({ events: events?.['events'], bytes });
  const wrong = 'SELECT id FROM delivery d WHERE events <> (SELECT count(*) FROM event WHERE delivery = d.number)';
  expect(db.prepare(wrong).all()).toEqual([]);
}
