/** Many streams over one log: what they cost it, and what one of them can do to the others. */
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { EventLog, LoggedEvent } from '../../src/events/log.ts';
import { PAGE_BYTES } from '../../src/subscriptions/page.ts';
import { deliveryOf, NOW, newEvent } from '../events/delivery.ts';
import { changed, idsOf, openStreams, take, takeAll } from './streams-under-test.ts';

const many = (count: number, type = 'stripe t'): string[] =>
  Array.from({ length: count }, (_, index) => `${type}${index}`);

describe('a thousand streams', () => {
  it('cost no query each, neither idle nor when an event comes', async () => {
    await using streams = await openStreams({ pollMs: 60_000 });
    await streams.append('stripe before');
    const open = await Promise.all(
      many(1_000).map((_, index) => streams.open({ authorize: () => [{ vendor: index % 2 ? 'stripe' : 'slack' }] })),
    );
    await Promise.all(open.map((stream) => stream.next()));
    const first = open.map((stream) => take(stream, 1));
    await expect.poll(() => streams.calls.waitFor).toBeGreaterThan(0);
    const openings = streams.calls.read;
    const [stripe, slack] = await streams.append('stripe a', 'slack b');
    const received = await Promise.all(first);
    expect(received.map((items) => idsOf(items)[0])).toEqual(open.map((_, index) => (index % 2 ? stripe : slack)));
    // Those that got it at once are one object: what is made of it is made once.
    expect(new Set(received.map(([item]) => item?.event)).size).toBe(2);
    const second = open.map((stream) => take(stream, 1));
    await streams.append('stripe c', 'slack d');
    await Promise.all(second);
    expect(openings).toBeLessThan(20);
    expect(streams.calls.read - openings).toBeLessThan(20);
    expect(streams.calls.waitFor).toBeLessThan(20);
  });

  it('that wait for little are not sent back to the log by what they passed over', async () => {
    let ownReads = 0;
    const through = (log: EventLog): EventLog =>
      changed(log, {
        read(after, filter, limit) {
          if (filter.length === 1) ownReads++;
          return log.read(after, filter, limit);
        },
      });
    await using streams = await openStreams({ through, ring: { maxEvents: 100 } });
    await using stream = await streams.open({ authorize: () => [{ vendor: 'slack' }] });
    const waiting = take(stream, 1);
    await expect.poll(() => streams.calls.waitFor).toBeGreaterThan(0);
    const before = ownReads;
    await streams.append(...many(400));
    const ids = await streams.append('slack a');
    expect(idsOf(await waiting)).toEqual(ids);
    expect(ownReads).toBe(before);
  });

  it('that come back at once read the same pages together, a few at a time', async () => {
    let running = 0;
    let most = 0;
    const through = (log: EventLog): EventLog =>
      changed(log, {
        async read(...given) {
          most = Math.max(most, ++running);
          await setImmediate();
          return log.read(...given).finally(() => running--);
        },
      });
    await using streams = await openStreams({ through, readsAtOnce: 3 });
    const { value } = await (await streams.open()).next();
    const ids = await streams.append(...many(300));
    const filters = many(20).map((type) => [{ vendor: 'stripe' }, { vendor: 'slack', types: [type] }]);
    const open = await Promise.all(
      many(1_000).map((_, index) =>
        streams.open({ after: value?.cursor, authorize: () => filters[index % filters.length] ?? [] }),
      ),
    );
    const received = await Promise.all(open.map((stream) => takeAll(stream, ids.at(-1))));
    for (const events of received) expect(events).toHaveLength(300);
    expect(new Set(received.flat()).size).toBe(300);
    // One more: that of the tail, which never queues behind them.
    expect(most).toBeLessThanOrEqual(4);
    expect(streams.calls.read).toBeLessThan(20 * filters.length);
  });
});

/** Events of 50,000 characters. */
async function appendLarge(log: EventLog, count: number): Promise<string[]> {
  const events = Array.from({ length: count }, (_, index) =>
    newEvent({ body: JSON.stringify(`${index}`.padEnd(49_998)) }),
  );
  for (const event of events) await log.append(deliveryOf({ events: [event] }));
  return events.map(({ eventId }) => eventId);
}

/** Remembers what was read without keeping it. */
function noting(log: EventLog, read: WeakRef<LoggedEvent>[]): EventLog {
  return changed(log, {
    async read(...given) {
      const page = await log.read(...given);
      read.push(...page.events.map((event) => new WeakRef(event)));
      return page;
    },
  });
}

