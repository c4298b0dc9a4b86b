/** Readers of the embedded log: retention may pass them, their pages are small, and they hold up nobody. */
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { batchOf, DAY, deliveryOf, NOW, newEvent } from './delivery.ts';
import { appendAll, readAll, start } from './log.contract.ts';
import { makeSqlitePlace } from './sqlite-under-test.ts';

const STRIPE = [{ vendor: 'stripe' }];
const NEVER = Number.MAX_SAFE_INTEGER;

describe('a reader of the embedded log', () => {
  it('can tell when retention passed it, and when it did not', async () => {
    await using place = await makeSqlitePlace();
    const log = await place.open();
    await appendAll(
      log,
      batchOf('a', 300),
      batchOf('z', 5, { vendor: 'zendesk' }),
      batchOf('b', 10, { receivedAt: NOW + DAY }),
    );
    const behind = (await log.read(start(log), STRIPE, 100)).scannedTo;
    const edge = (await log.read(start(log), STRIPE, 300)).scannedTo;
    await log.prune('stripe', { before: NOW + 1, maxBytes: NEVER });
    const earliest = await log.earliest(['stripe']);
    expect(behind < earliest).toBe(true);
    expect(edge).toBe(earliest);
    expect(behind < (await log.earliest(['zendesk']))).toBe(false);
    expect((await readAll(log, { after: edge })).map(({ eventId }) => eventId)[0]).toBe('b-0');
  });

  it('sees each event once or that it is gone, while retention takes events away under it', async () => {
    await using place = await makeSqlitePlace();
    const log = await place.open();
    await appendAll(log, batchOf('a', 2_000), batchOf('b', 100, { receivedAt: NOW + DAY }));
    const all = await readAll(log);
    const pruning = log.prune('stripe', { before: NOW + 1, maxBytes: NEVER });
    const [first] = (await log.read(start(log), STRIPE, 1)).events;
    const read: string[] = first ? [first.position] : [];
    let isGap = false;
    await expect.poll(() => log.earliest(['stripe']), { interval: 1 }).not.toBe(start(log));
    for (let after = first?.position ?? ''; after < (await log.head()); ) {
      const page = await log.read(after, STRIPE, 50);
      // As a subscription does it: the page first, then whether all of it was still there.
      if ((await log.earliest(['stripe'])) > after) {
        isGap = true;
        after = await log.earliest(['stripe']);
        continue;
      }
      read.push(...page.events.map(({ position }) => position));
      after = page.scannedTo;
    }
    await pruning;
    const positions = all.map(({ position }) => position);
    expect(isGap).toBe(true);
    const known = new Set(read);
    expect(read).toEqual(positions.filter((position) => known.has(position)));
    expect(read.slice(-100)).toEqual(positions.slice(-100));
  });

  it('gets a megabyte in one page, and the rest in the next', async () => {
    await using place = await makeSqlitePlace();
    const log = await place.open();
    const body = `"${'x'.repeat(400_000)}"`;
    await appendAll(log, ...Array.from({ length: 5 }, () => deliveryOf({ events: [newEvent({ body })] })));
    const first = await log.read(start(log), STRIPE, 100);
    expect(first.events).toHaveLength(3);
    expect(first.scannedTo).toBe(first.events[2]?.position);
    expect((await log.read(first.scannedTo, STRIPE, 100)).events).toHaveLength(2);
  });

  it('leaves nothing open behind, also when a page ended early', async () => {
    await using place = await makeSqlitePlace();
    const log = await place.open();
    const body = `"${'x'.repeat(600_000)}"`;
    const append = () =>
      appendAll(log, ...Array.from({ length: 4 }, () => deliveryOf({ events: [newEvent({ body })] })));
    await append();
    expect((await log.read(start(log), STRIPE, 100)).events).toHaveLength(2);
    await append();
    using other = new DatabaseSync(place.path);
    expect(other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0, log: 0 });
  });

  it('looks through a bounded part of the log for a filter that no index answers', async () => {
    await using place = await makeSqlitePlace();
    const log = await place.open();
    await appendAll(log, batchOf('a', 2_500), deliveryOf({ events: [newEvent({ type: 'rare.one' })] }));
    const filter = [{ vendor: 'stripe', types: ['rare.*'] }];
    const scans: number[] = [];
    for (let after = start(log); after < (await log.head()); ) {
      const { events, scannedTo } = await log.read(after, filter, 10);
      scans.push(events.length);
      after = scannedTo;
    }
    expect(scans).toEqual([0, 0, 1]);
  });

  it('stores bytes once that are delivery and event in one', async () => {
    await using place = await makeSqlitePlace();
    const log = await place.open();
    const body = `"${'ü'.repeat(50_000)}"`;
    await appendAll(log, deliveryOf({ events: [newEvent({ body })] }));
    expect((await log.figures()).bytes).toBe(100_002);
    expect((await readAll(log)).map((event) => event.body)).toEqual([body]);
  });

  it('gives many shapes of filters what each asks for', async () => {
    await using place = await makeSqlitePlace();
    const log = await place.open();
    const types = Array.from({ length: 30 }, (_, number) => `type.${number}`);
    await appendAll(log, ...types.map((type) => deliveryOf({ events: [newEvent({ type })] })));
    for (let count = 1; count <= 30; count += 1) {
      const filter = [{ vendor: 'stripe', types: [...types.slice(0, count), ...types.slice(0, 3)] }];
      expect((await readAll(log, { filter })).map(({ type }) => type)).toEqual(types.slice(0, Math.max(count, 3)));
    }
    const overlapping = [{ vendor: 'stripe', types: ['type.1'] }, { vendor: 'stripe' }];
    expect(await readAll(log, { filter: overlapping })).toHaveLength(30);
  });
});
