/** Resident memory of a process, MiB. Linux alone shows it here. */
import { readFileSync } from 'node:fs';

export function residentMemory(pid: number): number {
  const [, kib = ''] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1_024;
}
