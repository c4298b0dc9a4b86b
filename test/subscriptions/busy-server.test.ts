/** A Postgres that others write to moves the end of the log with each of their transactions, without an event. */
import { afterAll, describe, expect, it } from 'vitest';
import { dropDatabases, makePostgresPlace, postgresMissing, type TestDatabase } from '../events/postgres-under-test.ts';
import { idsOf, openStreams, take } from './streams-under-test.ts';

const FOREIGN = 200;

afterAll(dropDatabases);

describe.skipIf((await postgresMissing()) !== undefined)('a stream over a Postgres that others write to', () => {
  it('reads no more often for it while it is idle, and gets what comes', async () => {
    await using place = await makePostgresPlace();
    await using streams = await openStreams({ log: await place.open(), pollMs: 60_000 });
    await using stream = await streams.open();
    await using others = await writeElsewhere(place.database);
    await stream.next();
    const waiting = take(stream, 1);
    await expect.poll(() => streams.calls.waitFor).toBeGreaterThan(0);
    const { read, waitFor } = streams.calls;
    const before = others.committed();
    await expect.poll(others.committed, { interval: 5, timeout: 10_000 }).toBeGreaterThan(before + FOREIGN);
    expect(streams.calls.read - read).toBeLessThan(5);
    expect(streams.calls.waitFor - waitFor).toBeLessThan(5);
    const ids = await streams.append('stripe a');
    expect(idsOf(await waiting)).toEqual(ids);
  });
});

/** Transactions of somebody else, one after another, that have nothing to do with events. */
async function writeElsewhere(database: TestDatabase): Promise<AsyncDisposable & { committed(): number }> {
  const client = await database.connect();
  let committed = 0;
  let isOver = false;
  const writing = (async () => {
    while (!isOver) {
      await client.query('select pg_current_xact_id()');
      committed += 1;
    }
  })();
  return {
    committed: () => committed,
    async [Symbol.asyncDispose]() {
      isOver = true;
      await writing;
    },
  };
}
