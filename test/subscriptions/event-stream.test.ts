/** What a subscriber can rely on: everything, in order, once; and an end that says how to go on. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventFilter } from '../../src/events/log.ts';
import { createInterest } from '../../src/subscriptions/interest.ts';
import { NOW } from '../events/delivery.ts';
import { idsOf, openStreams, type Streams, take, takeAll } from './streams-under-test.ts';

const TYPES = [
  'stripe invoice.paid',
  'stripe invoice.voided',
  'stripe charge.failed',
  'zendesk ticket.created',
  'slack message',
];

describe('a stream', () => {
  it('gives its place before anything else, and each event with the cursor behind it', async () => {
    await using streams = await openStreams();
    await using stream = await streams.open();
    const first = await stream.next();
    expect(first).toMatchObject({ done: false, value: { event: null, cursor: expect.any(String) } });
    const ids = await streams.append('stripe invoice.paid', 'zendesk ticket.created');
    const items = await take(stream, 2);
    expect(idsOf(items)).toEqual(ids);
    await using resumed = await streams.open({ after: items[0]?.cursor });
    expect(idsOf(await take(resumed, 1))).toEqual(ids.slice(1));
    await using again = await streams.open({ after: first.value?.cursor });
    expect(idsOf(await take(again, 2))).toEqual(ids);
  });

  it('delivers what arrives between its opening and the first pull', async () => {
    await using streams = await openStreams();
    await streams.append('stripe before');
    await using stream = await streams.open();
    const ids = await streams.append('stripe between');
    expect(idsOf(await take(stream, 1))).toEqual(ids);
  });

  it('delivers what arrives while nobody pulls, and what arrives while somebody waits', async () => {
    await using streams = await openStreams();
    await using stream = await streams.open();
    await stream.next();
    const waiting = take(stream, 3);
    const ids = await streams.append('stripe a', 'slack b', 'zendesk c');
    expect(idsOf(await waiting)).toEqual(ids);
    const more = await streams.append(...Array.from({ length: 250 }, (_, i) => `stripe t${i}`));
    expect(idsOf(await take(stream, 250))).toEqual(more);
  });

  it('completes for one who leaves, also while it waits', async () => {
    await using streams = await openStreams();
    const caller = new AbortController();
    const stream = await streams.open({ signal: caller.signal });
    await stream.next();
    const waiting = stream.next();
    caller.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await stream.ended).toBeUndefined();
    const other = await streams.open();
    await other.next();
    const stuck = other.next();
    await other.return();
    expect(await stuck).toEqual({ done: true, value: undefined });
    expect(streams.hub.streams.size).toBe(0);
  });

  it('is counted while it is open, with what it sent and how it ended', async () => {
    await using streams = await openStreams({ now: () => NOW + 5 });
    const seen: unknown[] = [];
    const note =
      (name: string) =>
      (...values: unknown[]) =>
        void seen.push([name, ...values]);
    const measures = { streams: note('streams'), sent: note('sent'), lag: note('lag'), ended: note('ended') };
    const stream = await streams.open({ measures });
    const taken = take(stream, 1);
    await expect.poll(() => streams.calls.waitFor).toBeGreaterThan(0);
    await streams.append('stripe a');
    await taken;
    streams.hub.end('SUBSCRIPTION_SCHEMA_RELOAD');
    expect(seen).toEqual([
      ['streams', 1],
      ['sent', 'events'],
      ['lag', 'events', 5],
      ['streams', -1],
      ['ended', 'SUBSCRIPTION_SCHEMA_RELOAD'],
    ]);
  });

  it('refuses a second question before the first was answered', async () => {
    await using streams = await openStreams();
    await using stream = await streams.open();
    await stream.next();
    const waiting = stream.next();
    await expect(stream.next()).rejects.toThrow(TypeError);
    await stream.return();
    await waiting;
  });

  it('tells its place now and then while nothing matches, and only when it moved', async () => {
    await using streams = await openStreams({ pollMs: 5 });
    await using stream = await streams.open({ authorize: () => [{ vendor: 'slack' }], positionEveryMs: 5 });
    const first = await stream.next();
    const frame = stream.next();
    await streams.append('stripe a', 'stripe b');
    expect((await frame).value).toMatchObject({
      event: null,
      cursor: expect.not.stringMatching(`^${first.value?.cursor}$`),
    });
    const position = (await frame).value?.cursor;
    await using resumed = await streams.open({ after: position, authorize: () => [{ vendor: 'stripe' }] });
    const ids = await streams.append('stripe c');
    expect(idsOf(await take(resumed, 1))).toEqual(ids);
  });
});

describe('resuming', () => {
  const filters = fc.array(
    fc.record(
      {
        vendor: fc.constantFrom('stripe', 'zendesk'),
        types: fc.array(fc.constantFrom('invoice.*', 'charge.failed', 'invoice.paid', '*', 'nothing'), {
          maxLength: 3,
        }),
      },
      { requiredKeys: ['vendor'] },
    ),
    { maxLength: 3 },
  );
  const run = fc.record({
    filter: filters,
    groups: fc.array(fc.array(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 6,
    }),
    cuts: fc.array(fc.nat({ max: 12 }), { maxLength: 8 }),
    /** A small memory, so that streams move between it and the log. */
    maxEvents: fc.integer({ min: 1, max: 6 }),
  });

  it('at any cut gives exactly the rest: together every match, in order, none twice', async () => {
    await using place = await openStreams();
    await fc.assert(
      fc.asyncProperty(run, async ({ filter, groups, cuts, maxEvents }) => {
        await using streams = await openStreams({ log: place.log, ring: { maxEvents } });
        const start = await place.log.head();
        const received = await receivedOver(streams, filter, groups, cuts);
        const { events } = await place.log.read(start, filter, 1_000);
        expect(received).toEqual(events.map(({ eventId }) => eventId));
      }),
      { numRuns: 100 },
    );
  });

  /** Reads in connections that are cut after so many items, while groups are appended; the last one reads to the end. */
  async function receivedOver({ open, append }: Streams, filter: EventFilter, groups: string[][], cuts: number[]) {
    const received: string[] = [];
    let { cursor } = await firstOf(await open({ authorize: () => filter }));
    const { matches } = createInterest(filter);
    const isMatch = (name: string): boolean => {
      const [vendor = '', type = ''] = name.split(' ');
      return matches({ vendor, type });
    };
    let due = 0;
    for (const [index, group] of groups.entries()) {
      const appending = append(...group);
      due += group.filter(isMatch).length;
      const count = Math.min(cuts[index] ?? 0, due);
      await using stream = await open({ after: cursor, authorize: () => filter });
      for (const item of await take(stream, count)) {
        received.push(item.event.eventId);
        cursor = item.cursor;
        due--;
      }
      await appending;
    }
    await using stream = await open({ after: cursor, authorize: () => filter });
    return [...received, ...idsOf(await take(stream, due))];
  }
});

