/**
 * One transaction for a group of jobs, synced before it returns. When one job cannot be done, the group is split until it stands
 * alone: it must not fail the others. When the disk takes nothing, all fail at once.
 */
import type { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../errors.ts';
import type { Fault, Job, JobAnswer, Outcome } from './sqlite-jobs.ts';

/** Of SQLite: busy, locked, no memory, read-only, input or output, corrupt, full, cannot open, protocol, no database. */
const OF_THE_STORE: ReadonlySet<number> = new Set([5, 6, 7, 8, 10, 11, 13, 14, 15, 26]);

/** Never throws; one outcome for each job. */
export function commitGroup(db: DatabaseSync, jobs: readonly Job[], run: (job: Job) => JobAnswer): Outcome[] {
  try {
    return inTransaction(db, () => jobs.map(run)).map((answer) => ({ answer }));
  } catch (error) {
    const fault = faultOf(error);
    if (jobs.length <= 1 || fault.of === 'store') return jobs.map(() => ({ fault }));
    const half = Math.ceil(jobs.length / 2);
    return [...commitGroup(db, jobs.slice(0, half), run), ...commitGroup(db, jobs.slice(half), run)];
  }
}

function inTransaction<Result>(db: DatabaseSync, work: () => Result): Result {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk has rolled it back already, and a second time would throw.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return { of: 'job', reason: 'unknown failure' };
  if (error instanceof GatewayError) {
    const { message: reason, code, details } = error;
    return { of: 'request', reason, code, details };
  }
  const code = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined;
  if (code === undefined) return { of: 'job', reason: error.name };
  // The lowest byte is the kind of error; messages name tables and columns, never a value.
  return { of: OF_THE_STORE.has(code & 0xff) ? 'store' : 'job', reason: `SQLite ${code}: ${error.message}` };
}
