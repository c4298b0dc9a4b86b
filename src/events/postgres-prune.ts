/**
 * Retention: the oldest of a vendor goes first, events in the order of their positions, so that "everything behind here is kept"
 * stays one position. In small transactions, each of which looks before it writes: one that has written holds back every reader.
 * One gateway at a time prunes a vendor.
 */
import type { Retention } from './log.ts';
import { recordAct } from './postgres-audit.ts';
import type { Database, Queries } from './postgres-database.ts';
import { type Place, positionOf } from './postgres-position.ts';
import { HORIZON } from './postgres-reader.ts';

/** Rows of one transaction. */
const BATCH = 500;
const BY = { principal: 'retention' };

interface Gone extends Place {
  deliveryId: string;
  bytes: number;
}

interface Step {
  vendor: string;
  before: number;
  /** Bytes above what may be kept; not negative. */
  excess: number;
}

/** Each event that it and all before it are too old, or that does not make up for what is too much. */
const EVENTS = `
  delete from vendorgraph.event using (
    select seq as number, bool_and(received_at < $2::bigint) over oldest as old, sum(bytes) over oldest - bytes as freed
    from (select * from vendorgraph.event where vendor = $1 and xid < ${HORIZON} order by xid, seq limit ${BATCH}) as batch
    window oldest as (order by xid, seq)
  ) as candidate
  where seq = number and (old or freed < $3::bigint)
  returning xid::text as xid, seq, delivery_id as "deliveryId", bytes`;

/** Those without events: dead letters only, or nothing new. */
const EVENTLESS = `
  delete from vendorgraph.delivery where id in (
    select id from vendorgraph.delivery d
    where vendor = $1 and received_at < $2::bigint and not exists (select from vendorgraph.event where delivery_id = d.id)
    order by received_at, id limit ${BATCH})
  returning id, bytes`;

/** Of what is too much they go when they are older than every event. */
const EVENTLESS_EXCESS = `
  delete from vendorgraph.delivery where id in (
    select id from (
      select id, sum(bytes) over (order by received_at, id) - bytes as freed from (
        select * from vendorgraph.delivery d
        where vendor = $1 and not exists (select from vendorgraph.event where delivery_id = d.id) and received_at < coalesce((
            select received_at from vendorgraph.event where vendor = $1 order by xid, seq limit 1), ${Number.MAX_SAFE_INTEGER})
        order by received_at, id limit ${BATCH}) as batch
    ) as candidate where freed < $2::bigint)
  returning id, bytes`;

const EMPTIED = `
  delete from vendorgraph.delivery d
  where id = any($1::text[]) and not exists (select from vendorgraph.event where delivery_id = d.id) returning id, bytes`;

const HELD = 'select coalesce(sum(bytes), 0)::bigint as bytes from vendorgraph.tally where vendor = $1';
const FOLD = `
  with folded as (delete from vendorgraph.tally where vendor = $1 returning events, bytes)
  insert into vendorgraph.tally (vendor, events, bytes) select $1, sum(events), sum(bytes) from folded having count(*) > 0`;

const KEYS = `
  delete from vendorgraph.dedupe where (vendor, key) in (
    select vendor, key from vendorgraph.dedupe
    where vendor = $1 and secret is null and expires_at <= $2 order by expires_at limit ${BATCH}
  ) returning 1`;
/** Of one secret, which is configured no more. */
const KEYS_OF_SECRET = `
  delete from vendorgraph.dedupe where (vendor, key) in (
    select vendor, key from vendorgraph.dedupe
    where vendor = $1 and secret = $3 and expires_at <= $2 order by expires_at limit ${BATCH}
  ) returning 1`;
const NEXT_SECRET = 'select min(secret) as secret from vendorgraph.dedupe where vendor = $1 and secret > $2';

/** Returns how many events went. */
export async function pruneVendor(
  database: Database,
  vendor: string,
  retention: Retention,
  now: number,
): Promise<number> {
  const { before, maxBytes } = retention;
  await repeat(database, vendor, async (queries) => {
    await queries.query(FOLD, [vendor]);
    return { events: 0, more: false };
  });
  await repeat(database, vendor, (queries) => pruneEventless(queries, vendor, EVENTLESS, before));
  const events = await repeat(database, vendor, (queries) => pruneStep(queries, vendor, retention));
  await pruneKeys(database, vendor, retention.secrets ?? [], retention.now ?? now);
  if (events > 0)
    await recordAct(database, { action: 'prune', by: BY, at: now, detail: { vendor, before, maxBytes, events } });
  return events;
}

