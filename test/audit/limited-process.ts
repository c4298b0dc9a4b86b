/** A log in a process of its own, told by messages what to do, so that a test can take the disk away from this process alone. */
import { createFileAuditLog } from '../../src/audit/file-audit-log.ts';
import { createLog } from '../../src/observe/log.ts';
import { entryOf } from './log-under-test.ts';

export interface Order {
  number: number;
  /** `record`: many, in order. `commit`: one. `state`: nothing but the answer. `end`: disposes. */
  call: 'record' | 'commit' | 'state' | 'end';
  ids?: string[];
}

export interface Report {
  number: number;
  taken: number;
  error?: { code: string; retryable: boolean | undefined; text: string };
  isWritable: boolean;
  written: number;
  failed: number;
  logged: Record<string, unknown>[];
}

const logged: Record<string, unknown>[] = [];
const counted = { written: 0, failed: 0 };
const log = createFileAuditLog({
  dataDir: process.argv[2] ?? '',
  log: createLog({ level: 'info', destination: { write: (line) => void logged.push(JSON.parse(line)) } }),
  counters: {
    written(entries) {
      counted.written += entries;
    },
    failed() {
      counted.failed += 1;
    },
  },
});

process.on('message', async ({ number, call, ids = [] }: Order) => {
  let taken = 0;
  let error: Report['error'];
  if (call === 'record') taken = ids.filter((id) => log.record(entryOf(id))).length;
  if (call === 'commit')
    await log.commit(entryOf(ids[0] ?? '')).catch((refusal) => {
      error = { code: refusal.code, retryable: refusal.details.retryable, text: String(refusal) };
    });
  if (call === 'end') await log[Symbol.asyncDispose]();
  const report: Report = { number, taken, isWritable: log.isWritable(), ...counted, logged, ...(error && { error }) };
  process.send?.(report);
  if (call === 'end') process.disconnect();
});
