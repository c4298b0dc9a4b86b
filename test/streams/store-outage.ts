/**
 * A whole gateway whose Postgres goes away and comes back: vendors are told to try again, subscribers miss nothing. Short in
 * CI, twenty seconds in the soak.
 */
import assert from 'node:assert/strict';
import type { Cluster } from '../events/postgres-cluster.ts';
import { makeSharedStore } from './databases.ts';
import { follow } from './follower.ts';
import { expectBalanced } from './ledger.ts';
import { type RunningGateway, STRIPE_SECRET, startRunningGateway } from './running-gateway.ts';
import { startSender } from './sender.ts';
import { postStripe, stripeBody } from './stripe-deliveries.ts';
import { until } from './until.ts';

export interface OutageOptions {
  cluster: Cluster;
  /** How long the server is away, each time. */
  downMs: number;
}

export interface Outage {
  how: 'stop' | 'kill';
  /** Probes that were refused meanwhile. */
  refused: number;
  /** From when the server answers again to the first delivery stored, milliseconds. */
  recoveryMs: number;
}

const WAYS = ['stop', 'kill'] as const;
/** Above it a vendor might give up, or be told to wait longer than the outage took. */
const LONGEST_RETRY_S = 60;

/** Resolves with what each outage was like; rejects when the books do not agree. */
export async function storeOutages({ cluster, downMs }: OutageOptions): Promise<Outage[]> {
  await using store = await makeSharedStore(cluster.url);
  await using gateway = await startRunningGateway(store.env);
  const url = () => gateway.url;
  await using bySocket = follow({ url, over: 'WebSocket' });
  await using bySse = follow({ url, over: 'SSE' });
  await using sender = startSender({ url, name: 'evt', pauseMs: 5 });
  const pid = gateway.pid();
  const more = (count: number): Promise<void> => {
    const end = sender.answered.size + count;
    return until(
      () => sender.answered.size >= end,
      () => `Only ${sender.answered.size} of ${end} were answered.`,
    );
  };
  const outages: Outage[] = [];
  for (const how of WAYS) {
    await more(30);
    await cluster[how]();
    const refused = await refusedFor(gateway, downMs, how);
    await cluster.start();
    const back = performance.now();
    await more(1);
    outages.push({ how, refused, recoveryMs: Math.round(performance.now() - back) });
  }
  await more(30);
  await sender.finish();
  await expectBalanced(bySocket, [sender]);
  await expectBalanced(bySse, [sender]);
  assert.equal(gateway.pid(), pid);
  return outages;
}

/** Sends one delivery after the other; each must be answered, and with 503. */
async function refusedFor({ url }: RunningGateway, ms: number, name: string): Promise<number> {
  let refused = 0;
  for (const end = performance.now() + ms; performance.now() < end; refused += 1) {
    const response = await postStripe(url, stripeBody({ id: `probe-${name}-${refused}` }), STRIPE_SECRET);
    assert.equal(response.status, 503, 'A delivery that could not be stored was not sent back.');
    const retryAfter = Number(response.headers.get('retry-after'));
    assert.ok(retryAfter >= 1 && retryAfter < LONGEST_RETRY_S, `Retry-After: ${response.headers.get('retry-after')}`);
  }
  return refused;
}
