/** Several gateways write at once, one of them slowly: a reader must pass over nothing. A naive one does, in the same run. */
import { once } from 'node:events';
import { afterAll, describe, expect, it } from 'vitest';
import type { EventLog, LoggedEvent } from '../../src/events/log.ts';
import { batchOf, dedupeKey, deliveryOf, NOW, newEvent } from './delivery.ts';
import { forEver, readAll, readable, start } from './log.contract.ts';
import { dropDatabases, makePostgresPlace, postgresMissing, type TestDatabase } from './postgres-under-test.ts';

const WRITERS = 8;
const EACH = 30;
const SLOW_ROUNDS = 6;
/** Of deliveries that two gateways get at once, with so many events that inserting them takes a while. */
const ROUNDS = 5;
const MANY = 2_000;
const STRIPE = [{ vendor: 'stripe' }];
const TOTAL = WRITERS * EACH + SLOW_ROUNDS;

afterAll(dropDatabases);

describe.skipIf((await postgresMissing()) !== undefined)('several gateways on one Postgres', () => {
  it(`lets a reader miss nothing of ${WRITERS} writers and a slow one, where reading by number alone does`, async () => {
    await using place = await makePostgresPlace();
    const reader = await place.open();
    const logs = await Promise.all(Array.from({ length: WRITERS }, () => place.open()));
    const [followed, naive] = [follow(reader), followNaively(place.database)];
    const slow = writeSlowly(place.database);
    await Promise.all(logs.map((log, writer) => appendSome(log, `w${writer}`)));
    await slow;
    const read = await followed;
    expect(new Set(read.map(({ eventId }) => eventId)).size).toBe(TOTAL);
    expect(read).toHaveLength(TOTAL);
    expect(read.map(({ position }) => position)).toEqual(read.map(({ position }) => position).toSorted());
    expect((await naive).size).toBeLessThan(TOTAL);
  });

  it('shows nothing that lies behind an open transaction, says how old that is, and shows all once it ends', async () => {
    await using place = await makePostgresPlace();
    const log = await place.open();
    const slow = await place.database.connect();
    await slow.query('begin');
    await insertRaw(slow, 'slow');
    const appended = await log.append(batchOf('quick', 2));
    const page = await log.read(start(log), STRIPE, 10);
    expect(page.events).toEqual([]);
    expect(page.scannedTo < (appended.events[0]?.position ?? '')).toBe(true);
    expect((await log.figures()).horizonAgeMs).toBeGreaterThan(0);
    let woken = false;
    const waits = log.waitFor(page.scannedTo, forEver()).then(() => {
      woken = true;
    });
    for (let asked = 0; asked < 30; asked += 1) await log.head();
    expect(woken).toBe(false);
    await slow.query('commit');
    await waits;
    await readable(log, [appended]);
    expect((await readAll(log)).map(({ eventId }) => eventId)).toEqual(['slow', 'quick-0', 'quick-1']);
  });

  it('stores once what two gateways get at once, in opposite orders', async () => {
    await using place = await makePostgresPlace();
    const [one, other] = [await place.open(), await place.open()];
    const before = await failedTransactions(place.database);
    for (let round = 0; round < ROUNDS; round += 1) {
      const events = Array.from({ length: MANY }, (_, n) =>
        newEvent({ eventId: `r${round}-${n}`, dedupeKeys: keysOf(round, n) }),
      );
      const forward = events.map((event, ix) => ({ ...event, ix }));
      const backward = events.toReversed().map((event, ix) => ({ ...event, ix }));
      const both = await Promise.all([
        one.append(deliveryOf({ events: forward })),
        other.append(deliveryOf({ events: backward })),
      ]);
      const outcomes = both.flatMap((appended) => appended.events.map(({ outcome }) => outcome));
      expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(MANY);
      expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(MANY);
    }
    expect(await one.count({ filter: STRIPE })).toBe(ROUNDS * MANY);
    await Promise.all([one, other].map((log) => log[Symbol.asyncDispose]()));
    // Both take keys in one order: they wait for each other, but never in a circle. One may be due to a busy machine.
    expect((await rollbacks(place.database)) - before).toBeLessThan(2);
  });
});

const keysOf = (round: number, n: number) => [dedupeKey(`${n % 7}-${n}-${round}`), dedupeKey(`${round}-${n}`)];

/** Transactions that failed, once nobody else is connected: a session tells its figures when it ends. */
async function rollbacks(database: TestDatabase): Promise<number> {
  const { query } = database;
  const others = `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  await expect.poll(async () => (await query(others)).length, { timeout: 10_000 }).toBe(0);
  return await failedTransactions(database);
}

async function failedTransactions({ query }: TestDatabase): Promise<number> {
  const [row] = await query<{ count: string }>(
    'select xact_rollback as count from pg_stat_database where datname = current_database()',
  );
  return Number(row?.count);
}

async function appendSome(log: EventLog, prefix: string): Promise<void> {
  for (let number = 0; number < EACH; number += 1) await log.append(batchOf(`${prefix}-${number}`, 1));
}

/** Reads as a subscriber does until it has all. */
async function follow(log: EventLog): Promise<LoggedEvent[]> {
  const read: LoggedEvent[] = [];
  for (let after = start(log); read.length < TOTAL; ) {
    await log.waitFor(after, forEver());
    const page = await log.read(after, STRIPE, 17);
    read.push(...page.events);
    after = page.scannedTo;
  }
  return read;
}

/** Numbers are drawn before the commit: what commits late lies behind this cursor. */
async function followNaively({ query }: TestDatabase): Promise<Set<number>> {
  const read = new Set<number>();
  for (let cursor = 0, total = 0; total < TOTAL; ) {
    const rows = await query<{ seq: string }>(
      'select seq from vendorgraph.event where seq > $1 order by seq limit 100',
      [cursor],
    );
    for (const { seq } of rows) read.add(Number(seq));
    cursor = Math.max(cursor, ...read);
    const [row] = await query<{ count: string }>('select count(*) from vendorgraph.event');
    total = Number(row?.count);
  }
  return read;
}

/** Each of its transactions stays open until others have committed ten events. */
async function writeSlowly(database: TestDatabase): Promise<void> {
  const client = await database.connect();
  for (let round = 0; round < SLOW_ROUNDS; round += 1) {
    await client.query('begin');
    await insertRaw(client, `slow-${round}`);
    const before = await committed(client);
    for (let behind = 0; behind < 10 && before + behind < TOTAL - SLOW_ROUNDS; )
      behind = (await committed(client)) - before;
    await client.query('commit');
  }
  void client.end();
  await once(client, 'end');
}

type Connection = Awaited<ReturnType<TestDatabase['connect']>>;

async function committed(client: Connection): Promise<number> {
  const { rows } = await client.query(
    `select count(*)::integer as count from vendorgraph.event where event_id not like 'slow%'`,
  );
  return rows[0]?.count ?? 0;
}

async function insertRaw(client: Connection, eventId: string): Promise<void> {
  await client.query(
    `insert into vendorgraph.event (delivery_id, ix, vendor, type, event_id, received_at, body, bytes, unsigned)
     values ($1, 0, 'stripe', 'invoice.paid', $1, $2, '{}', 2, '[]')`,
    [eventId, NOW],
  );
}
