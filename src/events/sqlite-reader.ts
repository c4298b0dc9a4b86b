/**
 * Reads the log on the gateway's own thread: pages that are small and quick, because nothing else runs meanwhile. No statement is
 * left open: that would keep the WAL from being taken over into the file.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EventFilter, EventPage, LoggedEvent, LogPage, Position } from './log.ts';
import { type Arm, armsOf, type Condition, filterCondition } from './sqlite-filter.ts';
import { positionOf, seqOf } from './sqlite-position.ts';
import { EVENT_COLUMNS, toEvent } from './sqlite-rows.ts';

/** Events that are looked at for one page, when no index answers. */
const SCAN = 1_000;
/** A page ends with the event that reaches it, characters. */
const PAGE_CHARS = 1024 * 1024;
const MOST_STATEMENTS = 50;

const FROM_EVENTS = 'FROM event e CROSS JOIN delivery d ON d.number = e.delivery';

export class SqliteReader {
  readonly #db: DatabaseSync;
  readonly #head: StatementSync;
  readonly #version: StatementSync;
  readonly #edge: StatementSync;
  readonly #pruned: StatementSync;
  /** By their text: one for each shape of filter. */
  readonly #pages = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#head = db.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'event'`);
    this.#version = db.prepare('PRAGMA data_version');
    this.#edge = db.prepare(`SELECT seq FROM event WHERE seq > ? ORDER BY seq LIMIT 1 OFFSET ${SCAN - 1}`);
    this.#pruned = db.prepare('SELECT seq FROM pruned WHERE vendor = ?');
  }

  head(): number {
    return Number(this.#head.get()?.['seq'] ?? 0);
  }

  /** Changes when another connection committed, that of the writer thread or of another process. */
  dataVersion(): unknown {
    return this.#version.get()?.['data_version'];
  }

  earliest(vendors: readonly string[]): Position {
    return positionOf(Math.max(0, ...vendors.map((vendor) => Number(this.#pruned.get(vendor)?.['seq'] ?? 0))));
  }

  /** What was pruned is asked behind the rows: nothing that went in between goes unnoticed. */
  page(after: Position, filter: EventFilter, limit: number): LogPage {
    const page = this.#pageOf(after, filter, limit);
    return { ...page, earliest: this.earliest(filter.map(({ vendor }) => vendor)) };
  }

  #pageOf(after: Position, filter: EventFilter, limit: number): EventPage {
    const from = seqOf(after);
    // Before the rows: what is committed in between is left to the next page.
    const head = this.head();
    if (from >= head) return { events: [], scannedTo: after, isEnd: true };
    const arms = armsOf(filter);
    if (arms?.length === 0) return { events: [], scannedTo: positionOf(head), isEnd: true };
    const upTo = arms ? head : Math.min(head, this.#edgeBehind(from));
    const rows = arms ? armRows(arms, from, upTo, limit) : scanRows(filter, from, upTo, limit);
    const page = this.#take(rows, limit, upTo);
    return { ...page, isEnd: page.scannedTo === positionOf(head) };
  }

  #edgeBehind(seq: number): number {
    return Number(this.#edge.get(seq)?.['seq'] ?? Number.POSITIVE_INFINITY);
  }

  #take({ sql, values }: Condition, limit: number, upTo: number): Omit<EventPage, 'isEnd'> {
    const events: LoggedEvent[] = [];
    let chars = 0;
    // Never left open: the loop ends in this turn, and `break` ends the statement.
    for (const row of this.#page(sql).iterate(...values)) {
      const event = toEvent(row);
      events.push(event);
      chars += event.body.length;
      if (chars >= PAGE_CHARS) break;
    }
    const last = events.at(-1)?.position;
    const isCut = events.length === limit || chars >= PAGE_CHARS;
    return { events, scannedTo: last !== undefined && isCut ? last : positionOf(upTo) };
  }

  #page(sql: string): StatementSync {
    const known = this.#pages.get(sql);
    if (known) return known;
    const [oldest] = this.#pages.keys();
    if (oldest !== undefined && this.#pages.size >= MOST_STATEMENTS) this.#pages.delete(oldest);
    const statement = this.#db.prepare(sql);
    this.#pages.set(sql, statement);
    return statement;
  }
}

/** Each arm is a walk through an index; together they are never longer than `limit` for each. */
function armRows(arms: readonly Arm[], from: number, upTo: number, limit: number): Condition {
  const walks = arms.map(({ vendor, type }): Condition => {
    const [index, which] = type === undefined ? ['event_vendor', ''] : ['event_type', 'AND type = ?'];
    const sql = `SELECT seq FROM (SELECT seq FROM event INDEXED BY ${index}
      WHERE vendor = ? ${which} AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?)`;
    return { sql, values: [vendor, ...(type === undefined ? [] : [type]), from, upTo, limit] };
  });
  return {
    sql: `WITH found AS MATERIALIZED (${walks.map(({ sql }) => sql).join(' UNION ALL ')} ORDER BY seq LIMIT ?)
      SELECT ${EVENT_COLUMNS} FROM found CROSS JOIN event e ON e.seq = found.seq CROSS JOIN delivery d ON d.number = e.delivery
      ORDER BY e.seq`,
    values: [...walks.flatMap(({ values }) => values), limit],
  };
}

function scanRows(filter: EventFilter, from: number, upTo: number, limit: number): Condition {
  const { sql, values } = filterCondition(filter);
  return {
    sql: `SELECT ${EVENT_COLUMNS} ${FROM_EVENTS} WHERE e.seq > ? AND e.seq <= ? AND ${sql} ORDER BY e.seq LIMIT ?`,
    values: [from, upTo, ...values, limit],
  };
}
