/** Commits without end, several at once, recording others in between; prints each request id when it was acknowledged. For tests that kill it. */
import { createFileAuditLog } from '../../src/audit/file-audit-log.ts';
import { createLog } from '../../src/observe/log.ts';
import { entryOf } from './log-under-test.ts';

const [dataDir = '', run = ''] = process.argv.slice(2);
const AT_ONCE = 4;

const log = createFileAuditLog({
  dataDir,
  log: createLog({ level: 'error', destination: process.stderr }),
  segmentBytes: 20_000,
});

async function commitOnAndOn(worker: number): Promise<never> {
  for (let number = 0; ; number += 1) {
    const id = `${run}-${worker}-${number}`;
    log.record(entryOf(`${id}-read`));
    await log.commit(entryOf(id, { kind: 'write-opened', outcome: 'opened' }));
    // A pipe of Linux takes it before the call returns: what was printed was acknowledged, killed or not.
    process.stdout.write(`${id}\n`);
  }
}

for (let worker = 0; worker < AT_ONCE; worker += 1) void commitOnAndOn(worker);
