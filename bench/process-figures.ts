/** What Linux knows of a process. NaN elsewhere: a figure that is not there must not look like a good one. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second. */
const TICK_MS = 10;

/** Memory that is in RAM, megabytes (2^20 bytes). */
export function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(pid, 'status'))?.[1]) / 1024;
}

/** CPU time of all its threads so far, milliseconds; its children's not. */
export function cpuMs(pid: number): number {
  // Behind the name, which may hold anything, ")" included: state is field 3, user and system time are 14 and 15.
  const stat = read(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** CPU time of the threads it has now, milliseconds: to the nanosecond, but without those that have ended. */
export function threadsCpuMs(pid: number): number {
  const nanoseconds = threadsOf(pid).map((thread) => Number(read(pid, `task/${thread}/schedstat`).split(' ')[0]));
  return nanoseconds.length > 0 ? nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6 : Number.NaN;
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