async function firstOf(stream: Awaited<ReturnType<Streams['open']>>): Promise<{ cursor: string }> {
  const { value } = await stream.next();
  await stream.return();
  if (value === undefined) throw new Error('The stream gave no first place.');
  return value;
}

describe('a stream that ends', () => {
  it('at a drain says so with the last good cursor, and everything behind it comes after resuming', async () => {
    await using streams = await openStreams();
    const stream = await streams.open();
    const ids = await streams.append('stripe a', 'stripe b', 'stripe c');
    const taken = await take(stream, 2);
    const pulledLater = await streams.open({ from: 'EARLIEST' });
    streams.hub.end('SUBSCRIPTION_SCHEMA_RELOAD');
    const error = await stream.next().catch((thrown: unknown) => thrown);
    // The second one was given and not asked past: it may not have arrived.
    expect(error).toMatchObject({
      code: 'SUBSCRIPTION_SCHEMA_RELOAD',
      details: { cursor: taken[0]?.cursor, retryable: true },
    });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await expect(pulledLater.next()).rejects.toMatchObject({ code: 'SUBSCRIPTION_SCHEMA_RELOAD' });
    const { cursor } = (error as { details: { cursor: string } }).details; // As matched above.
    // The gateway that comes after it, or another one.
    await using next = await openStreams({ log: streams.log });
    await using resumed = await next.open({ after: cursor });
    expect((await takeAll(resumed, ids.at(-1))).map(({ eventId }) => eventId)).toEqual(ids.slice(1));
  });

  it('while it waits carries the cursor behind everything that was taken', async () => {
    await using streams = await openStreams();
    const stream = await streams.open();
    await streams.append('stripe a');
    const [item] = await take(stream, 1);
    const waiting = stream.next().catch((thrown: unknown) => thrown);
    await expect.poll(() => streams.hub.streams.size).toBe(1);
    streams.hub.end('SUBSCRIPTION_SCHEMA_RELOAD');
    expect(await waiting).toMatchObject({ details: { cursor: item?.cursor } });
    expect(await stream.ended).toBe(await waiting);
  });

  it('because nobody takes what it gave is told to others too, and resumes whole', async () => {
    await using streams = await openStreams();
    const ids = await streams.append('stripe a', 'stripe b');
    const stream = await streams.open({ from: 'EARLIEST', stalledAfterMs: 20 });
    const { cursor } = (await stream.next()).value ?? {};
    expect((await stream.next()).value?.event?.eventId).toBe(ids[0]);
    expect(await stream.ended).toMatchObject({ code: 'SLOW_CONSUMER', details: { cursor, retryable: true } });
    await expect(stream.next()).rejects.toMatchObject({ code: 'SLOW_CONSUMER' });
    await using resumed = await streams.open({ after: cursor });
    expect(idsOf(await take(resumed, 2))).toEqual(ids);
  });

  it('does not take waiting for an event as slowness, but leaving one that came late', async () => {
    await using streams = await openStreams();
    await using stream = await streams.open({ stalledAfterMs: 20 });
    await stream.next();
    const waiting = stream.next();
    await using witness = await streams.open({ stalledAfterMs: 60 });
    await witness.ended;
    const ids = await streams.append('stripe a');
    expect((await waiting).value?.event?.eventId).toBe(ids[0]);
    expect(await stream.ended).toMatchObject({ code: 'SLOW_CONSUMER' });
  });

  it('ends a reader that once was at the head and then spends too long behind it', async () => {
    let time = 0;
    await using streams = await openStreams({ ring: { maxEvents: 2 }, now: () => time });
    await using stream = await streams.open({ maxLagMs: 1_000 });
    const taken = take(stream, 1);
    await expect.poll(() => streams.calls.waitFor).toBeGreaterThan(0);
    await streams.append('stripe a');
    await taken;
    await using witness = await streams.open();
    const ids = await streams.append(...Array.from({ length: 300 }, (_, index) => `stripe t${index}`));
    await takeAll(witness, ids.at(-1));
    time = 1_001;
    await expect(takeAll(stream, ids.at(-1))).rejects.toMatchObject({ code: 'SLOW_CONSUMER' });
    // From the past and slow is no fault.
    await using past = await streams.open({ from: 'EARLIEST', maxLagMs: 1_000 });
    for (let index = 0; index < 301; index++, time += 10_000) await take(past, 1);
  });
});

