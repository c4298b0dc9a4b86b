/** Somebody sets the clock of a gateway while webhooks come and a subscriber reads: by minutes, hours and months, both ways. */
import { describe, expect, it } from 'vitest';
import { createJumpingClock, faketimeLibrary } from '../events/jumping-clock.ts';
import { hasPostgres, makeSharedStore } from './databases.ts';
import { follow } from './follower.ts';
import { expectSound } from './ledger.ts';
import { type RunningGateway, STRIPE_SECRET, startRunningGateway } from './running-gateway.ts';
import { sendStripe, stripeBody } from './stripe-deliveries.ts';
import { PATIENT } from './until.ts';

const library = faketimeLibrary();
const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];
/** Seconds ahead. A second or two pass between signing and judging, so that the very edge is for an injected clock. */
const JUMPS = [
  0,
  5 * MINUTE - 10,
  5 * MINUTE + 10,
  -5 * MINUTE + 10,
  -5 * MINUTE - 10,
  HOUR,
  -HOUR,
  60 * DAY,
  -60 * DAY,
  0,
];
const TOLERANCE = 5 * MINUTE;
const EACH = 10;
const ENGINES = hasPostgres ? (['SQLite', 'Postgres'] as const) : (['SQLite'] as const);

describe.skipIf(library === undefined)('a gateway whose clock jumps', () => {
  it.each(ENGINES)(
    'loses, doubles and reorders nothing over %s, and judges signatures by what it shows',
    async (engine) => {
      using clock = createJumpingClock(library ?? '');
      await using store = engine === 'Postgres' ? await makeSharedStore() : undefined;
      await using gateway = await startRunningGateway({ ...store?.env, ...clock.env });
      await using follower = follow({ url: () => gateway.url, over: 'WebSocket', from: 'LATEST' });
      await follower.subscription().opened;
      const answered: string[] = [];
      const bodies: string[] = [];
      const send = async (id: string, signedAt: number): Promise<number> => {
        const body = stripeBody({ id });
        const status = await sendStripe(gateway.url, body, STRIPE_SECRET, signedAt);
        if (status === 200) {
          answered.push(id);
          bodies.push(body);
        }
        return status;
      };
      for (const [turn, offset] of JUMPS.entries()) {
        clock.set(offset);
        await expect.poll(async () => Math.abs((await clockOf(gateway)) - clock.now()), PATIENT).toBeLessThan(3_000);
        const isRefused = Math.abs(offset) > TOLERANCE;
        expect(await send(`evt_true-${turn}`, Date.now()), `${offset} s ahead of who signs`).toBe(
          isRefused ? 401 : 200,
        );
        for (let number = 0; number < EACH; number += 1)
          expect(await send(`evt_${turn}-${number}`, clock.now())).toBe(200);
        // The first of all, once more: it is known whatever the clock shows.
        expect(await sendStripe(gateway.url, bodies[0] ?? '', STRIPE_SECRET, clock.now())).toBe(200);
      }
      await expect.poll(() => follower.received.length, PATIENT).toBeGreaterThanOrEqual(answered.length);
      expect(follower.received).toEqual(answered);
      expectSound(follower);
      expect(follower.endings).toEqual([]);
    },
    120_000,
  );
});

/** As its answers tell. */
async function clockOf({ url }: RunningGateway): Promise<number> {
  const response = await fetch(`${url}/livez`);
  await response.arrayBuffer();
  return Date.parse(response.headers.get('date') ?? '');
}
