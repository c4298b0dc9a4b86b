/** What every quota keeps to, wherever it counts. A suite of its own runs it for each. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuotaLimits } from '../../src/config/quota-limits.ts';
import type { Admission, Admitted, Quota } from '../../src/quota/quota.ts';

export interface QuotaUnderTest extends AsyncDisposable {
  quota: Quota;
}

/** `now` in milliseconds; the quota reads no other clock. */
export type StartQuota = (now: () => number) => Promise<QuotaUnderTest>;

const RUNS = 300;
const MINUTE = 60_000;
const PLENTY = 1_000_000;

export const UNLIMITED: QuotaLimits = {
  requestsPerMinute: PLENTY,
  requestsPerDay: PLENTY,
  costPerMinute: PLENTY,
  costPerDay: PLENTY,
  writesPerMinute: PLENTY,
  writesPerDay: PLENTY,
  concurrency: PLENTY,
  subscriptions: PLENTY,
};

const READ = { cost: 1, write: false };
const WRITE = { cost: 1, write: true };

export function quotaContract(start: StartQuota): void {
  const clock = () => {
    let time = 1_000;
    return {
      now: () => time,
      pass: (ms: number) => {
        time += ms;
      },
    };
  };

  function mustAdmit(admission: Admission): Admitted {
    if (!admission.admitted) throw new Error(`refused: ${admission.refusal.quota}`);
    return admission;
  }

  /** Operations that end at once and cost what was estimated, until one is refused. */
  async function admitted(
    quota: Quota,
    limits: QuotaLimits,
    asked: { cost: number; write: boolean },
    most = 1_000,
  ): Promise<number> {
    for (let count = 0; count < most; count += 1) {
      const admission = await quota.admit('client', limits, asked);
      if (!admission.admitted) return count;
      admission.settle(asked.cost);
    }
    return most;
  }

  describe('each quota', () => {
    it.each([
      ['requestsPerMinute', 'requests per minute', 7, READ, 7],
      ['requestsPerDay', 'requests per day', 7, READ, 7],
      ['costPerMinute', 'cost per minute', 30, { cost: 4, write: false }, 7],
      ['costPerDay', 'cost per day', 30, { cost: 4, write: false }, 7],
      ['writesPerMinute', 'writes per minute', 7, WRITE, 7],
      ['writesPerDay', 'writes per day', 7, WRITE, 7],
    ] as const)(
      'of %s lets as many through as it says, and names itself when it refuses',
      async (name, words, limit, asked, count) => {
        await using under = await start(() => 0);
        const limits = { ...UNLIMITED, [name]: limit };
        expect(await admitted(under.quota, limits, asked)).toBe(count);
        const admission = await under.quota.admit('client', limits, asked);
        expect(admission).toMatchObject({ admitted: false, refusal: { quota: words } });
      },
    );

    it('of writes leaves reads alone', async () => {
      await using under = await start(() => 0);
      const limits = { ...UNLIMITED, writesPerMinute: 0, writesPerDay: 0 };
      expect(await admitted(under.quota, limits, READ, 20)).toBe(20);
      const refused = await under.quota.admit('client', limits, WRITE);
      // It forbids: there is nothing to wait for.
      expect(refused).toMatchObject({ admitted: false, refusal: { quota: 'writes per minute' } });
      expect(refused).not.toHaveProperty('refusal.retryAfterMs');
    });

    it('is one client’s own', async () => {
      await using under = await start(() => 0);
      const limits = { ...UNLIMITED, requestsPerMinute: 2 };
      expect(await admitted(under.quota, limits, READ)).toBe(2);
      expect(await under.quota.admit('another', limits, READ)).toMatchObject({ admitted: true });
    });

    it('of operations at the same time counts those that have not ended', async () => {
      await using under = await start(() => 0);
      const limits = { ...UNLIMITED, concurrency: 2 };
      const first = mustAdmit(await under.quota.admit('client', limits, READ));
      mustAdmit(await under.quota.admit('client', limits, READ));
      const third = await under.quota.admit('client', limits, READ);
      expect(third).toMatchObject({
        admitted: false,
        refusal: { quota: 'operations at the same time', retryAfterMs: 1_000 },
      });
      first.settle(1);
      // Told twice, it still has ended once.
      first.settle(1);
      mustAdmit(await under.quota.admit('client', limits, READ));
      expect(await under.quota.admit('client', limits, READ)).toMatchObject({ admitted: false });
    });
  });

  it('of open subscriptions counts those that have not ended, beside operations and requests', async () => {
    await using under = await start(() => 0);
    const limits = { ...UNLIMITED, requestsPerMinute: 3, concurrency: 1, subscriptions: 2 };
    const stream = { cost: 0, write: false, isStream: true };
    const first = mustAdmit(await under.quota.admit('client', limits, stream));
    mustAdmit(await under.quota.admit('client', limits, stream));
    for (let time = 0; time < 5; time += 1)
      expect(await under.quota.admit('client', limits, stream)).toMatchObject({
        admitted: false,
        refusal: { quota: 'open subscriptions', retryAfterMs: 1_000 },
      });
    expect(await admitted(under.quota, limits, READ)).toBe(3);
    first.settle(0);
    first.settle(0);
    mustAdmit(await under.quota.admit('client', limits, stream));
    expect(await under.quota.admit('client', limits, stream)).toMatchObject({ admitted: false });
  });

  describe('an operation that is refused', () => {
    it('takes its request and nothing else from any quota', async () => {
      await using under = await start(() => 0);
      const limits = { ...UNLIMITED, requestsPerMinute: 60, costPerMinute: 10 };
      for (let time = 0; time < 50; time += 1)
        expect(await under.quota.admit('client', limits, { cost: 11, write: true })).toMatchObject({ admitted: false });
      const { standing } = mustAdmit(await under.quota.admit('client', limits, { cost: 10, write: true }));
      expect(standing.policies.map(({ remaining }) => remaining)).toEqual([
        9,
        PLENTY - 51,
        0,
        PLENTY - 10,
        PLENTY - 1,
        PLENTY - 1,
      ]);
    });

    it('takes no second request where one was taken when it came in', async () => {
      await using under = await start(() => 0);
      const limits = { ...UNLIMITED, requestsPerMinute: 5, costPerMinute: 10 };
      for (const cost of [11, 1, 11, 1])
        expect(await under.quota.admit('client', limits, { cost, write: false, isCounted: true })).toMatchObject({
          admitted: cost === 1,
          standing: { policies: [{ name: 'requests-minute', remaining: 5 }, {}, {}, {}, {}, {}] },
        });
    });

    it('finds no request left when it has been refused too often', async () => {
      await using under = await start(() => 0);
      const limits = { ...UNLIMITED, requestsPerMinute: 3, costPerMinute: 60 };
      mustAdmit(await under.quota.admit('client', limits, { cost: 60, write: false }));
      for (const retryAfterMs of [1_000, 20_000, 20_000])
        expect(await under.quota.admit('client', limits, READ)).toMatchObject({ refusal: { retryAfterMs } });
    });

    it('is told that waiting does not help when it is dearer than all of the quota', async () => {
      await using under = await start(() => 0);
      const admission = await under.quota.admit(
        'client',
        { ...UNLIMITED, costPerMinute: 10 },
        { cost: 11, write: false },
      );
      expect(admission).toMatchObject({ admitted: false, refusal: { quota: 'cost per minute' } });
      expect(admission).not.toHaveProperty('refusal.retryAfterMs');
    });

    it('is admitted after the wait it was told, and not before', async () => {
      const { now, pass } = clock();
      await using under = await start(now);
      const limits = { ...UNLIMITED, requestsPerMinute: 60, costPerMinute: 90 };
      expect(await admitted(under.quota, limits, { cost: 30, write: false })).toBe(3);
      const refused = await under.quota.admit('client', limits, { cost: 30, write: false });
      expect(refused).toMatchObject({ admitted: false, refusal: { quota: 'cost per minute', retryAfterMs: 20_000 } });
      pass(19_999);
      expect(await under.quota.admit('client', limits, { cost: 30, write: false })).toMatchObject({ admitted: false });
      pass(1);
      expect(await under.quota.admit('client', limits, { cost: 30, write: false })).toMatchObject({ admitted: true });
    });
  });

  describe('settling', () => {
    it('gives back what was estimated too high, and takes what was too low, below nothing if need be', async () => {
      const { now, pass } = clock();
      await using under = await start(now);
      const limits = { ...UNLIMITED, costPerMinute: 60 };
      const remaining = async () => {
        const admission = mustAdmit(await under.quota.admit('client', limits, { cost: 0, write: false }));
        return admission.standing.policies.find(({ name }) => name === 'cost-minute')?.remaining;
      };
      mustAdmit(await under.quota.admit('client', limits, { cost: 40, write: false })).settle(10);
      expect(await remaining()).toBe(50);
      mustAdmit(await under.quota.admit('client', limits, { cost: 40, write: false })).settle(80);
      expect(await remaining()).toBe(0);
      expect(await under.quota.admit('client', limits, READ)).toMatchObject({
        admitted: false,
        refusal: { retryAfterMs: 31_000 },
      });
      pass(31_000);
      expect(await under.quota.admit('client', limits, READ)).toMatchObject({ admitted: true });
    });

    it('never fills a bucket over its brim', async () => {
      await using under = await start(() => 0);
      const limits = { ...UNLIMITED, costPerMinute: 10 };
      const { settle } = mustAdmit(await under.quota.admit('client', limits, { cost: 10, write: false }));
      settle(-1_000);
      expect(await under.quota.admit('client', limits, { cost: 11, write: false })).toMatchObject({ admitted: false });
    });
  });

  it('holds limits that were lowered from the next operation on', async () => {
    await using under = await start(() => 0);
    mustAdmit(await under.quota.admit('client', UNLIMITED, READ));
    expect(await admitted(under.quota, { ...UNLIMITED, requestsPerMinute: 3 }, READ)).toBe(3);
  });

  it('neither adds nor takes when the clock goes back', async () => {
    const { now, pass } = clock();
    await using under = await start(now);
    const limits = { ...UNLIMITED, requestsPerMinute: 2 };
    expect(await admitted(under.quota, limits, READ, 1)).toBe(1);
    pass(-60_000);
    expect(await admitted(under.quota, limits, READ)).toBe(1);
  });

  it('never lets more through than a full bucket and what fills it meanwhile, whatever is asked when', async () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 20_000 }),
      cost: fc.integer({ min: 0, max: 12 }),
      write: fc.boolean(),
    });
    const limit = fc.integer({ min: 1, max: 30 });
    const property = fc.asyncProperty(
      fc.array(step, { maxLength: 80 }),
      limit,
      limit,
      limit,
      async (steps, requests, cost, writes) => {
        const { now, pass } = clock();
        await using under = await start(now);
        const limits = { ...UNLIMITED, requestsPerMinute: requests, costPerMinute: cost, writesPerMinute: writes };
        const done: { at: number; cost: number; write: boolean }[] = [];
        for (const { wait, ...asked } of steps) {
          pass(wait);
          const admission = await under.quota.admit('client', limits, asked);
          const standing = admission.standing.policies;
          for (const { remaining, quota, resetSeconds } of standing) {
            expect(remaining).toBeGreaterThanOrEqual(0);
            expect(remaining).toBeLessThanOrEqual(quota);
            expect(resetSeconds).toBeLessThanOrEqual(86_400);
          }
          if (!admission.admitted) continue;
          admission.settle(asked.cost);
          done.push({ at: now(), ...asked });
        }
        // Of every window that begins with an operation.
        for (const [index, { at }] of done.entries()) {
          const sums = { requests: 0, cost: 0, writes: 0 };
          for (const one of done.slice(index)) {
            sums.requests += 1;
            sums.cost += one.cost;
            sums.writes += one.write ? 1 : 0;
            const windows = 1 + (one.at - at) / MINUTE;
            expect(sums.requests).toBeLessThanOrEqual(requests * windows + 1e-3);
            expect(sums.cost).toBeLessThanOrEqual(cost * windows + 1e-3);
            expect(sums.writes).toBeLessThanOrEqual(writes * windows + 1e-3);
          }
        }
      },
    );
    await fc.assert(property, { numRuns: RUNS });
  });

  it('admits whoever waits as long as told, whatever was asked before', async () => {
    const asked = fc.record({ cost: fc.integer({ min: 0, max: 12 }), write: fc.boolean() });
    const property = fc.asyncProperty(
      fc.array(asked, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 12, max: 40 }),
      async (all, most) => {
        const { now, pass } = clock();
        await using under = await start(now);
        const limits = { ...UNLIMITED, requestsPerMinute: most, costPerMinute: most, writesPerMinute: most };
        for (const one of all) {
          const admission = await under.quota.admit('client', limits, one);
          if (!admission.admitted) {
            pass(admission.refusal.retryAfterMs ?? Number.NaN);
            mustAdmit(await under.quota.admit('client', limits, one)).settle(one.cost);
          } else admission.settle(one.cost);
        }
      },
    );
    await fc.assert(property, { numRuns: RUNS });
  });
}