it('does not take the making of an answer for lag of its reader', async () => {
  let time = 0;
  await using streams = await openStreams({ ring: { maxEvents: 2 }, now: () => time });
  await using stream = await streams.open({ maxLagMs: 1_000 });
  const taken = take(stream, 1);
  await expect.poll(() => streams.calls.waitFor).toBeGreaterThan(0);
  await streams.append('stripe a');
  await taken;
  await using witness = await streams.open();
  const ids = await streams.append(...Array.from({ length: 300 }, (_, index) => `stripe t${index}`));
  await takeAll(witness, ids.at(-1));
  const making = Promise.withResolvers<string>();
  const made = stream.whileMaking(making.promise);
  time = 60_000;
  making.resolve('an answer');
  expect(await made).toBe('an answer');
  expect(await takeAll(stream, ids.at(-1))).toHaveLength(300);
});

describe('a stream whose caller may see less', () => {
  it('ends when the right is gone, at the next event or when told', async () => {
    await using streams = await openStreams();
    let filter: EventFilter | null = [{ vendor: 'stripe' }];
    const busy = await streams.open({ authorize: () => filter, authorizeEveryMs: 0 });
    const idle = await streams.open({ authorize: () => filter, authorizeEveryMs: 3_600_000 });
    const { cursor } = (await busy.next()).value ?? {};
    await idle.next();
    const waiting = idle.next().catch((thrown: unknown) => thrown);
    filter = null;
    await streams.append('stripe a');
    await expect(busy.next()).rejects.toMatchObject({ code: 'SCOPE_REVOKED', details: { cursor, retryable: false } });
    filter = [];
    await waiting;
    filter = null;
    await idle.recheck();
    await expect(idle.next()).rejects.toMatchObject({ code: 'SCOPE_REVOKED' });
    await expect(streams.open({ authorize: () => null })).rejects.toMatchObject({ code: 'SCOPE_REVOKED' });
  });

  it('passes over what it no longer covers, also what was read before', async () => {
    await using streams = await openStreams();
    let filter: EventFilter = [{ vendor: 'stripe' }, { vendor: 'slack' }];
    await using stream = await streams.open({ authorize: () => filter, authorizeEveryMs: 3_600_000 });
    const ids = await streams.append('stripe a', 'slack b', 'stripe c');
    expect(idsOf(await take(stream, 1))).toEqual(ids.slice(0, 1));
    filter = [{ vendor: 'stripe' }];
    await stream.recheck();
    expect(idsOf(await take(stream, 1))).toEqual(ids.slice(2));
  });

  it('waits for what it now may see as well', async () => {
    await using streams = await openStreams();
    let filter: EventFilter = [{ vendor: 'stripe' }];
    await using stream = await streams.open({ authorize: () => filter, authorizeEveryMs: 3_600_000 });
    await stream.next();
    const waiting = stream.next();
    filter = [{ vendor: 'slack' }];
    await stream.recheck();
    const [slack] = await streams.append('slack b');
    expect((await waiting).value?.event?.eventId).toBe(slack);
  });

  it('refuses a vendor nobody follows, for it would wait for ever', async () => {
    await using streams = await openStreams();
    await expect(streams.open({ authorize: () => [{ vendor: 'pdl' }] })).rejects.toThrow(TypeError);
  });
});
