/** Appends what was made of a dead letter later. */
import type { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../errors.ts';
import type { Appended } from './log.ts';
import type { Appender, Owner } from './sqlite-append.ts';
import type { RecordAct } from './sqlite-audit.ts';
import type { JobOf } from './sqlite-jobs.ts';

const NUMBER = /^[1-9]\d{0,14}$/;
const MARK = 'UPDATE dead_letter SET redriven_at = coalesce(redriven_at, ?) WHERE number = ? RETURNING delivery';
const OWNER = 'SELECT number, vendor FROM delivery WHERE number = ?';
const STORED = 'SELECT ix FROM event WHERE delivery = ? AND own_id IS NULL';
const GROW = 'UPDATE delivery SET events = events + ? WHERE number = ?';

/** What was stored of the delivery before is a duplicate, also when its keys are forgotten. */
export function createRedrive(
  db: DatabaseSync,
  appender: Appender,
  record: RecordAct,
): (job: JobOf<'redrive'>) => Appended {
  const mark = db.prepare(MARK);
  const find = db.prepare(OWNER);
  const stored = db.prepare(STORED);
  const grow = db.prepare(GROW);
  return ({ id, events, by, at }) => {
    const letter = mark.get(at, NUMBER.test(id) ? Number(id) : 0);
    // The columns are those of OWNER, their types those of the schema.
    const owner = letter && (find.get(Number(letter['delivery'])) as unknown as Omit<Owner, 'receivedAt'> | undefined);
    if (owner === undefined) throw new GatewayError('NOT_FOUND', 'There is no such dead letter.', { retryable: false });
    const there = new Set(stored.all(owner.number).map(({ ix }) => ix));
    const fresh = events.filter(({ ix }) => !there.has(ix));
    const appended = appender.appendTo({ ...owner, receivedAt: at }, fresh, at);
    grow.run(appended.stored, owner.number);
    record({ action: 'redrive', by, at, detail: JSON.stringify({ deadLetter: id, events: events.length }) });
    const outcomes = [...appended.events];
    return {
      events: events.map(
        ({ ix }) => (there.has(ix) ? undefined : outcomes.shift()) ?? { outcome: 'duplicate', position: null },
      ),
    };
  };
}