function aliveOf(events: readonly WeakRef<LoggedEvent>[]): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return events.filter((event) => event.deref() !== undefined).length;
}

describe('a slow reader', () => {
  it('holds a page at most, however much lies before it, and keeps nobody else waiting', async () => {
    const read: WeakRef<LoggedEvent>[] = [];
    const through = (log: EventLog): EventLog => noting(log, read);
    await using streams = await openStreams({ through, ring: { maxEvents: 10 } });
    await using slow = await streams.open();
    await slow.next();
    await using fast = await streams.open();
    const ids = await appendLarge(streams.log, 400);
    expect((await takeAll(fast, ids.at(-1))).length).toBe(400);
    const [first] = await take(slow, 1);
    const seen = streams.calls.read;
    // 4 MiB of events read last, the ring, a page, and a little for what runs.
    await expect.poll(() => aliveOf(read), { interval: 20 }).toBeLessThan(84 + 10 + 21 + 5);
    expect(streams.calls.read).toBe(seen);
    expect([first?.event.eventId, ...idsOf(await take(slow, 399))]).toEqual(ids);
  });

  it('gets large events a few at a time, and one that is larger than a page alone', async () => {
    const read: WeakRef<LoggedEvent>[] = [];
    await using streams = await openStreams({ through: (log) => noting(generous(log), read) });
    const sizes = [...Array.from({ length: 40 }, () => 200_000), 2 * PAGE_BYTES, 10, 10];
    for (const size of sizes)
      await streams.log.append(deliveryOf({ events: [newEvent({ body: JSON.stringify('x'.repeat(size - 2)) })] }));
    await using stream = await streams.open({ from: 'EARLIEST' });
    const given = await take(stream, 1);
    expect(read).toHaveLength(sizes.length);
    // A page, and a little for what runs: what was cut off is not kept.
    await expect.poll(() => aliveOf(read), { interval: 20 }).toBeLessThan(5 + 3);
    given.push(...(await take(stream, sizes.length - 1)));
    expect(given.map(({ event }) => event.body.length)).toEqual(sizes);
  });
});

/** The same log with pages as long as they may be, however large their events. */
function generous(log: EventLog): EventLog {
  return changed(log, {
    async read(after, filter, limit) {
      const events: LoggedEvent[] = [];
      for (let scannedTo = after; ; ) {
        const page = await log.read(scannedTo, filter, limit - events.length);
        events.push(...page.events);
        if (page.isEnd || events.length === limit) return { ...page, events };
        scannedTo = page.scannedTo;
      }
    },
  });
}

describe('a log that fails', () => {
  it('by never waking anybody still delivers', async () => {
    const through = (log: EventLog): EventLog =>
      changed(log, {
        waitFor: (_after, signal) =>
          new Promise((resolve) => {
            if (signal.aborted) resolve();
            else signal.addEventListener('abort', () => resolve(), { once: true });
          }),
      });
    await using streams = await openStreams({ through, pollMs: 10 });
    await using stream = await streams.open();
    const waiting = take(stream, 1);
    await expect.poll(() => streams.calls.waitFor).toBeGreaterThan(0);
    const ids = await streams.append('stripe a');
    expect(idsOf(await waiting)).toEqual(ids);
  });

  it('by being away is waited for, and nothing is missing afterwards', async () => {
    let isAway = false;
    let failures = 0;
    const failing = async (): Promise<never> => {
      failures++;
      throw new GatewayError('INTERNAL', 'The store is away.', { retryable: true });
    };
    const through = (log: EventLog): EventLog =>
      changed(log, {
        read: (...given) => (isAway ? failing() : log.read(...given)),
        head: () => (isAway ? failing() : log.head()),
        waitFor: (...given) => (isAway ? failing() : log.waitFor(...given)),
      });
    await using streams = await openStreams({ through, pollMs: 10 });
    await using stream = await streams.open();
    const waiting = take(stream, 2);
    await expect.poll(() => streams.calls.waitFor).toBeGreaterThan(0);
    isAway = true;
    const ids = await streams.append('stripe a', 'stripe b');
    await expect.poll(() => failures, { interval: 5 }).toBeGreaterThan(1);
    isAway = false;
    expect(idsOf(await waiting)).toEqual(ids);
  });

  it('by going back to an older state ends its streams with a gap', async () => {
    let isBack = false;
    const through = (log: EventLog): EventLog =>
      changed(log, { head: async () => (isBack ? '0'.repeat(log.positionLength) : log.head()) });
    await using streams = await openStreams({ through, pollMs: 5 });
    await using stream = await streams.open();
    await streams.append('stripe a');
    const [item] = await take(stream, 1);
    const waiting = stream.next();
    isBack = true;
    await expect(waiting).rejects.toMatchObject({ code: 'STREAM_GAP', details: { cursor: item?.cursor } });
  });

  it('by getting another epoch ends its streams with a gap', async () => {
    await using streams = await openStreams({ pollMs: 5 });
    await using stream = await streams.open();
    await stream.next();
    const waiting = stream.next();
    await expect.poll(() => streams.calls.waitFor).toBeGreaterThan(0);
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ code: 'STREAM_GAP' }),
      streams.log.rollEpoch({ principal: 'key:operator' }),
    ]);
  });
});

