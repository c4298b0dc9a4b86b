/** Figures for /metrics, cheap: sums are kept as the log grows, and a consumer costs one step in an index. */
import type { LogFigures } from './log.ts';
import type { Queries } from './postgres-database.ts';
import { placeOf } from './postgres-position.ts';
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
  select principal, name, oldest.received_at as "oldestUnreadAt"
  from unnest($1::text[], $2::text[], $3::xid8[], $4::bigint[]) as consumer (principal, name, xid, seq)
  cross join lateral (
    select received_at from vendorgraph.event e
    where (e.xid, e.seq) > (consumer.xid, consumer.seq) and e.xid < ${HORIZON} order by e.xid, e.seq limit 1
  ) as oldest
  order by principal, name`;

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
    consumers: await unreadConsumers(queries),
  };
}

async function unreadConsumers(queries: Queries): Promise<LogFigures['consumers']> {
  const consumers = await queries.query<{ principal: string; name: string; position: string }>(
    'select principal, name, position from vendorgraph.consumer order by position limit $1',
    [MOST_CONSUMERS],
  );
  const places = consumers.map(({ position }) => placeOf(position));
  return await queries.query(UNREAD, [
    consumers.map(({ principal }) => principal),
    consumers.map(({ name }) => name),
    places.map(({ xid }) => xid),
    places.map(({ seq }) => seq),
  ]);
}
