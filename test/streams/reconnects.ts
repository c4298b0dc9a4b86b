/** Kills a gateway under many subscriptions and lets all come back at once: 200 in CI, 1,000 in the soak. */
import assert from 'node:assert/strict';
import { follow } from './follower.ts';
import { expectSound } from './ledger.ts';
import { STRIPE_SECRET, startRunningGateway } from './running-gateway.ts';
import { sendStripe, stripeBody } from './stripe-deliveries.ts';
import { until } from './until.ts';

export interface Reconnects {
  subscribers: number;
  /** Before the kill, and again between the kill and the return. */
  events: number;
  env?: Record<string, string>;
}

/** Resolves with how many were cut off and came back; rejects when any of them missed or doubled anything. */
export async function reconnectAtOnce({ subscribers, events, env = {} }: Reconnects): Promise<number> {
  await using gateway = await startRunningGateway(env);
  const send = async (name: string): Promise<string[]> => {
    const ids = Array.from({ length: events }, (_, index) => `${name}_${index}`);
    for (const id of ids) assert.equal(await sendStripe(gateway.url, stripeBody({ id }), STRIPE_SECRET), 200);
    return ids;
  };
  await using stack = new AsyncDisposableStack();
  const url = () => gateway.url;
  const followers = Array.from({ length: subscribers }, (_, index) =>
    stack.use(follow({ url, over: index % 4 === 0 ? 'SSE' : 'WebSocket', from: 'LATEST' })),
  );
  const have = (count: number): Promise<void> =>
    until(
      () => followers.every(({ received }) => received.length >= count),
      () => `Not all have ${count}: ${followers.map(({ received }) => received.length)}`,
      60_000,
    );
  await Promise.all(followers.map((follower) => follower.subscription().opened));
  const ids = await send('before');
  await have(events);
  await gateway.kill('SIGKILL');
  await gateway.start();
  ids.push(...(await send('after')));
  await have(2 * events);
  for (const follower of followers) {
    expectSound(follower);
    assert.deepEqual(follower.received, ids);
  }
  return followers.filter(({ endings }) => endings[0]?.how === 'lost').length;
}
