/** What answers that are shared keep in memory, and for how long. */
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Payload } from '../../src/graph/event-execution.ts';
import { createSharedPayloads } from '../../src/graph/shared-payloads.ts';

const MIB = 1_048_576;
const { signal: STAYS } = new AbortController();

const payloadOf = (data: Record<string, unknown>): Payload => ({ result: { data }, calls: [] });
const large = (): Payload => payloadOf({ events: { payload: [{ text: 'x'.repeat(MIB) }] } });

it('keeps the newest answers within a sum of bytes, however many there are', () => {
  const shared = createSharedPayloads({ maxBytes: 32 * MIB });
  const made: string[] = [];
  const get = (key: string) =>
    shared.get(key, STAYS, () => {
      made.push(key);
      return large();
    });
  for (let number = 0; number < 600; number++) get(`${number}`);
  expect(shared.bytes).toBeLessThanOrEqual(32 * MIB);
  expect(shared.bytes).toBeGreaterThan(28 * MIB);
  made.length = 0;
  get('599');
  get('590');
  get('500');
  expect(made).toEqual(['500']);
});

it('lets go of what nobody asks for any more after ten seconds, and makes it anew for who comes later', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const shared = createSharedPayloads();
  const first = shared.get('one', STAYS, large);
  vi.advanceTimersByTime(9_999);
  expect(shared.get('one', STAYS, large)).toBe(first);
  vi.advanceTimersByTime(1);
  expect(shared.get('one', STAYS, large)).not.toBe(first);
  vi.advanceTimersByTime(20_000);
  expect(shared.bytes).toBe(0);
});

it('shares one that is still being made, however long that takes, and keeps none with errors', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const shared = createSharedPayloads();
  const making = Promise.withResolvers<Payload>();
  const first = shared.get('one', STAYS, () => making.promise);
  vi.advanceTimersByTime(60_000);
  const second = shared.get('one', STAYS, large);
  const failed = { result: { data: null, errors: [new Error('no answer') as never] }, calls: [] };
  making.resolve(failed);
  expect(await Promise.all([first, second])).toEqual([failed, failed]);
  expect(shared.get('one', STAYS, large)).not.toBeInstanceOf(Promise);
});

it('tells the one who makes an answer when the last who wanted it has left', async () => {
  const shared = createSharedPayloads();
  const [one, two] = [new AbortController(), new AbortController()];
  const unwanted = Promise.withResolvers<AbortSignal>();
  const never = new Promise<Payload>(() => {});
  const make = (signal: AbortSignal) => {
    unwanted.resolve(signal);
    return never;
  };
  const waiting = [one, two].map(({ signal }) => shared.get('one', signal, make));
  const signal = await unwanted.promise;
  one.abort();
  await expect(waiting[0]).rejects.toThrow();
  expect(signal.aborted).toBe(false);
  two.abort();
  await expect(waiting[1]).rejects.toThrow();
  expect(signal.aborted).toBe(true);
  expect(shared.get('one', STAYS, large)).not.toBeInstanceOf(Promise);
});
