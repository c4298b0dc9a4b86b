/**
 * Reads events in the order of their positions. A page looks at a bounded stretch of the log and says how far it came, so that a
 * filter that matches nothing costs no more than one that matches all. Readers stop below the oldest open transaction of the
 * server: what lies above it is not decided yet.
 */
import type { EventFilter, EventPage, EventQuery, LoggedEvent, LogPage, Position, StoredDelivery } from './log.ts';
import type { Queries } from './postgres-database.ts';
import { EVENT_COLUMNS, filterSql, placeSql, querySql, Values, vendorsOf } from './postgres-filter.ts';
import { horizonPosition, positionOf } from './postgres-position.ts';

/** Everything below is decided: committed and visible, or never to be seen. */
export const HORIZON = 'pg_snapshot_xmin(pg_current_snapshot())';

/** Events that one page looks at. */
const STRETCH = 1_000;
/** Of bodies in one page; a page has one event at least. */
const PAGE_BYTES = 8 * 1024 * 1024;

interface EventRow {
  seq: number;
  xid: string;
  id: string;
  deliveryId: string;
  ix: number;
  vendor: string;
  type: string;
  eventId: string;
  vendorTime: number | null;
  receivedAt: number;
  body: string;
  /** JSON text of names. */
  unsigned: string;
  replayOf: string | null;
}

/** What a page says of itself, once with each of its rows; without events there is one row with nothing else. */
interface PageRow {
  horizon: string;
  /** How many of the stretch match. */
  matching: number;
  /** Null: the stretch reached the horizon. */
  earliest: Position | null;
  endXid: string | null;
  endSeq: number | null;
}

export async function readPage(
  queries: Queries,
  after: Position,
  filter: EventFilter,
  limit: number,
): Promise<LogPage> {
  const values = new Values();
  const rows = await queries.query<PageRow & (EventRow | { seq: null })>(
    pageSql(after, filter, limit, values),
    values.list,
  );
  const events = rows.flatMap((row) => (row.seq === null ? [] : [toEvent(row)]));
  return { events, ...reachOf(after, events, rows[0]), earliest: rows[0]?.earliest ?? horizonPosition('0') };
}

export async function findEvents(
  queries: Queries,
  query: EventQuery,
  limit: number,
  newestFirst: boolean,
): Promise<LoggedEvent[]> {
  const values = new Values();
  const direction = newestFirst ? 'desc' : 'asc';
  const rows = await queries.query<EventRow>(
    `select ${EVENT_COLUMNS} from vendorgraph.event where ${querySql(query, values)}
     order by event.xid ${direction}, event.seq ${direction} limit ${values.add(limit, 'bigint')}`,
    values.list,
  );
  return rows.map(toEvent);
}

export async function countEvents(queries: Queries, query: EventQuery): Promise<number> {
  const values = new Values();
  const [row] = await queries.query<{ count: number }>(
    `select count(*) as count from vendorgraph.event where ${querySql(query, values)}`,
    values.list,
  );
  return row?.count ?? 0;
}

export async function headPosition(queries: Queries): Promise<Position> {
  const [row] = await queries.query<{ horizon: string }>(`select ${HORIZON}::text as horizon`);
  return horizonPosition(row?.horizon ?? '0');
}

export interface Tip {
  /** Of the last event that can be read now; undefined when there is none. */
  position: Position | undefined;
  /** An event is committed that cannot be read yet: another transaction of the server holds it back. */
  isHeldBack: boolean;
}

export async function findTip(queries: Queries): Promise<Tip> {
  const [row] = await queries.query<{ xid: string | null; seq: number | null; isHeldBack: boolean }>(`
    select last.xid::text as xid, last.seq, exists (select from vendorgraph.event where xid >= ${HORIZON}) as "isHeldBack"
    from (select 1) as once left join (
      select xid, seq from vendorgraph.event where event.xid < ${HORIZON} order by event.xid desc, event.seq desc limit 1
    ) as last on true`);
  const { xid = null, seq = null, isHeldBack = false } = row ?? {};
  return { position: xid === null || seq === null ? undefined : positionOf({ xid, seq }), isHeldBack };
}

