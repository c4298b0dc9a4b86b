/** A disk that takes no more: what cannot be stored is refused, so that the vendor tries again, and nothing is damaged. */
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/events/delivery.ts';
import type { EventLog } from '../../src/events/log.ts';
import { expectSound, expectWhole } from './acknowledged.ts';
import { deliveryOf, NOW, newEvent } from './delivery.ts';
import { underFailpoint } from './failpoint.ts';
import { readAll } from './log.contract.ts';
import type { Order, Report } from './sqlite-limited-process.ts';
import { makeSqlitePlace } from './sqlite-under-test.ts';

const PROGRAM = fileURLToPath(new URL('sqlite-limited-process.ts', import.meta.url));
const REFUSAL = { code: 'INTERNAL', retryable: true };

describe('a disk that takes no more', () => {
  it('refuses deliveries until retention has made room', async () => {
    await using place = await makeSqlitePlace();
    const log = await underFailpoint('maxPages=100', () => place.open());
    const acknowledged: string[] = [];
    expect(log.isWritable()).toBe(true);
    const refused = await appendUntilRefused(log, acknowledged);
    expect(log.isWritable()).toBe(false);
    expect(refused).toMatchObject({
      code: 'INTERNAL',
      details: { retryable: true },
      cause: { message: /^SQLite 13:/ },
    });
    expect((await readAll(log)).map(({ eventId }) => eventId)).toEqual(acknowledged);
    expect(await log.prune('stripe', { before: NOW + 1, maxBytes: Number.MAX_SAFE_INTEGER })).toBe(acknowledged.length);
    await log.append(big('after'));
    expect(log.isWritable()).toBe(true);
    expect((await readAll(log)).map(({ eventId }) => eventId)).toEqual(['after']);
    expectSound(place.path);
  });

  it.skipIf(process.platform !== 'linux')('refuses all of a group, and stores again once there is room', async () => {
    await using place = await makeSqlitePlace();
    await using limited = await startLimited(place.path);
    const first = await limited.append({ from: 0, count: 5 });
    expect(first).toMatchObject({ stored: expect.objectContaining({ length: 5 }), refused: [] });
    // Less than it has: whatever is written next is refused by the system (EFBIG).
    limited.limit(10_000);
    const second = await limited.append({ from: 100, count: 20 });
    expect(second).toMatchObject({ stored: [], refused: Array.from({ length: 20 }, () => REFUSAL) });
    limited.limit('unlimited');
    const third = await limited.append({ from: 100, count: 20 });
    expect(third).toMatchObject({ stored: expect.objectContaining({ length: 20 }), refused: [] });
    expect(third.logged.map(({ level, msg }) => `${level} ${msg}`)).toEqual([
      'error events are refused: the disk takes none',
      'info events are stored again',
    ]);
    await limited[Symbol.asyncDispose]();
    await expectWhole(place.path, [...first.stored, ...third.stored]);
  });
});

const big = (eventId: string): Delivery =>
  deliveryOf({ events: [newEvent({ eventId, body: `"${'x'.repeat(30_000)}"` })] });

/** Returns with what; adds the ids of those that were stored before. */
async function appendUntilRefused(log: EventLog, acknowledged: string[]): Promise<unknown> {
  for (;;) {
    const eventId = `e${acknowledged.length}`;
    const refusal: unknown = await log.append(big(eventId)).then(
      () => undefined,
      (error) => error,
    );
    if (refusal !== undefined) return refusal;
    acknowledged.push(eventId);
  }
}

interface Limited extends AsyncDisposable {
  append(order: Order): Promise<Report>;
  /** How large a file it may write, bytes. */
  limit(bytes: number | 'unlimited'): void;
}

async function startLimited(path: string): Promise<Limited> {
  const child = fork(PROGRAM, [path], { stdio: 'inherit' });
  const gone = once(child, 'exit');
  await once(child, 'message');
  return {
    async append(order) {
      const heard = once(child, 'message');
      child.send(order);
      // The process sends nothing else.
      const [report] = (await heard) as [Report];
      return report;
    },
    // The soft limit only: the hard one could not be raised again.
    limit: (bytes) => void execFileSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:`]),
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
