/** Ten times the usual load: everything is stored or put off, soon and in bounded memory. */
import { burst } from '../test/streams/burst.ts';
import { hasPostgres, makeSharedStore } from '../test/streams/databases.ts';
import { part } from './part.ts';
import type { Soak } from './soak.ts';

const BURST = { perSecond: 3_000, seconds: 10 };
const MOST_MINUTES = 5;
const MOST_ACK_P99_MS = 2_000;
const MOST_STALL_MS = 500;
const MOST_RESIDENT_MIB = 500;

export const soakBursts: Soak = async ({ print }) => {
  const faults: string[] = [];
  for (const engine of hasPostgres ? (['SQLite', 'Postgres'] as const) : (['SQLite'] as const)) {
    await using store = engine === 'Postgres' ? await makeSharedStore() : undefined;
    const { offered, answered, putOff, ackP99Ms, longestStallMs, residentMiB } = await part(
      `The burst over ${engine}`,
      MOST_MINUTES,
      () => burst({ ...BURST, env: store?.env ?? {} }),
    );
    const figures = `ack p99 ${ackP99Ms.toFixed(0)} ms, longest stall ${longestStallMs.toFixed(0)} ms, ${residentMiB.toFixed(0)} MiB`;
    print(`${engine}: of ${offered} in ${BURST.seconds} s ${answered} stored, ${putOff} put off: ${figures}`);
    if (ackP99Ms > MOST_ACK_P99_MS || longestStallMs > MOST_STALL_MS || residentMiB > MOST_RESIDENT_MIB)
      faults.push(`${engine}: ${figures}`);
  }
  return faults;
};
