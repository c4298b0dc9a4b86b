/** The store of a gateway is stopped, killed, or slow: what vendors are answered over HTTP, and what subscribers get. */
import { expect, it } from 'vitest';
import { FAILPOINT_VARIABLE } from '../../src/events/failpoint.ts';
import { serverPrograms, startCluster } from '../events/postgres-cluster.ts';
import { follow } from './follower.ts';
import { expectSound } from './ledger.ts';
import { STRIPE_SECRET, startRunningGateway } from './running-gateway.ts';
import { storeOutages } from './store-outage.ts';
import { postStripe, sendStripe, stripeBody } from './stripe-deliveries.ts';
import { PATIENT } from './until.ts';

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

it('sends a delivery back with 503 whose commit takes longer than two seconds, and takes its retry for a duplicate when it was stored after all', async () => {
  await using gateway = await startRunningGateway({}, { [FAILPOINT_VARIABLE]: 'stallMs=3000' });
  await using follower = follow({ url: () => gateway.url, over: 'WebSocket', from: 'LATEST' });
  await follower.subscription().opened;
  const slow = stripeBody({ id: 'evt_slow' });
  const { status, headers } = await postStripe(gateway.url, slow, STRIPE_SECRET);
  expect(status).toBe(503);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  await expect.poll(() => follower.received, PATIENT).toEqual(['evt_slow']);

  await gateway.kill('SIGKILL');
  await gateway.start();
  for (const body of [slow, stripeBody({ id: 'evt_next' })])
    expect(await sendStripe(gateway.url, body, STRIPE_SECRET)).toBe(200);
  await expect.poll(() => follower.received, PATIENT).toContain('evt_next');
  expect(follower.received).toEqual(['evt_slow', 'evt_next']);
  expectSound(follower);
});
