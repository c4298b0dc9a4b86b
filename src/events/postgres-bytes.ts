/** What the events of a vendor take up, from the oldest on. */
import { bytesLeft, type StoredBytes } from './bytes-left.ts';
import type { BytesLeftQuery } from './log.ts';
import type { Queries } from './postgres-database.ts';
import { type Place, positionOf } from './postgres-position.ts';
import { HORIZON } from './postgres-reader.ts';

const PAGE = 5_000;

const HELD = 'select coalesce(sum(bytes), 0)::bigint as bytes from vendorgraph.tally where vendor = $1';
const OLDEST = `
  select e.xid::text as xid, e.seq, (e.bytes + coalesce(d.bytes, 0)::float8 / greatest(1,
    (select count(*) from vendorgraph.event other where other.delivery_id = e.delivery_id)))::float8 as bytes
  from vendorgraph.event e left join vendorgraph.delivery d on d.id = e.delivery_id
  where e.vendor = $1 and (e.xid, e.seq) > ($2::xid8, $3::bigint) and e.xid < ${HORIZON}
  order by e.xid, e.seq limit ${PAGE}`;

export async function readBytesLeft(
  queries: Queries,
  vendor: string,
  query: BytesLeftQuery,
): Promise<(number | undefined)[]> {
  const [held] = await queries.query<{ bytes: number }>(HELD, [vendor]);
  return bytesLeft(query, held?.bytes ?? 0, oldestOf(queries, vendor));
}

async function* oldestOf(queries: Queries, vendor: string): AsyncGenerator<StoredBytes[]> {
  for (let last: Place = { xid: '0', seq: 0 }; ; ) {
    const rows = await queries.query<Place & { bytes: number }>(OLDEST, [vendor, last.xid, last.seq]);
    yield rows.map((row) => ({ position: positionOf(row), bytes: row.bytes }));
    if (rows.length < PAGE) return;
    last = rows.at(-1) ?? last;
  }
}
