/** The log's own record of what operators and retention did to it, and the epoch, which is rolled on record only. */
import type { Operator } from './log.ts';
import type { Queries } from './postgres-database.ts';
import { newEpoch } from './postgres-start.ts';

export interface Act {
  action: 'replay' | 'redrive' | 'prune' | 'roll-epoch' | 'repair' | 'remove-consumer';
  by: Operator;
  at: number;
  /** Of events only their numbers and names, nothing of a body. */
  detail: Readonly<Record<string, unknown>>;
}

/** Returns the record's number. */
export async function recordAct(queries: Queries, { action, by, at, detail }: Act): Promise<number> {
  const [row] = await queries.query<{ id: number }>(
    'insert into vendorgraph.audit (at, principal, action, reason, detail) values ($1, $2, $3, $4, $5) returning id',
    [at, by.principal, action, by.reason ?? null, JSON.stringify(detail)],
  );
  return row?.id ?? 0;
}

/** Inside a transaction. */
export async function rollEpoch(queries: Queries, by: Operator, now: number): Promise<string> {
  const epoch = newEpoch();
  await queries.query(`update vendorgraph.meta set value = $1 where name = 'epoch'`, [epoch]);
  await recordAct(queries, { action: 'roll-epoch', by, at: now, detail: { epoch } });
  return epoch;
}
