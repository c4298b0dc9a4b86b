/** Appends stored events anew, page by page, so that no transaction is long: a long one would hold back every reader. */
import type { EventQuery, Operator } from './log.ts';
import { recordAct } from './postgres-audit.ts';
import type { Database, Queries } from './postgres-database.ts';
import { EVENT_ID, placeSql, querySql, Values } from './postgres-filter.ts';
import { positionOf } from './postgres-position.ts';
import { CHANNEL } from './postgres-schema.ts';

const PAGE = 500;

interface Page {
  events: number;
  xid: string | null;
  seq: number | null;
}

/** Takes what was there when it began, so that it never repeats its own. Returns how many. */
export async function replayEvents(
  database: Database,
  query: EventQuery,
  by: Operator,
  now: () => number,
): Promise<number> {
  const [start] = await database.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot');
  const { ids, ...rest } = query;
  const act = await recordAct(database, { action: 'replay', by, at: now(), detail: { ...rest, ids: ids?.length } });
  let replayed = 0;
  for (let after: string | undefined; ; ) {
    const page = await database.transaction((queries) =>
      replayPage(queries, query, start?.snapshot ?? '', after, now()),
    );
    replayed += page.events;
    if (page.events < PAGE || page.xid === null || page.seq === null) break;
    after = positionOf({ xid: page.xid, seq: page.seq });
  }
  await database.query(
    `update vendorgraph.audit set detail = (detail::jsonb || jsonb_build_object('events', $2::bigint))::text where id = $1`,
    [act, replayed],
  );
  return replayed;
}

async function replayPage(
  queries: Queries,
  query: EventQuery,
  snapshot: string,
  after: string | undefined,
  now: number,
): Promise<Page> {
  const values = new Values();
  const further = after === undefined ? '' : `and (xid, seq) > ${placeSql(after, values)}`;
  const [page] = await queries.query<Page>(
    `with page as materialized (
       select * from vendorgraph.event
       where ${querySql(query, values)} and pg_visible_in_snapshot(xid, ${values.add(snapshot, 'pg_snapshot')}) ${further}
       order by xid, seq limit ${PAGE}
     ), copied as (
       insert into vendorgraph.event (delivery_id, ix, vendor, type, event_id, vendor_time, received_at, body, bytes, unsigned, replay_of, replay_of_id, own_id)
       select delivery_id, ix, vendor, type, event_id, vendor_time, ${values.add(now, 'bigint')}, body, bytes, unsigned, seq, ${EVENT_ID},
              replace(gen_random_uuid()::text, '-', '')
       from page order by xid, seq returning vendor, bytes
     ), sums as (
       insert into vendorgraph.tally (vendor, events, bytes) select vendor, count(*), sum(bytes) from copied group by vendor
     ), last as (
       select xid, seq from page order by xid desc, seq desc limit 1
     )
     select (select count(*) from copied) as events, (select xid::text from last) as xid, (select seq from last) as seq,
            pg_notify('${CHANNEL}', '')`,
    values.list,
  );
  return page ?? { events: 0, xid: null, seq: null };
}
