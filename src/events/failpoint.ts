/**
 * Faults on order, for tests of the event log alone: `VENDORGRAPH_EVENTS_FAILPOINT=killAfterInserts=2`. Never set it elsewhere:
 * a gateway that finds it says so as an error. The log in Postgres knows those that kill the process.
 */

export const FAILPOINT_VARIABLE = 'VENDORGRAPH_EVENTS_FAILPOINT';

export interface Failpoints {
  /** The process dies before a commit, when so many events have been inserted: in SQLite in the middle of a delivery. */
  killAfterInserts?: number;
  /** The process dies after so many commits, before anybody learns of the last. */
  killAfterCommits?: number;
  /** The writer thread ends before the commit after so many. */
  endWriterAfterCommits?: number;
  /** The writer thread stands still for so many milliseconds in every commit. */
  stallMs?: number;
  /** The file grows to no more pages. */
  maxPages?: number;
  /** What commits do not wait for the disk with. */
  synchronous?: string;
}

const NUMBERS = ['killAfterInserts', 'killAfterCommits', 'endWriterAfterCommits', 'stallMs', 'maxPages'] as const;

/** Throws TypeError for one that does not exist. */
export function readFailpoints(text: string | undefined): Failpoints {
  const failpoints: Failpoints = {};
  for (const each of text?.split(',') ?? []) {
    const [name, value = ''] = each.split('=');
    const number = NUMBERS.find((known) => known === name);
    if (number !== undefined) failpoints[number] = Number(value);
    else if (name === 'synchronous') failpoints.synchronous = value;
    else throw new TypeError(`${FAILPOINT_VARIABLE} has "${each}", which is no failpoint.`);
  }
  return failpoints;
}

/** At once, and without a chance to put anything in order. */
export function killProcess(): void {
  process.kill(process.pid, 'SIGKILL');
  // The signal ends all threads; until it has, this one must not go on.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
