/**
 * Appends without end, several deliveries at once, every third a batch; prints each delivery's id when it was acknowledged. For
 * tests that kill it.
 */
import { openSqliteLog } from '../../src/events/sqlite-log.ts';
import { createLog } from '../../src/observe/log.ts';
import { numberedDelivery } from './numbered-delivery.ts';
import { isAcknowledged } from './put-off.ts';

const [path = '', run = ''] = process.argv.slice(2);
const LANES = 8;

const log = await openSqliteLog({ path, log: createLog({ level: 'fatal' }) });

async function appendOnAndOn(lane: number): Promise<never> {
  for (let number = lane; ; number += LANES) {
    const delivery = numberedDelivery(run, number);
    if (!(await isAcknowledged(log.append(delivery)))) continue;
    // A pipe of Linux takes it before the call returns: what was printed was acknowledged, killed or not.
    process.stdout.write(`${delivery.id}\n`);
  }
}

for (let lane = 0; lane < LANES; lane += 1) void appendOnAndOn(lane);
