/** What retention and a look at one delivery cost a large log: steps in indexes, never the whole table. */
import { afterAll, describe, expect, it } from 'vitest';
import { batchOf, deadLetter, deliveryOf, NOW } from './delivery.ts';
import { appendAll } from './log.contract.ts';
import { dropDatabases, makePostgresPlace, postgresMissing, type TestDatabase } from './postgres-under-test.ts';

afterAll(dropDatabases);

describe.skipIf((await postgresMissing()) !== undefined)('retention in Postgres', () => {
  it('never reads the whole table of events, nor does a look at a delivery', async () => {
    await using place = await makePostgresPlace();
    await using _planned = await withoutScans(place.database);
    const letter = deliveryOf({ events: [], deadLetters: [deadLetter()], raw: 'not json' });
    const kept = batchOf('kept', 1, { receivedAt: NOW + 2 });
    {
      await using log = await place.open();
      await appendAll(log, letter, batchOf('old', 3), batchOf('much', 3, { receivedAt: NOW + 1 }), kept);
    }
    // To make an index is to read the table.
    const [before] = await scansOf(place.database);
    {
      await using log = await place.open();
      expect(await log.prune('stripe', { before: NOW + 1, maxBytes: Number.MAX_SAFE_INTEGER })).toBe(3);
      expect(await log.prune('stripe', { before: 0, maxBytes: 100 })).toBeGreaterThan(0);
      expect(await log.delivery(letter.id)).toBeUndefined();
      expect((await log.delivery(kept.id))?.id).toBe(kept.id);
    }
    // A backend tells what it did when it ends.
    await expect.poll(async () => (await scansOf(place.database))[0]?.steps).toBeGreaterThan(before?.steps ?? 0);
    expect(await scansOf(place.database)).toMatchObject([{ scans: before?.scans }]);
  });
});

/** A small table would be read whole, for that is cheaper. */
async function withoutScans(database: TestDatabase): Promise<AsyncDisposable> {
  const name = new URL(database.url).pathname.slice(1);
  await database.query(`alter database ${name} set enable_seqscan = off`);
  return {
    async [Symbol.asyncDispose]() {
      await database.query(`alter database ${name} reset enable_seqscan`);
    },
  };
}

const scansOf = ({ query }: TestDatabase): Promise<{ scans: number; steps: number }[]> =>
  query(
    `select seq_scan::integer as scans, idx_scan::integer as steps from pg_stat_user_tables where relname = 'event'`,
  );