/** Its bytes may be those of its only event, stored once. */
export async function findDelivery(queries: Queries, id: string): Promise<StoredDelivery | undefined> {
  const [row] = await queries.query<Omit<StoredDelivery, 'headers' | 'raw'> & { headers: string; raw: Buffer | null }>(
    `select id, vendor, received_at as "receivedAt", headers, raw_sha256 as "rawSha256", verified_by as "verifiedBy",
            remote_ip as "remoteIp",
            coalesce(raw, (select convert_to(body, 'UTF8') from vendorgraph.event where delivery_id = $1 limit 1)) as raw
     from vendorgraph.delivery where id = $1`,
    [id],
  );
  if (row === undefined) return undefined;
  const { remoteIp, raw, ...rest } = row;
  const stored = { ...rest, headers: JSON.parse(row.headers), raw: new Uint8Array(raw ?? []) };
  return remoteIp === null ? stored : { ...stored, remoteIp };
}

/** One vendor's events have an index of their own; several are picked out of all. */
function pageSql(after: Position, filter: EventFilter, limit: number, values: Values): string {
  const [vendor = '', ...others] = vendorsOf(filter);
  const ofVendor = others.length > 0 ? '' : `and vendor = ${values.add(vendor, 'text')}`;
  return `
    with stretch as materialized (
      select * from vendorgraph.event
      where (xid, seq) > ${placeSql(after, values)} and xid < ${HORIZON} ${ofVendor}
      order by xid, seq limit ${STRETCH}
    ), matching as (
      select *, sum(bytes) over (order by xid, seq) - bytes as before from stretch where ${filterSql(filter, values)}
    ), page as (
      select * from matching where before < ${PAGE_BYTES} order by xid, seq limit ${values.add(limit, 'bigint')}
    ), last as (
      select xid, seq from stretch order by xid desc, seq desc limit case when (select count(*) from stretch) < ${STRETCH} then 0 else 1 end
    )
    select ${HORIZON}::text as horizon, (select count(*) from matching) as matching,
           (select max(position) from vendorgraph.pruned where vendor = any(${values.add(vendorsOf(filter), 'text[]')})) as earliest,
           (select xid::text from last) as "endXid", (select seq from last) as "endSeq", page.*
    from (select 1) as once left join (select ${EVENT_COLUMNS} from page) as page on true
    order by page.seq is null, page.xid::xid8, page.seq`;
}

/** To the last event of a page that was cut; else to the end of the stretch; else through everything that is decided. */
function reachOf(
  after: Position,
  events: readonly LoggedEvent[],
  page: PageRow | undefined,
): Omit<EventPage, 'events'> {
  if (page === undefined) return { scannedTo: after, isEnd: true };
  const last = events.at(-1);
  if (last !== undefined && events.length < page.matching) return { scannedTo: last.position, isEnd: false };
  const { endXid, endSeq } = page;
  if (endXid !== null && endSeq !== null) return { scannedTo: positionOf({ xid: endXid, seq: endSeq }), isEnd: false };
  const horizon = horizonPosition(page.horizon);
  return { scannedTo: horizon > after ? horizon : after, isEnd: true };
}

function toEvent({ seq, xid, id, unsigned, replayOf, deliveryId, ix, vendor, type, ...row }: EventRow): LoggedEvent {
  const { eventId, vendorTime, receivedAt, body } = row;
  return {
    id,
    position: positionOf({ xid, seq }),
    deliveryId,
    ix,
    vendor,
    type,
    eventId,
    vendorTime,
    receivedAt,
    body,
    unsigned: JSON.parse(unsigned),
    replayOf,
  };
}
