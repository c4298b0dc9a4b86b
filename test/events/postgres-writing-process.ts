/** Appends without end, several at once; prints each event's id when its append resolved. For tests that kill it. */
import { openPostgresLog } from '../../src/events/postgres-log.ts';
import { batchOf } from './delivery.ts';
import { isAcknowledged } from './put-off.ts';

const [url = '', run = ''] = process.argv.slice(2);
const AT_ONCE = 8;

const log = await openPostgresLog({ url });

async function appendOnAndOn(worker: number): Promise<never> {
  for (let number = 0; ; number += 1) {
    const delivery = batchOf(`${run}-${worker}-${number}`, 1 + (number % 3));
    if (!(await isAcknowledged(log.append(delivery)))) continue;
    // A pipe of Linux takes it before the call returns: what was printed was acknowledged, killed or not.
    process.stdout.write(delivery.events.map(({ eventId }) => `${eventId}\n`).join(''));
  }
}

for (let worker = 0; worker < AT_ONCE; worker += 1) void appendOnAndOn(worker);
