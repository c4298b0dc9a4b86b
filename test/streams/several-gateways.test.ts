/** Gateways that share one Postgres: what one is told, subscribers of every other learn, whoever comes and goes. */
import { describe, expect, it } from 'vitest';
import { openPostgresLog } from '../../src/events/postgres-log.ts';
import { hasPostgres, makeSharedStore, type SharedStore } from './databases.ts';
import { follow } from './follower.ts';
import { expectBalanced, expectSound } from './ledger.ts';
import { type RunningGateway, STRIPE_SECRET, startRunningGateway } from './running-gateway.ts';
import { startSender } from './sender.ts';
import { sendStripe, stripeBody } from './stripe-deliveries.ts';
import { PATIENT } from './until.ts';

interface Gateways extends AsyncDisposable {
  all: RunningGateway[];
  /** By number, counted round. */
  at(index: number): RunningGateway;
}

async function startGateways(count: number, { env }: SharedStore): Promise<Gateways> {
  await using stack = new AsyncDisposableStack();
  const all: RunningGateway[] = [];
  // One after the other: the first makes the tables.
  for (let index = 0; index < count; index += 1) all.push(stack.use(await startRunningGateway(env)));
  const kept = stack.move();
  const at = (index: number): RunningGateway => {
    const gateway = all[index % count];
    if (gateway === undefined) throw new TypeError(`There is no gateway ${index}.`);
    return gateway;
  };
  return { all, at, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

const send = ({ url }: RunningGateway, id: string): Promise<number> =>
  sendStripe(url, stripeBody({ id }), STRIPE_SECRET);

describe.runIf(hasPostgres)('several gateways on one Postgres', () => {
  it('tell subscribers of one what was sent to another, and take each other’s cursors', async () => {
    await using store = await makeSharedStore();
    await using gateways = await startGateways(2, store);
    const [first, second] = [gateways.at(0), gateways.at(1)];
    let connectTo = second;
    await using follower = follow({ url: () => connectTo.url, over: 'WebSocket', from: 'LATEST' });
    await follower.subscription().opened;
    expect(await send(first, 'evt_1')).toBe(200);
    await expect.poll(() => follower.received, PATIENT).toEqual(['evt_1']);

    connectTo = first;
    await second.kill('SIGKILL');
    expect(await send(first, 'evt_2')).toBe(200);
    await expect.poll(() => follower.received, PATIENT).toEqual(['evt_1', 'evt_2']);
    expect(follower.endings).toMatchObject([{ how: 'lost' }]);
    expectSound(follower);
  });

  it('store an event once that was sent fifty times at once to both, and put another body of its id aside', async () => {
    await using store = await makeSharedStore();
    await using gateways = await startGateways(2, store);
    await using follower = follow({ url: () => gateways.at(0).url, over: 'SSE' });
    for (const times of [2, 10, 50]) {
      const body = stripeBody({ id: `evt_${times}` });
      const sent = Array.from({ length: times }, (_, index) => sendStripe(gateways.at(index).url, body, STRIPE_SECRET));
      expect(new Set(await Promise.all(sent))).toEqual(new Set([200]));
    }
    const other = stripeBody({ id: 'evt_50', changed: 'another' });
    expect(await sendStripe(gateways.at(1).url, other, STRIPE_SECRET)).toBe(200);
    expect(await send(gateways.at(1), 'evt_last')).toBe(200);
    await expect.poll(() => follower.received, PATIENT).toContain('evt_last');
    expect(follower.received).toEqual(['evt_2', 'evt_10', 'evt_50', 'evt_last']);
    await using log = await openPostgresLog({ url: store.env['DATABASE_URL'] ?? '' });
    const letters = await log.deadLetters({}, 10);
    expect(letters).toMatchObject([{ vendor: 'stripe', reason: 'id_conflict' }]);
    const kept = await log.delivery(letters[0]?.deliveryId ?? '');
    expect(Buffer.from(kept?.raw ?? []).toString()).toBe(other);
    expect(gateways.at(1).stdout()).toContain('an event’s id came again with another body');
  });

  it('lose and double nothing while they come and go under load', async () => {
    await using store = await makeSharedStore();
    await using gateways = await startGateways(3, store);
    let tries = 0;
    const anyUrl = () => gateways.at(tries++).url;
    await using bySocket = follow({ url: anyUrl, over: 'WebSocket' });
    await using bySse = follow({ url: anyUrl, over: 'SSE' });
    await using sender = startSender({ url: anyUrl, name: 'evt' });
    for (const [index, gateway] of gateways.all.entries()) {
      const until = sender.answered.size + 50;
      await expect.poll(() => sender.answered.size, PATIENT).toBeGreaterThan(until);
      await gateway.kill(index === 1 ? 'SIGTERM' : 'SIGKILL');
      await gateway.start();
    }
    await sender.finish();
    await expectBalanced(bySocket, [sender]);
    await expectBalanced(bySse, [sender]);
    expect(bySocket.endings.length + bySse.endings.length).toBeGreaterThan(0);
  }, 60_000);
});
