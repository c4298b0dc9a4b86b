/** Named positions, as the writer keeps them. One that comes late never moves one back. */
import type { DatabaseSync } from 'node:sqlite';
import { MOST_CONSUMERS, tooManyConsumers } from './consumer-limit.ts';
import type { Consumer, Position } from './log.ts';
import type { RecordAct } from './sqlite-audit.ts';
import type { JobOf } from './sqlite-jobs.ts';

const FIND = `
  SELECT principal, name, position, updated_at AS updatedAt, owner FROM consumer WHERE principal = ? AND name = ?`;
const COUNT = 'SELECT count(*) AS count FROM consumer WHERE principal = ?';
const OPEN = `
  INSERT INTO consumer (principal, name, position, updated_at, owner) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET owner = excluded.owner`;
const MOVE = `
  INSERT INTO consumer (principal, name, position, updated_at) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET position = excluded.position, updated_at = excluded.updated_at
  WHERE excluded.position > position`;

export interface ConsumerJobs {
  open(job: JobOf<'openConsumer'>): Consumer;
  move(job: JobOf<'commitConsumer'>): Position;
  remove(job: JobOf<'removeConsumer'>): boolean;
}

export function createConsumerJobs(db: DatabaseSync, record: RecordAct): ConsumerJobs {
  const find = db.prepare(FIND);
  const count = db.prepare(COUNT);
  const open = db.prepare(OPEN);
  const move = db.prepare(MOVE);
  const remove = db.prepare('DELETE FROM consumer WHERE principal = ? AND name = ?');

  const checkRoom = (principal: string, name: string): void => {
    if (find.get(principal, name) !== undefined) return;
    if (Number(count.get(principal)?.['count']) >= MOST_CONSUMERS) throw tooManyConsumers();
  };

  return {
    open({ principal, name, start, owner, at }) {
      checkRoom(principal, name);
      open.run(principal, name, start, at, owner);
      // The columns are those of FIND, their types those of the schema, which is STRICT.
      return { ...find.get(principal, name) } as unknown as Consumer;
    },
    move({ principal, name, position, at }) {
      checkRoom(principal, name);
      move.run(principal, name, position, at);
      return String(find.get(principal, name)?.['position']);
    },
    remove({ principal, name, by, at }) {
      if (Number(remove.run(principal, name).changes) === 0) return false;
      record({ action: 'remove-consumer', by, at, detail: JSON.stringify({ principal, name }) });
      return true;
    },
  };
}
