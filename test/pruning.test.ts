/** Retention as the gateway runs it, over a log of its own. */
import { expect, it } from 'vitest';
import { webhookSchema } from '../src/config/webhook.ts';
import { createLog } from '../src/observe/log.ts';
import { type PruningOptions, startPruning } from '../src/pruning.ts';
import { batchOf, DAY, deadLetter, dedupeKey, deliveryOf, NOW, newEvent } from './events/delivery.ts';
import { makeSqlitePlace } from './events/sqlite-under-test.ts';

const webhook = webhookSchema.parse({ scheme: 'calcom', secret: 'secret://env/UNUSED', type: 'type' });
const stripe = { vendor: 'stripe', config: { webhook } } as unknown as PruningOptions['sources'][number];

/** Thirty-one days after everything came, unless told otherwise. */
async function makePruning(at = NOW + 31 * DAY, sources = [stripe]) {
  const place = await makeSqlitePlace();
  const eventLog = await place.open(() => at);
  const lines: Record<string, unknown>[] = [];
  const kept: unknown[] = [];
  let runs = 0;
  const start = () =>
    startPruning({
      sources,
      eventLog,
      unread: () => eventLog.unread(() => undefined),
      log: createLog({ level: 'info', destination: { write: (line) => void lines.push(JSON.parse(line)) } }),
      counters: {
        kept(consumers) {
          runs += 1;
          kept.splice(0, kept.length, ...consumers);
        },
      },
      everyMs: 5,
      now: () => at,
    });
  return { eventLog, lines, kept, start, runs: () => runs, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
}

it('deletes dead letters, and the bytes they came in, although there is no event', async () => {
  await using pruning = await makePruning();
  const letter = deliveryOf({ events: [], deadLetters: [deadLetter()], raw: 'Ada Lovelace <ada@example.com>' });
  await pruning.eventLog.append(letter);
  await using _running = pruning.start();
  await expect.poll(() => pruning.eventLog.delivery(letter.id)).toBeUndefined();
  expect(await pruning.eventLog.deadLetters({}, 10)).toEqual([]);
});

it('deletes what a vendor left that is no longer in the graph', async () => {
  await using pruning = await makePruning();
  const left = batchOf('left', 2, { vendor: 'shopify' });
  await pruning.eventLog.append(left);
  await using _running = pruning.start();
  await expect.poll(() => pruning.eventLog.delivery(left.id)).toBeUndefined();
  await expect.poll(() => pruning.lines).toMatchObject([{ vendor: 'shopify', events: 2 }]);
});

it('keeps keys of the secrets that are configured, and no others beyond their time', async () => {
  await using pruning = await makePruning();
  const signedWith = (secret: string, eventId: string) =>
    deliveryOf({ events: [newEvent({ eventId, dedupeKeys: [dedupeKey(eventId, { secret })] })] });
  await pruning.eventLog.append(signedWith('default', 'a'));
  await pruning.eventLog.append(signedWith('retired', 'b'));
  {
    await using _running = pruning.start();
    await expect.poll(pruning.runs).toBeGreaterThan(1);
  }
  const again = await Promise.all([
    pruning.eventLog.append(signedWith('default', 'a')),
    pruning.eventLog.append(signedWith('default', 'b')),
  ]);
  expect(again.flatMap(({ events }) => events.map(({ outcome }) => outcome))).toEqual(['duplicate', 'stored']);
});

it('warns before retention passes a named consumer, and says how long its events are kept', async () => {
  await using pruning = await makePruning(NOW + 29.5 * DAY);
  await pruning.eventLog.append(batchOf('a', 1));
  await pruning.eventLog.append(batchOf('z', 1, { vendor: 'zendesk', receivedAt: NOW + 20 * DAY }));
  await pruning.eventLog.commitConsumer('key:app', 'sync', '0'.repeat(pruning.eventLog.positionLength));
  await using _running = pruning.start();
  const app = { principal: 'key:app', consumer: 'sync' };
  await expect.poll(() => pruning.kept).toHaveLength(2);
  expect(pruning.kept).toEqual([
    { ...app, vendor: 'stripe', ms: 0.5 * DAY, bytes: undefined },
    { ...app, vendor: 'zendesk', ms: 20.5 * DAY, bytes: undefined },
  ]);
  const warned = pruning.lines.filter(({ level }) => level === 'warn');
  expect(warned).toMatchObject([{ ...app, vendor: 'stripe', hoursLeft: 12 }]);
});

it('warns before a named consumer is passed for want of room, once however often it looks', async () => {
  const narrow = { ...stripe, config: { webhook: { ...webhook, retention: { days: 30, megabytes: 1 } } } };
  await using pruning = await makePruning(NOW, [narrow as unknown as typeof stripe]);
  const body = JSON.stringify({ id: 'a', text: 'x'.repeat(970_000) });
  await pruning.eventLog.append(deliveryOf({ events: [newEvent({ eventId: 'a', body })] }));
  await pruning.eventLog.append(batchOf('z', 1, { vendor: 'zendesk' }));
  await pruning.eventLog.commitConsumer('key:app', 'sync', '0'.repeat(pruning.eventLog.positionLength));
  await using _running = pruning.start();
  await expect.poll(pruning.runs).toBeGreaterThan(3);
  const app = { principal: 'key:app', consumer: 'sync' };
  expect(pruning.kept).toMatchObject([
    { ...app, vendor: 'stripe', ms: 30 * DAY, bytes: expect.any(Number) },
    { ...app, vendor: 'zendesk', ms: 30 * DAY, bytes: undefined },
  ]);
  expect(pruning.lines).toMatchObject([{ level: 'warn', ...app, vendor: 'stripe', megabytesLeft: 0 }]);
});

it('does not write to a log that holds nothing', async () => {
  await using pruning = await makePruning();
  let pruned = 0;
  const prune = pruning.eventLog.prune;
  pruning.eventLog.prune = (...given) => {
    pruned += 1;
    return prune(...given);
  };
  await using _running = pruning.start();
  await expect.poll(pruning.runs).toBeGreaterThan(1);
  expect(pruned).toBe(0);
});
