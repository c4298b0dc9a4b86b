/** The log's own record of what operators and retention did to it. */
import type { DatabaseSync } from 'node:sqlite';
import type { Operator } from './log.ts';

export interface Act {
  action: 'replay' | 'redrive' | 'prune' | 'roll-epoch' | 'remove-consumer';
  by: Operator;
  at: number;
  /** JSON text. Of events only their numbers and names, nothing of a body. */
  detail: string;
}

/** Inside a transaction. Returns the record's number. */
export type RecordAct = (act: Act) => number;

export function createRecorder(db: DatabaseSync): RecordAct {
  const insert = db.prepare('INSERT INTO audit (at, principal, action, reason, detail) VALUES (?, ?, ?, ?, ?)');
  return ({ action, by, at, detail }) =>
    Number(insert.run(at, by.principal, action, by.reason ?? null, detail).lastInsertRowid);
}
