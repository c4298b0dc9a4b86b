/** What streams hold of the log that their readers have yet to take: bounded for each, and for all together. */
import { expect, it } from 'vitest';
import type { LoggedEvent } from '../../src/events/log.ts';
import type { EventStream } from '../../src/subscriptions/event-stream.ts';
import { createHeldPages } from '../../src/subscriptions/held-pages.ts';
import { deliveryOf, newEvent } from '../events/delivery.ts';
import { idsOf, openStreams, type Streams, take } from './streams-under-test.ts';

const MIB = 1_048_576;
const EVENTS = 60;

/** Six pages; returns the ids. */
async function appendLarge({ log }: Streams): Promise<string[]> {
  const events = Array.from({ length: EVENTS }, (_, ix) =>
    newEvent({ ix, eventId: `evt_${ix}`, body: JSON.stringify({ ix, text: 'x'.repeat(100_000) }) }),
  );
  await log.append(deliveryOf({ events, raw: 'raw' }));
  return events.map(({ eventId }) => eventId);
}

it('bounds what many hold that are behind, wherever each stands; none waits for those that read nothing, and all get everything', async () => {
  await using streams = await openStreams({ held: { maxBytes: 3 * MIB, heldMs: 20 }, readsAtOnce: 1 });
  const ids = await appendLarge(streams);
  const all = await take(await streams.open({ from: 'EARLIEST' }), EVENTS);
  let most = 0;
  /** At every fifth event; each takes one, and leaves the rest of its page lying. */
  const readers: { at: number; stream: EventStream }[] = [];
  for (let at = 0; at < 50; at += 5) {
    const stream = await streams.open({ after: all[at]?.cursor });
    expect(idsOf(await take(stream, 1))).toEqual([ids[at + 1]]);
    readers.push({ at, stream });
    most = Math.max(most, streams.hub.pages.bytes);
  }
  expect(most).toBeGreaterThan(MIB);
  expect(most).toBeLessThanOrEqual(3 * MIB);
  const rest = readers.map(async ({ at, stream }) =>
    expect(idsOf(await take(stream, EVENTS - at - 2))).toEqual(ids.slice(at + 2)),
  );
  await Promise.all(rest);
  for (const { stream } of readers) await stream.return();
  expect(streams.hub.pages.bytes).toBe(0);
});

it('keeps nothing for one that leaves an event lying, and goes on with the next when it is taken', async () => {
  let time = 0;
  await using streams = await openStreams({ held: { heldMs: 10 }, now: () => time });
  const ids = await appendLarge(streams);
  await using stream = await streams.open({ from: 'EARLIEST' });
  expect(idsOf(await take(stream, 3))).toEqual(ids.slice(0, 3));
  expect(streams.hub.pages.bytes).toBeGreaterThan(MIB / 2);
  time = 1_000;
  await expect.poll(() => streams.hub.pages.bytes).toBe(0);
  expect(stream.ready()).toBeUndefined();
  expect(idsOf(await take(stream, EVENTS - 3))).toEqual(ids.slice(3));
});

it('lets all in that wait when there is room again, also when the first of them finds nothing to hold', async () => {
  const pages = createHeldPages({ maxBytes: MIB });
  const body = 'x'.repeat(MIB);
  // A log gives more; a page is measured by its bodies.
  const events = [{ body } as LoggedEvent];
  const release = pages.hold({ events, scannedTo: '1', isEnd: false, isLive: false }, () => {});
  const waiting = [pages.room(), pages.room(), pages.room()];
  expect(await Promise.race([...waiting, 'nobody'])).toBe('nobody');
  release();
  await Promise.all(waiting);
});

it('counts a page once that several hold, and keeps none for one who has left', async () => {
  await using streams = await openStreams();
  await appendLarge(streams);
  const open = () => streams.open({ from: 'EARLIEST' });
  const readers = await Promise.all([open(), open(), open()]);
  await Promise.all(readers.map((stream) => take(stream, 1)));
  expect(streams.hub.pages.bytes).toBeLessThan(1.1 * MIB);
  await readers[0]?.return();
  expect(streams.hub.pages.bytes).toBeGreaterThan(MIB / 2);
  for (const stream of readers) await stream.return();
  expect(streams.hub.pages.bytes).toBe(0);
});