describe('retention', () => {
  it('that overtakes an open stream ends it with a gap and the last good cursor', async () => {
    await using streams = await openStreams({ ring: { maxEvents: 5 } });
    await using lagging = await streams.open();
    await lagging.next();
    await streams.append(...many(150));
    const taken = await take(lagging, 1);
    await streams.log.prune('stripe', { before: NOW + 1, maxBytes: Number.MAX_SAFE_INTEGER });
    const [slack] = await streams.append('slack b');
    const rest: LoggedEvent[] = [];
    const reading = async (): Promise<void> => {
      for await (const { event } of lagging) if (event) rest.push(event);
    };
    const error = await reading().catch((thrown: GatewayError) => thrown);
    expect(error).toMatchObject({ code: 'STREAM_GAP', details: { cursor: expect.any(String) } });
    // What it held is delivered; what it had yet to read is gone.
    expect(taken.length + rest.length).toBeLessThan(150);
    const cursor = error?.details.cursor;
    await expect(streams.open({ after: cursor })).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    await using other = await streams.open({ after: cursor, authorize: () => [{ vendor: 'slack' }] });
    expect(idsOf(await take(other, 1))).toEqual([slack]);
  });

  it('does not touch a stream at the head, nor one of other vendors that is behind', async () => {
    await using streams = await openStreams({ ring: { maxEvents: 5 } });
    await using atHead = await streams.open();
    const waiting = take(atHead, 161);
    await expect.poll(() => streams.calls.waitFor).toBeGreaterThan(0);
    await using behind = await streams.open({ authorize: () => [{ vendor: 'slack' }] });
    await behind.next();
    const slack = await streams.append(...many(10, 'slack s'));
    await streams.append(...many(150));
    const other = await streams.open({ from: 'EARLIEST' });
    await takeAll(other, (await streams.append('slack last')).at(-1));
    expect(await waiting).toHaveLength(161);
    await streams.log.prune('stripe', { before: NOW + 1, maxBytes: Number.MAX_SAFE_INTEGER });
    expect(idsOf(await take(behind, 10))).toEqual(slack);
    const next = take(atHead, 1);
    const ids = await streams.append('stripe new');
    expect(idsOf(await next)).toEqual(ids);
  });
});

describe('a hub', () => {
  it('that was ended opens no stream that would wait for ever', async () => {
    await using streams = await openStreams();
    await using stream = await streams.open();
    const { cursor } = (await stream.next()).value ?? {};
    streams.hub.end('SUBSCRIPTION_SCHEMA_RELOAD');
    const reload = { code: 'SUBSCRIPTION_SCHEMA_RELOAD', details: { cursor, retryable: true } };
    await expect(stream.next()).rejects.toMatchObject(reload);
    await expect(streams.open({ after: cursor })).rejects.toMatchObject(reload);
    await expect(streams.open({ consumer: 'sync' })).rejects.toMatchObject({ code: 'SUBSCRIPTION_SCHEMA_RELOAD' });
    expect(await streams.log.consumers()).toEqual([]);
  });

  it('asks the log nothing when nobody is left', async () => {
    await using streams = await openStreams({ pollMs: 5 });
    const stream = await streams.open();
    await stream.next();
    const waiting = stream.next();
    await expect.poll(() => streams.calls.waitFor).toBeGreaterThan(0);
    await stream.return();
    await waiting;
    let seen = -1;
    await expect
      .poll(
        () => {
          const before = seen;
          seen = streams.calls.waitFor;
          return seen === before;
        },
        { interval: 30 },
      )
      .toBe(true);
  });
});