async function pruneKeys(
  database: Database,
  vendor: string,
  configured: readonly string[],
  now: number,
): Promise<void> {
  const drop = (statement: string, ...more: string[]): Promise<number> =>
    repeat(database, vendor, async (queries) => {
      const { length } = await queries.query(statement, [vendor, now, ...more]);
      return { events: 0, more: length === BATCH };
    });
  await drop(KEYS);
  for (let last = ''; ; ) {
    const [next] = await database.query<{ secret: string | null }>(NEXT_SECRET, [vendor, last]);
    if (next === undefined || next.secret === null) return;
    last = next.secret;
    if (!configured.includes(last)) await drop(KEYS_OF_SECRET, last);
  }
}

interface Done {
  events: number;
  /** Whether another step may find something. */
  more: boolean;
}

/** Each step in a transaction of its own, until one finds nothing, or another gateway is at it. */
async function repeat(database: Database, vendor: string, step: (queries: Queries) => Promise<Done>): Promise<number> {
  let events = 0;
  for (let more = true; more; ) {
    const done = await database.transaction(async (queries) =>
      (await takesTurn(queries, vendor)) ? await step(queries) : { events: 0, more: false },
    );
    events += done.events;
    more = done.more;
  }
  return events;
}

async function takesTurn(queries: Queries, vendor: string): Promise<boolean> {
  const [row] = await queries.query<{ ours: boolean }>(
    `select pg_try_advisory_xact_lock(hashtext('vendorgraph.prune'), hashtext($1)) as ours`,
    [vendor],
  );
  return row?.ours === true;
}

async function pruneStep(queries: Queries, vendor: string, { before, maxBytes }: Retention): Promise<Done> {
  const [sum] = await queries.query<{ bytes: number }>(HELD, [vendor]);
  const excess = Math.max(0, (sum?.bytes ?? 0) - maxBytes);
  if (excess > 0) {
    const done = await pruneEventless(queries, vendor, EVENTLESS_EXCESS, excess);
    if (done.more) return done;
  }
  const events = await pruneEvents(queries, { vendor, before, excess });
  return { events, more: events > 0 };
}

async function pruneEventless(queries: Queries, vendor: string, statement: string, bound: number): Promise<Done> {
  const gone = await queries.query<{ id: string; bytes: number }>(statement, [vendor, bound]);
  await settleDeliveries(queries, vendor, gone);
  return { events: 0, more: gone.length > 0 };
}

async function pruneEvents(queries: Queries, { vendor, before, excess }: Step): Promise<number> {
  const gone = await queries.query<Gone>(EVENTS, [vendor, before, excess]);
  if (gone.length === 0) return 0;
  await queries.query(
    `insert into vendorgraph.pruned (vendor, position) values ($1, $2)
     on conflict (vendor) do update set position = greatest(pruned.position, excluded.position)`,
    [vendor, gone.map(positionOf).toSorted().at(-1)],
  );
  await addToTally(queries, vendor, -gone.length, -sumOf(gone));
  const deliveries = [...new Set(gone.map(({ deliveryId }) => deliveryId))];
  await settleDeliveries(queries, vendor, await queries.query<{ id: string; bytes: number }>(EMPTIED, [deliveries]));
  return gone.length;
}

/** Dead letters go with their delivery. */
async function settleDeliveries(
  queries: Queries,
  vendor: string,
  gone: readonly { id: string; bytes: number }[],
): Promise<void> {
  if (gone.length === 0) return;
  await queries.query('delete from vendorgraph.dead_letter where delivery_id = any($1::text[])', [
    gone.map(({ id }) => id),
  ]);
  await addToTally(queries, vendor, 0, -sumOf(gone));
}

async function addToTally(queries: Queries, vendor: string, events: number, bytes: number): Promise<void> {
  await queries.query('insert into vendorgraph.tally (vendor, events, bytes) values ($1, $2, $3)', [
    vendor,
    events,
    bytes,
  ]);
}

const sumOf = (rows: readonly { bytes: number }[]): number => rows.reduce((sum, { bytes }) => sum + bytes, 0);
