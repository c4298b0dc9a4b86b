/** The epochs of the embedded log: one for each run of a gateway. */
import type { DatabaseSync } from 'node:sqlite';

/** Positions of older ones end with CURSOR_EXPIRED. */
const MOST_EPOCHS = 10_000;

/**
 * Its number, so that cursors of later runs are the greater ones, and 40 bits by lot: a run that was undone and the one in its
 * place have the same number.
 */
const BEGIN = `
  INSERT INTO epoch (id, start)
  SELECT printf('%06x', (1 + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'epoch'), 0)) & 0xffffff) || lower(hex(randomblob(5))),
         coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0)
  RETURNING id`;
const FORGET = `DELETE FROM epoch WHERE number <= (SELECT max(number) FROM epoch) - ${MOST_EPOCHS}`;
const END_ALL = 'DELETE FROM epoch';
const PRESENT = 'SELECT id FROM epoch ORDER BY number DESC LIMIT 1';
const NEXT = `
  SELECT (SELECT start FROM epoch next WHERE next.number > epoch.number ORDER BY next.number LIMIT 1) AS next
  FROM epoch WHERE id = ?`;

/** Returns its id. Those of before go on to mean something up to here. */
export function beginEpoch(db: DatabaseSync): string {
  const id = String(db.prepare(BEGIN).get()?.['id']);
  db.exec(FORGET);
  return id;
}

/** Inside a transaction. Those of before mean nothing any more. */
export function rollEpochs(db: DatabaseSync): string {
  db.exec(END_ALL);
  return beginEpoch(db);
}

export function presentEpoch(db: DatabaseSync): string {
  return String(db.prepare(PRESENT).get()?.['id']);
}

/** Number of its last event, `head` of the present one; undefined: not known. */
export function endOfEpoch(db: DatabaseSync, id: string, head: number): number | undefined {
  const row = db.prepare(NEXT).get(id);
  return row === undefined ? undefined : Number(row['next'] ?? head);
}
