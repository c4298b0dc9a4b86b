/** The database of a gateway is stopped, and killed: row 4 of the faults, over HTTP and with subscribers. */
import { expect, it } from 'vitest';
import { serverPrograms, startCluster } from '../events/postgres-cluster.ts';
import { storeOutages } from './store-outage.ts';

const programs = serverPrograms();

it.skipIf(programs === undefined)(
  'sends every delivery back with 503 while its Postgres is stopped or killed, then goes on by itself, and subscribers miss nothing',
  async () => {
    await using cluster = await startCluster(programs ?? '');
    const outages = await storeOutages({ cluster, downMs: 1_000 });
    expect(outages).toMatchObject([{ how: 'stop' }, { how: 'kill' }]);
    for (const { refused } of outages) expect(refused).toBeGreaterThan(0);
  },
  90_000,
);
