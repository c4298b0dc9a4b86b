/** Wake-ups may get lost; events may not. */
import { afterAll, describe, expect, it } from 'vitest';
import { batchOf } from './delivery.ts';
import { appendAll, forEver, readAll, start } from './log.contract.ts';
import { dropDatabases, makePostgresPlace, postgresMissing, type TestDatabase } from './postgres-under-test.ts';

const NEVER_MS = 600_000;
const listeners = `select pid from pg_stat_activity where datname = current_database() and query like 'listen %'`;

afterAll(dropDatabases);

describe.skipIf((await postgresMissing()) !== undefined)('waiting for events in Postgres', () => {
  it('is woken by another gateway through a notification alone', async () => {
    await using place = await makePostgresPlace();
    const [log, other] = [await place.openWith({ pollMs: NEVER_MS }), await place.open()];
    const head = await log.head();
    const stop = new AbortController();
    const woken = log.waitFor(head, stop.signal).then(() => stop.signal.aborted);
    await listenerOtherThan(place.database, undefined);
    await other.append(batchOf('a', 1));
    expect(await woken).toBe(false);
  });

  it('finds an event although its notification got lost with the listening connection', async () => {
    await using place = await makePostgresPlace();
    const [log, other] = [await place.open(), await place.open()];
    const head = await log.head();
    const woken = log.waitFor(head, forEver());
    await terminate(place.database, await listenerOtherThan(place.database, undefined));
    await other.append(batchOf('a', 1));
    await woken;
    await expect.poll(async () => (await readAll(log)).length).toBe(1);
  });

  it('finds an event of which no notification came at all', async () => {
    await using place = await makePostgresPlace();
    const [log, other] = [await place.open(), await place.open()];
    const first = log.waitFor(await log.head(), forEver());
    await listenerOtherThan(place.database, undefined);
    await appendAll(other, batchOf('a', 1));
    await first;
    const second = log.waitFor(await log.head(), forEver());
    // The look that waiting begins with is over by now.
    for (let asked = 0; asked < 10; asked += 1) await log.head();
    await place.database.query(`insert into vendorgraph.event (delivery_id, ix, vendor, type, event_id, received_at, body, bytes, unsigned)
      select 'raw', ix, vendor, type, event_id, received_at, body, bytes, unsigned from vendorgraph.event`);
    await second;
    await expect.poll(async () => (await readAll(log)).length).toBe(2);
  });

  it('listens again after the connection was lost', async () => {
    await using place = await makePostgresPlace();
    const [log, other] = [await place.openWith({ pollMs: NEVER_MS }), await place.open()];
    const woken = log.waitFor(await log.head(), forEver());
    const pid = await listenerOtherThan(place.database, undefined);
    await terminate(place.database, pid);
    await listenerOtherThan(place.database, pid);
    await other.append(batchOf('a', 1));
    await woken;
    await expect.poll(async () => (await readAll(log)).length).toBe(1);
  });

  it('goes on waiting where the log was put back to an older state meanwhile', async () => {
    await using place = await makePostgresPlace();
    const log = await place.openWith({ pollMs: NEVER_MS });
    await appendAll(log, batchOf('a', 2));
    await log.waitFor(start(log), forEver());
    await place.database.query(`update vendorgraph.event set xid = '3'`);
    const last = (await readAll(log)).at(-1)?.position ?? '';
    // It may be sent to look once, for what it knows from before.
    await log.waitFor(last, AbortSignal.timeout(100));
    let isWoken = false;
    const woken = log.waitFor(last, forEver()).then(() => {
      isWoken = true;
    });
    for (let asked = 0; asked < 10; asked += 1) await log.head();
    expect(isWoken).toBe(false);
    await log.append(batchOf('b', 1));
    await woken;
  });

  it('asks the database nothing while nobody waits', async () => {
    await using place = await makePostgresPlace();
    const log = await place.openWith({ pollMs: 1 });
    const stop = new AbortController();
    const woken = log.waitFor(await log.head(), stop.signal);
    await listenerOtherThan(place.database, undefined);
    stop.abort();
    await woken;
    const looks = `select max(query_start)::text as last from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and query not like 'listen %'`;
    let [before] = await place.database.query<{ last: string }>(looks);
    // A look may still be on its way; then two askings in a row find the same.
    await expect
      .poll(async () => {
        const last = before;
        [before] = await place.database.query<{ last: string }>(`${looks} and pg_sleep(0.05) is not null`);
        return before?.last === last?.last;
      })
      .toBe(true);
  });
});

/** The backend that listens, once there is another than this. */
async function listenerOtherThan({ query }: TestDatabase, pid: number | undefined): Promise<number> {
  let found: number | undefined;
  await expect
    .poll(
      async () => {
        found = (await query<{ pid: number }>(listeners)).map((row) => row.pid).find((other) => other !== pid);
        return found;
      },
      { timeout: 10_000 },
    )
    .toBeDefined();
  return found ?? 0;
}

async function terminate({ query }: TestDatabase, pid: number): Promise<void> {
  expect(await query('select pg_terminate_backend($1) as done', [pid])).toEqual([{ done: true }]);
}
