/** Subscribers that stop reading: nobody else notices, the gateway keeps nothing for them, and they miss nothing. */
import { expect, it } from 'vitest';
import { residentMemory } from './resident-memory.ts';
import { API_KEY, STRIPE_SECRET, startRunningGateway } from './running-gateway.ts';
import { sendStripe, stripeBody } from './stripe-deliveries.ts';
import { overWebSocket, type Subscription } from './subscription.ts';
import { PATIENT } from './until.ts';

const QUERY = 'subscription { invoiceEvents { changedFields } }';
const EVENTS = 800;
const EVENT_BYTES = 25_000;
const AT_ONCE = 20;
/** Of 20. So many, and so much for each, that what the system keeps for a socket does not hide what the gateway keeps. */
const STALLED = 15;

/** Memory is read as Linux shows it. */
it.runIf(process.platform === 'linux')(
  'lets others have 20 MB of events while fifteen subscribers read nothing, buffers none of it for these, and gives them all of it later',
  async () => {
    await using gateway = await startRunningGateway();
    const send = async (name: string): Promise<void> => {
      for (let number = 0; number < EVENTS; number += AT_ONCE) {
        const ids = Array.from({ length: AT_ONCE }, (_, index) => `${name}_${number + index}`);
        const bodies = ids.map((id) => stripeBody({ id, changed: id.padEnd(EVENT_BYTES, '.') }));
        const statuses = await Promise.all(bodies.map((body) => sendStripe(gateway.url, body, STRIPE_SECRET)));
        expect(new Set(statuses)).toEqual(new Set([200]));
      }
    };
    await using stack = new AsyncDisposableStack();
    const open = () => stack.use(overWebSocket(gateway.url, { query: QUERY, key: API_KEY }));
    const received = (count: number, of: readonly Subscription[]) =>
      expect.poll(() => Math.min(...of.map(({ items }) => items.length)), PATIENT).toBe(count);
    const healthy = Array.from({ length: 20 - STALLED }, open);
    await Promise.all(healthy.map(({ opened }) => opened));
    // What the gateway needs for as much work while nobody is stalled.
    await send('warm');
    await received(EVENTS, healthy);

    const stalled = Array.from({ length: STALLED }, open);
    await Promise.all(stalled.map(({ opened }) => opened));
    for (const stream of stalled) stream.pause();
    const before = residentMemory(gateway.pid());
    await send('evt');
    await received(2 * EVENTS, healthy);
    const grownMiB = residentMemory(gateway.pid()) - before;
    const backlogMiB = (STALLED * EVENTS * EVENT_BYTES) / 1_048_576;
    expect(grownMiB).toBeLessThan(backlogMiB / 2);
    expect(Math.max(...stalled.map(({ items }) => items.length))).toBe(0);

    for (const stream of stalled) stream.resume();
    await received(EVENTS, stalled);
    const [first = [], ...others] = healthy.map(changedOf);
    expect(new Set(first).size).toBe(2 * EVENTS);
    for (const other of others) expect(other).toEqual(first);
    for (const stream of stalled) expect(changedOf(stream)).toEqual(first.slice(EVENTS));
  },
  60_000,
);

const changedOf = ({ items }: Subscription): unknown[] =>
  items.map(({ data }) => data['invoiceEvents']?.['changedFields']?.[0]);
