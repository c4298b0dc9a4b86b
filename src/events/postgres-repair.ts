/**
 * Makes a log usable again whose transaction numbers are of another server or another time (a restored backup, an upgraded
 * cluster): all become 0, which leaves the order to the events' own numbers. Positions of before mean nothing from then on.
 */
import type { Operator } from './log.ts';
import { recordAct, rollEpoch } from './postgres-audit.ts';
import { createDatabase, type Queries } from './postgres-database.ts';
import { describeFailure, storeFailure } from './postgres-failure.ts';
import { horizonPosition, placeOf, positionOf } from './postgres-position.ts';
import { originOf } from './postgres-start.ts';

export interface RepairOptions {
  url: string;
  by: Operator;
  now?: () => number;
}

/** No gateway may run on it meanwhile. All or nothing. Throws INTERNAL when the database does not let it. */
export async function repairPostgresLog({ url, by, now = Date.now }: RepairOptions): Promise<void> {
  await using database = await createDatabase({ url, answerMs: 0 });
  await database
    .transaction(async (queries) => {
      await queries.query('lock table vendorgraph.event, vendorgraph.consumer, vendorgraph.pruned in exclusive mode');
      await moveConsumers(queries);
      await movePruned(queries);
      await queries.query(`update vendorgraph.event set xid = '0' where xid <> '0'`);
      await queries.query(`update vendorgraph.meta set value = $1 where name = 'origin'`, [await originOf(queries)]);
      await rollEpoch(queries, by, now());
      await recordAct(queries, { action: 'repair', by, at: now(), detail: {} });
    })
    .catch((error: unknown) => {
      throw storeFailure(error, `The event log could not be repaired: ${describeFailure(error)}.`);
    });
}

/** To just before the first event it has not read: it may get some again, and misses none. */
async function moveConsumers(queries: Queries): Promise<void> {
  const consumers = await queries.query<{ principal: string; name: string; position: string }>(
    'select principal, name, position from vendorgraph.consumer',
  );
  for (const { principal, name, position } of consumers) {
    const { xid, seq } = placeOf(position);
    const [row] = await queries.query<{ seq: number }>(
      `select coalesce((select min(seq) - 1 from vendorgraph.event where (xid, seq) > ($1::xid8, $2::bigint)),
                       (select max(seq) from vendorgraph.event), 0) as seq`,
      [xid, seq],
    );
    await queries.query('update vendorgraph.consumer set position = $3 where principal = $1 and name = $2', [
      principal,
      name,
      positionOf({ xid: '0', seq: row?.seq ?? 0 }),
    ]);
  }
}

/** Behind it everything is kept: before the first event of the vendor that is. */
async function movePruned(queries: Queries): Promise<void> {
  const rows = await queries.query<{ vendor: string; first: number | null }>(`
    select vendor, (select min(seq) from vendorgraph.event where event.vendor = pruned.vendor) as first from vendorgraph.pruned`);
  for (const { vendor, first } of rows) {
    const position = first === null ? horizonPosition('0') : positionOf({ xid: '0', seq: first - 1 });
    await queries.query('update vendorgraph.pruned set position = $2 where vendor = $1', [vendor, position]);
  }
}
