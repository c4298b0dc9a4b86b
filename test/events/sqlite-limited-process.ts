/** A log in a process of its own, told by messages what to append, so that a test can take the disk away from this process alone. */
import { GatewayError } from '../../src/errors.ts';
import { openSqliteLog } from '../../src/events/sqlite-log.ts';
import { createLog } from '../../src/observe/log.ts';
import { numberedDelivery } from './numbered-delivery.ts';

/** Deliveries from number … on, all at once. */
export interface Order {
  from: number;
  count: number;
}

export interface Report {
  stored: string[];
  refused: { code: string; retryable: boolean | undefined }[];
  logged: Record<string, unknown>[];
}

const logged: Record<string, unknown>[] = [];
const log = await openSqliteLog({
  path: process.argv[2] ?? '',
  log: createLog({ level: 'info', destination: { write: (line) => void logged.push(JSON.parse(line)) } }),
});

process.on('message', async ({ from, count }: Order) => {
  const report: Report = { stored: [], refused: [], logged };
  const deliveries = Array.from({ length: count }, (_, index) => numberedDelivery('run', from + index));
  for (const [index, outcome] of (await Promise.allSettled(deliveries.map((each) => log.append(each)))).entries()) {
    if (outcome.status === 'fulfilled') report.stored.push(deliveries[index]?.id ?? '');
    else if (outcome.reason instanceof GatewayError)
      report.refused.push({ code: outcome.reason.code, retryable: outcome.reason.details.retryable });
  }
  process.send?.(report);
});
process.on('disconnect', () => void log[Symbol.asyncDispose]());
process.send?.('ready');
