/** A whole gateway whose Postgres is away for long, stopped and killed. */
import { serverPrograms, startCluster } from '../test/events/postgres-cluster.ts';
import { storeOutages } from '../test/streams/store-outage.ts';
import { part } from './part.ts';
import type { Soak } from './soak.ts';

const DOWN_MS = 20_000;
const MOST_MINUTES = 10;
const MOST_RECOVERY_MS = 2_000;

export const soakOutages: Soak = async ({ print }) => {
  const programs = serverPrograms();
  if (programs === undefined) return [];
  await using cluster = await startCluster(programs, { fsync: true });
  const outages = await part('The outages', MOST_MINUTES, () => storeOutages({ cluster, downMs: DOWN_MS }));
  for (const { how, refused, recoveryMs } of outages)
    print(
      `Postgres away by ${how} for ${DOWN_MS / 1_000} s: ${refused} probes put off, stored again ${recoveryMs} ms after`,
    );
  return outages
    .filter(({ recoveryMs }) => recoveryMs > MOST_RECOVERY_MS)
    .map(({ how, recoveryMs }) => `it took ${recoveryMs} ms to store again after a ${how}`);
};
