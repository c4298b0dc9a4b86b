/** Subscribers that stop reading: nobody else notices, the gateway keeps nothing for them, and they miss nothing. */
import { expect, it } from 'vitest';
import { INSPECTED, keptMemory } from './inspected-memory.ts';
import { API_KEY, STRIPE_SECRET, startRunningGateway } from './running-gateway.ts';
import { sendStripe, stripeBody } from './stripe-deliveries.ts';
import { overSsePost, overWebSocket, type Subscription } from './subscription.ts';
import { PATIENT } from './until.ts';

const QUERY = 'subscription { invoiceEvents { changedFields } }';
const EVENTS = 600;
const WARM = 300;
const EVENT_BYTES = 25_000;
const AT_ONCE = 20;
const HEALTHY = 3;
/** So many that what a process takes for other ends does not count, and so much for each that the system cannot hide it. */
const STALLED = 40;

it('lets others have 15 MB of events while forty subscribers read nothing, takes less than 1 MiB for each, and gives them all of it later', async () => {
  await using gateway = await startRunningGateway(INSPECTED);
  const send = async (name: string, count: number): Promise<void> => {
    for (let number = 0; number < count; number += AT_ONCE) {
      const ids = Array.from({ length: AT_ONCE }, (_, index) => `${name}_${number + index}`);
      const bodies = ids.map((id) => stripeBody({ id, changed: id.padEnd(EVENT_BYTES, '.') }));
      const statuses = await Promise.all(bodies.map((body) => sendStripe(gateway.url, body, STRIPE_SECRET)));
      expect(new Set(statuses)).toEqual(new Set([200]));
    }
  };
  await using stack = new AsyncDisposableStack();
  const open = async (count: number): Promise<Subscription[]> => {
    const subscribe = (index: number) =>
      stack.use((index % 2 ? overSsePost : overWebSocket)(gateway.url, { query: QUERY, key: API_KEY }));
    const opened = Array.from({ length: count }, (_, index) => subscribe(index));
    await Promise.all(opened.map((stream) => stream.opened));
    return opened;
  };
  const received = (count: number, of: readonly Subscription[]) =>
    expect.poll(() => Math.min(...of.map(({ items }) => items.length)), PATIENT).toBe(count);
  // What the gateway takes for as much work, and for as many readers, while nobody is stalled.
  const healthy = await open(HEALTHY);
  await send('warm', WARM);
  await received(WARM, healthy);
  const stalled = await open(STALLED);
  await send('all', AT_ONCE);
  await received(WARM + AT_ONCE, healthy);
  await received(AT_ONCE, stalled);
  const before = await keptMemory(gateway.stderr());

  for (const stream of stalled) stream.pause();
  await send('evt', EVENTS);
  await received(WARM + AT_ONCE + EVENTS, healthy);
  const growth = async (): Promise<number> => {
    const { kept, resident } = await keptMemory(gateway.stderr());
    return Math.max(kept - before.kept, resident - before.resident) / STALLED;
  };
  // Answers are shared for ten seconds, whoever reads them.
  await expect.poll(growth, { ...PATIENT, interval: 1_000 }).toBeLessThan(1);
  expect(Math.max(...stalled.map(({ items }) => items.length))).toBe(AT_ONCE);

  const resumed = stalled.slice(0, 5);
  for (const stream of resumed) stream.resume();
  await received(EVENTS + AT_ONCE, resumed);
  const [first = [], ...others] = healthy.map(changedOf);
  expect(new Set(first).size).toBe(WARM + AT_ONCE + EVENTS);
  for (const other of others) expect(other).toEqual(first);
  for (const stream of resumed) expect(changedOf(stream)).toEqual(first.slice(WARM));
}, 90_000);

const changedOf = ({ items }: Subscription): unknown[] =>
  items.map(({ data }) => data['invoiceEvents']?.['changedFields']?.[0]);
