/**
 * What operators ask: any part of the log. Looked through a window at a time, with a turn for others in between, for a question
 * about a year may concern a million rows.
 */
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import type { EventQuery, LoggedEvent } from './log.ts';
import { queryCondition } from './sqlite-filter.ts';
import { seqOf } from './sqlite-position.ts';
import { EVENT_COLUMNS, toEvent } from './sqlite-rows.ts';

/** Events that are looked at in one turn. */
const WINDOW = 2_000;

const FROM = 'FROM event e CROSS JOIN delivery d ON d.number = e.delivery';

interface Question {
  db: DatabaseSync;
  query: EventQuery;
  /** The last event it may concern. */
  head: number;
}

export async function findEvents(question: Question, limit: number, newestFirst: boolean): Promise<LoggedEvent[]> {
  const found: LoggedEvent[] = [];
  const select = `SELECT ${EVENT_COLUMNS} ${FROM}`;
  const order = `ORDER BY e.seq ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?`;
  for await (const rows of windows(question, select, newestFirst, () => ({
    sql: order,
    values: [limit - found.length],
  }))) {
    found.push(...rows.map(toEvent));
    if (found.length >= limit) break;
  }
  return found;
}

export async function countEvents(question: Question): Promise<number> {
  let count = 0;
  for await (const [row] of windows(question, 'SELECT count(*) AS count FROM event e', false)) {
    // A column of this statement.
    count += Number((row as { count: number }).count);
  }
  return count;
}

/** Numbers of the events, in their order. */
export async function* findSeqs(question: Question): AsyncGenerator<number[]> {
  for await (const rows of windows(question, 'SELECT e.seq FROM event e', false, () => ({
    sql: 'ORDER BY e.seq',
    values: [],
  }))) {
    // A column of this statement.
    yield rows.map((row) => (row as { seq: number }).seq);
  }
}

const NO_END = (): { sql: string; values: number[] } => ({ sql: '', values: [] });

/** The rows of one window after the other; a window without rows is given, too. */
async function* windows(
  { db, query, head }: Question,
  select: string,
  downwards: boolean,
  end = NO_END,
): AsyncGenerator<unknown[]> {
  const { sql, values } = queryCondition(query);
  const chosen = query.ids && JSON.stringify(seqsOf(db, query.ids));
  const ofThese = chosen === undefined ? '' : 'AND e.seq IN (SELECT value FROM json_each(?))';
  const first = query.after === undefined ? 0 : seqOf(query.after);
  const last = query.upTo === undefined ? head : Math.min(head, seqOf(query.upTo));
  for (const [from, upTo] of chosen === undefined ? bounds(db, first, last, downwards) : [[first, last] as const]) {
    const tail = end();
    const statement = db.prepare(`${select} WHERE e.seq > ? AND e.seq <= ? ${ofThese} AND ${sql} ${tail.sql}`);
    yield statement.all(from, upTo, ...(chosen === undefined ? [] : [chosen]), ...values, ...tail.values);
    await turn();
  }
}

/** Windows of so many rows, (from, upTo]: numbers have gaps where retention was. */
function* bounds(
  db: DatabaseSync,
  first: number,
  last: number,
  downwards: boolean,
): Generator<readonly [number, number]> {
  const further = downwards
    ? db.prepare(`SELECT seq FROM event WHERE seq <= ? ORDER BY seq DESC LIMIT 1 OFFSET ${WINDOW}`)
    : db.prepare(`SELECT seq FROM event WHERE seq > ? ORDER BY seq LIMIT 1 OFFSET ${WINDOW - 1}`);
  for (let edge = downwards ? last : first; downwards ? edge > first : edge < last; ) {
    const found = Number(further.get(edge)?.['seq'] ?? (downwards ? first : last));
    const next = downwards ? Math.max(found, first) : Math.min(found, last);
    yield downwards ? [next, edge] : [edge, next];
    edge = next;
  }
}

/** Unknown ids are left out. */
function seqsOf(db: DatabaseSync, ids: readonly string[]): number[] {
  const original = db.prepare(`
    SELECT e.seq FROM delivery d JOIN event e INDEXED BY event_original ON e.delivery = d.number AND e.own_id IS NULL
    WHERE d.id = ? AND e.ix = ?`);
  const replay = db.prepare('SELECT seq FROM event WHERE own_id = ?');
  return ids.flatMap((id) => {
    const [, delivery = '', ix = ''] = /^(.*)\.(\d{1,9})$/s.exec(id) ?? [];
    const row = replay.get(id) ?? original.get(delivery, Number(ix));
    return row === undefined ? [] : [Number(row['seq'])];
  });
}
