/** Where a stream begins, and what one is told whose cursor cannot be served. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EventLog } from '../../src/events/log.ts';
import { createConsumers } from '../../src/subscriptions/consumers.ts';
import { NOW } from '../events/delivery.ts';
import {
  ANNA,
  changed,
  cursors,
  idsOf,
  makeFolder,
  openStreams,
  type Streams,
  take,
  VENDORS,
} from './streams-under-test.ts';

const BY = { principal: 'key:operator' };
const PRUNE_ALL = { before: NOW + 1, maxBytes: Number.MAX_SAFE_INTEGER };

async function refusal(opening: Promise<AsyncDisposable>): Promise<{ code: string; details: Record<string, string> }> {
  const thrown: unknown = await opening
    .then((stream) => stream[Symbol.asyncDispose]())
    .catch((error: unknown) => error);
  // A stream that opened after all shows as undefined.
  return thrown as { code: string; details: Record<string, string> };
}

async function cursorBehind(streams: Streams, type: string): Promise<string> {
  await using stream = await streams.open();
  await streams.append(type);
  const [item] = await take(stream, 1);
  return item?.cursor ?? '';
}

describe('the start of a stream', () => {
  it('is all there is, or now', async () => {
    await using streams = await openStreams();
    const ids = await streams.append('stripe a', 'slack b');
    await using all = await streams.open({ from: 'EARLIEST' });
    await using now = await streams.open({ from: 'LATEST' });
    const later = await streams.append('stripe c');
    expect(idsOf(await take(all, 3))).toEqual([...ids, ...later]);
    expect(idsOf(await take(now, 1))).toEqual(later);
  });

  it('is one thing: a cursor goes with no other start', async () => {
    await using streams = await openStreams();
    const after = await cursorBehind(streams, 'stripe a');
    expect(await refusal(streams.open({ after, from: 'LATEST' }))).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await refusal(streams.open({ after, consumer: 'sync' }))).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await refusal(streams.open({ consumer: 'no spaces' }))).toMatchObject({ code: 'BAD_USER_INPUT' });
    await using stream = await streams.open({ after, from: null, consumer: null });
    expect((await stream.next()).value?.cursor).toBe(after);
  });

  it('is refused to another caller and for another field', async () => {
    await using streams = await openStreams();
    const after = await cursorBehind(streams, 'stripe a');
    for (const other of [{ principal: 'key:bert' }, { field: 'invoiceEvents' }, { after: `${after.slice(0, -1)}_` }])
      expect(await refusal(streams.open({ after, ...other }))).toMatchObject({ code: 'CURSOR_INVALID' });
  });

  it('is expired in another epoch, and says where to begin', async () => {
    await using streams = await openStreams();
    const after = await cursorBehind(streams, 'stripe a');
    await streams.log.rollEpoch(BY);
    const { code, details } = await refusal(streams.open({ after }));
    expect(code).toBe('CURSOR_EXPIRED');
    await using again = await streams.open({ after: details['earliest'] });
    expect(await take(again, 1)).toHaveLength(1);
  });

  it('is expired when retention took what lies behind, and says where to begin', async () => {
    await using streams = await openStreams();
    const after = await cursorBehind(streams, 'stripe a');
    const last = await cursorBehind(streams, 'stripe b');
    const [kept] = await streams.append('slack c');
    await streams.log.prune('stripe', PRUNE_ALL);
    const { code, details } = await refusal(streams.open({ after }));
    expect(code).toBe('CURSOR_EXPIRED');
    await using again = await streams.open({ after: details['earliest'] });
    expect(idsOf(await take(again, 1))).toEqual([kept]);
    // Exactly behind the last that went, nothing is missing.
    await using still = await streams.open({ after: last });
    expect(idsOf(await take(still, 1))).toEqual([kept]);
  });

  it('outlives the pruning of vendors that the stream does not show', async () => {
    await using streams = await openStreams();
    const after = await cursorBehind(streams, 'stripe a');
    await streams.append('stripe b');
    const [kept] = await streams.append('slack c');
    await streams.log.prune('stripe', PRUNE_ALL);
    await using stream = await streams.open({ after, authorize: () => [{ vendor: 'slack' }] });
    expect(idsOf(await take(stream, 1))).toEqual([kept]);
  });

  it('is a gap beyond the head: the store was put back to an older state', async () => {
    await using folder = await makeFolder();
    const path = join(folder.path, 'a', 'events.db');
    let after: string;
    {
      await using streams = await openStreams({ path });
      await streams.append('stripe a');
    }
    await cp(join(folder.path, 'a'), join(folder.path, 'b'), { recursive: true });
    {
      await using streams = await openStreams({ path });
      after = await cursorBehind(streams, 'stripe b');
    }
    await using streams = await openStreams({ path: join(folder.path, 'b', 'events.db') });
    const { code, details } = await refusal(streams.open({ after }));
    expect(code).toBe('STREAM_GAP');
    await using again = await streams.open({ after: details['cursor'] });
    const ids = await streams.append('stripe c');
    expect(idsOf(await take(again, 1))).toEqual(ids);
  });
});

describe('a named consumer', () => {
  const acknowledging = ({ log }: Streams) =>
    createConsumers({ eventLog: log, cursors, fields: ['ticketEvents', 'events'], vendors: VENDORS });

  it('gets the same events again until it acknowledges them', async () => {
    await using streams = await openStreams();
    const { ack } = acknowledging(streams);
    await (await streams.open({ consumer: 'sync' })).return();
    const ids = await streams.append('stripe a', 'stripe b', 'stripe c');
    await using first = await streams.open({ consumer: 'sync' });
    const items = await take(first, 3);
    await using second = await streams.open({ consumer: 'sync' });
    expect(idsOf(await take(second, 3))).toEqual(ids);
    await ack({ ...ANNA, consumer: 'sync', cursor: items[1]?.cursor ?? '' });
    await using third = await streams.open({ consumer: 'sync', from: 'EARLIEST' });
    expect(idsOf(await take(third, 1))).toEqual(ids.slice(2));
  });

  it('moves forward only, and as often as it likes', async () => {
    await using streams = await openStreams();
    const { ack } = acknowledging(streams);
    await streams.append('stripe a', 'stripe b');
    await using stream = await streams.open({ consumer: 'sync', from: 'EARLIEST' });
    const [a, b] = await take(stream, 2);
    const acknowledge = (cursor = '') => ack({ principal: ANNA.principal, consumer: 'sync', cursor });
    expect(await acknowledge(b?.cursor)).toBe(b?.cursor);
    expect(await acknowledge(b?.cursor)).toBe(b?.cursor);
    expect(await acknowledge(a?.cursor)).toBe(b?.cursor);
  });

  it('acknowledges what was pruned meanwhile, but no cursor of others, of another epoch or of nobody', async () => {
    await using streams = await openStreams();
    const { ack } = acknowledging(streams);
    const cursor = await cursorBehind(streams, 'stripe a');
    await streams.append('stripe b');
    await streams.log.prune('stripe', PRUNE_ALL);
    expect(await ack({ ...ANNA, consumer: 'sync', cursor })).toBe(cursor);
    const invalid = { code: 'CURSOR_INVALID' };
    await expect(ack({ principal: 'key:bert', consumer: 'sync', cursor })).rejects.toMatchObject(invalid);
    await expect(ack({ ...ANNA, consumer: 'sync', cursor: 'x' })).rejects.toMatchObject(invalid);
    await expect(ack({ ...ANNA, consumer: '', cursor })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await streams.log.rollEpoch(BY);
    await expect(ack({ ...ANNA, consumer: 'sync', cursor })).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
  });

  it('is expired like any cursor when retention passed it; acknowledging `earliest` accepts the gap', async () => {
    await using streams = await openStreams();
    const { ack } = acknowledging(streams);
    await (await streams.open({ consumer: 'sync' })).return();
    await streams.append('stripe a');
    await streams.log.prune('stripe', PRUNE_ALL);
    const { code, details } = await refusal(streams.open({ consumer: 'sync' }));
    expect(code).toBe('CURSOR_EXPIRED');
    await ack({ ...ANNA, consumer: 'sync', cursor: details['earliest'] ?? '' });
    await using stream = await streams.open({ consumer: 'sync' });
    const ids = await streams.append('stripe b');
    expect(idsOf(await take(stream, 1))).toEqual(ids);
  });

  it('has one stream at a time: the second takes over, and the first completes', async () => {
    await using streams = await openStreams();
    const first = await streams.open({ consumer: 'sync' });
    await first.next();
    const waiting = first.next();
    await using stranger = await streams.open({ consumer: 'sync', principal: 'key:bert' });
    await using nameless = await streams.open();
    await using second = await streams.open({ consumer: 'sync' });
    expect(await waiting).toEqual({ done: true, value: undefined });
    const ids = await streams.append('stripe a');
    for (const stream of [stranger, nameless, second]) expect(idsOf(await take(stream, 1))).toEqual(ids);
    await using third = await streams.open({ consumer: 'sync' });
    expect(await second.ended).toBeUndefined();
    expect(idsOf(await take(third, 1))).toEqual(ids);
  });

  it('misses nothing when two gateways open it for the first time at once', async () => {
    const through = (log: EventLog): EventLog => changed(log, { consumer: async () => undefined });
    await using streams = await openStreams({ through });
    await using first = await streams.open({ consumer: 'sync' });
    const ids = await streams.append('stripe a');
    // It, too, found nobody of this name.
    await using second = await streams.open({ consumer: 'sync' });
    expect(await first.ended).toBeUndefined();
    expect(idsOf(await take(second, 1))).toEqual(ids);
  });

  it('goes over to another gateway, and the first completes before it gives more', async () => {
    await using folder = await makeFolder();
    const path = join(folder.path, 'events.db');
    await using here = await openStreams({ path });
    await using there = await openStreams({ path });
    await using first = await here.open({ consumer: 'sync', authorizeEveryMs: 0 });
    const before = await here.append('stripe a');
    expect(idsOf(await take(first, 1))).toEqual(before);
    await using second = await there.open({ consumer: 'sync' });
    const after = await here.append('stripe b');
    expect(await first.next()).toEqual({ done: true, value: undefined });
    expect(await first.ended).toBeUndefined();
    expect(idsOf(await take(second, 2))).toEqual([...before, ...after]);
  });

  it('has a place for each field, and begins where one place counted for all', async () => {
    await using streams = await openStreams();
    const { ack } = acknowledging(streams);
    await using tickets = await streams.open({ consumer: 'sync', field: 'ticketEvents' });
    await using events = await streams.open({ consumer: 'sync', from: 'EARLIEST' });
    const ids = await streams.append('stripe a', 'stripe b');
    const [, b] = await take(events, 2);
    await ack({ ...ANNA, consumer: 'sync', cursor: b?.cursor ?? '' });
    expect(idsOf(await take(tickets, 2))).toEqual(ids);
    await using again = await streams.open({ consumer: 'sync', field: 'ticketEvents' });
    expect(idsOf(await take(again, 2))).toEqual(ids);
    await streams.log.commitConsumer(ANNA.principal, 'old', b?.event.position ?? '');
    await using old = await streams.open({ consumer: 'old', from: 'EARLIEST' });
    const later = await streams.append('stripe c');
    expect(idsOf(await take(old, 1))).toEqual(later);
  });
});
