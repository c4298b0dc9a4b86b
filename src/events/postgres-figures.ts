/** Figures for /metrics, cheap: sums are kept as the log grows, and a consumer costs one step in an index. */
import type { VendorName } from '../config/vendor-name.ts';
import type { Consumer, EventLog, LogFigures, UnreadEvents } from './log.ts';
import { CONSUMER_COLUMNS } from './postgres-consumers.ts';
import type { Queries } from './postgres-database.ts';
import { placeOf, positionOf } from './postgres-position.ts';
import { HORIZON } from './postgres-reader.ts';

const MOST_CONSUMERS = 1_000;

const LETTERS = `
  select reason, count(*) as count from vendorgraph.dead_letter where redriven_at is null group by reason order by reason`;

/**
 * Age of the oldest open writing transaction, of any database of the server. Those of other users may be hidden from us: then
 * the oldest event that cannot be read yet tells.
 */
const HORIZON_AGE = `
  select greatest(0,
    (select max(extract(epoch from clock_timestamp() - xact_start)) * 1000 from pg_stat_activity where backend_xid is not null),
    (select max(extract(epoch from clock_timestamp() - prepared)) * 1000 from pg_prepared_xacts),
    (select $1::bigint - min(received_at) from vendorgraph.event where xid >= ${HORIZON}))::float8 as age`;

const UNREAD = `
  select principal, name, vendor, oldest.received_at as "oldestUnreadAt", oldest.xid::text as "oldestXid", oldest.seq as "oldestSeq"
  from unnest($1::text[], $2::text[], $3::xid8[], $4::bigint[], $5::text[]) as followed (principal, name, xid, seq, vendor)
  cross join lateral (
    select received_at, e.xid, e.seq from vendorgraph.event e
    where e.vendor = followed.vendor and (e.xid, e.seq) > (followed.xid, followed.seq) and e.xid < ${HORIZON}
    order by e.xid, e.seq limit 1
  ) as oldest
  order by followed.xid, followed.seq, principal, name, vendor`;

export async function readFigures(queries: Queries, now: number): Promise<LogFigures> {
  const [sums] = await queries.query<{ events: number; bytes: number }>(
    'select coalesce(sum(events), 0)::bigint as events, coalesce(sum(bytes), 0)::bigint as bytes from vendorgraph.tally',
  );
  const [keys] = await queries.query<{ bytes: number }>(`select pg_total_relation_size('vendorgraph.dedupe') as bytes`);
  const letters = await queries.query<{ reason: string; count: number }>(LETTERS);
  const [horizon] = await queries.query<{ age: number }>(HORIZON_AGE, [now]);
  return {
    events: sums?.events ?? 0,
    bytes: sums?.bytes ?? 0,
    keyBytes: keys?.bytes ?? 0,
    deadLetters: Object.fromEntries(letters.map(({ reason, count }) => [reason, count])),
    horizonAgeMs: Math.round(horizon?.age ?? 0),
  };
}

export async function listVendors(queries: Queries): Promise<VendorName[]> {
  const rows = await queries.query<{ vendor: VendorName }>(
    'select distinct vendor from vendorgraph.tally order by vendor',
  );
  return rows.map(({ vendor }) => vendor);
}

export async function findUnread(
  queries: Queries,
  follows: Parameters<EventLog['unread']>[0],
): Promise<UnreadEvents[]> {
  const consumers = await queries.query<Consumer>(
    `select ${CONSUMER_COLUMNS} from vendorgraph.consumer order by position limit $1`,
    [MOST_CONSUMERS],
  );
  if (consumers.length === 0) return [];
  const all = await listVendors(queries);
  const rows = consumers.flatMap((consumer) => {
    const { xid, seq } = placeOf(consumer.position);
    return (follows(consumer) ?? all).map((vendor) => ({ ...consumer, xid, seq, vendor }));
  });
  const found = await queries.query<Omit<UnreadEvents, 'oldestUnread'> & { oldestXid: string; oldestSeq: number }>(
    UNREAD,
    [
      rows.map(({ principal }) => principal),
      rows.map(({ name }) => name),
      rows.map(({ xid }) => xid),
      rows.map(({ seq }) => seq),
      rows.map(({ vendor }) => vendor),
    ],
  );
  return found.map(({ oldestXid, oldestSeq, ...unread }) => ({
    ...unread,
    oldestUnread: positionOf({ xid: oldestXid, seq: oldestSeq }),
  }));
}
