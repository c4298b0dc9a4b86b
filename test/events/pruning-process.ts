/** A log with its retention, which looks again and again; prints its clock's time with each look and appends an event. For a test that sets that clock. */
import { openSqliteLog } from '../../src/events/sqlite-log.ts';
import { createLog } from '../../src/observe/log.ts';
import { startPruning } from '../../src/pruning.ts';
import { numberedDelivery } from './numbered-delivery.ts';

const [path = ''] = process.argv.slice(2);
const quiet = createLog({ level: 'fatal' });
const eventLog = await openSqliteLog({ path, log: quiet });
let number = 0;

function kept(): void {
  process.stdout.write(`${Date.now()}\n`);
  void eventLog.append({ ...numberedDelivery('run', number++), receivedAt: Date.now() });
}

startPruning({ sources: [], eventLog, unread: async () => [], log: quiet, counters: { kept }, everyMs: 20 });
// Until somebody kills it.
process.stdin.resume();
