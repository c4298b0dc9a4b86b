/** Items of a stream that need no promise: the same ones, in the same order, under the same rules. */
import { expect, it } from 'vitest';
import type { EventStream, StreamItem } from '../../src/subscriptions/event-stream.ts';
import { EVERYTHING, openStreams } from './streams-under-test.ts';

/** What is at hand, and one more that is waited for whenever nothing is. */
async function take(stream: EventStream, count: number): Promise<{ items: StreamItem[]; atHand: number }> {
  const items: StreamItem[] = [];
  let atHand = 0;
  while (items.length < count) {
    const ready = stream.ready();
    if (ready) atHand += 1;
    const item = ready ?? (await stream.next()).value;
    if (item?.event) items.push(item);
  }
  return { items, atHand };
}

const TYPES = Array.from({ length: 50 }, () => 'stripe invoice.paid');

it('are those of the page that is open, and the rest is asked for', async () => {
  await using streams = await openStreams();
  const ids = await streams.append(...TYPES);
  await using stream = await streams.open({ from: 'EARLIEST' });
  expect(stream.ready()).toBeUndefined();
  const { items, atHand } = await take(stream, ids.length);
  expect(items.map(({ event }) => event?.eventId).toSorted()).toEqual(ids.toSorted());
  expect(new Set(items.map(({ cursor }) => cursor)).size).toBe(ids.length);
  expect(atHand).toBeGreaterThan(40);
});

it('say by being asked for that the one before was taken: the end names that place', async () => {
  await using streams = await openStreams();
  await streams.append(...TYPES);
  await using stream = await streams.open({ from: 'EARLIEST' });
  const { items } = await take(stream, 10);
  streams.hub.end('SUBSCRIPTION_SCHEMA_RELOAD');
  expect(stream.ready()).toBeUndefined();
  // The tenth was given; that it was taken nobody said.
  expect((await stream.ended)?.details).toMatchObject({ cursor: items[8]?.cursor });
});

it('are none while somebody waits for the next, and none when the rights have to be looked at again', async () => {
  let now = 1_000_000;
  await using streams = await openStreams({ now: () => now });
  await streams.append(...TYPES);
  let rights = 0;
  const authorize = () => {
    rights += 1;
    return rights === 1 ? EVERYTHING : null;
  };
  await using stream = await streams.open({ from: 'EARLIEST', authorize, authorizeEveryMs: 2_000 });
  await take(stream, 5);
  now += 2_000;
  expect(stream.ready()).toBeUndefined();
  const asked = stream.next();
  expect(stream.ready()).toBeUndefined();
  await expect(asked).rejects.toMatchObject({ code: 'SCOPE_REVOKED' });
});
