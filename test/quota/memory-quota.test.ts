import { describe, expect, it } from 'vitest';
import { createMemoryQuota } from '../../src/quota/memory-quota.ts';
import { quotaContract, UNLIMITED } from './quota.contract.ts';

describe('a quota in memory', () => {
  quotaContract(async (now) => ({ quota: createMemoryQuota({ now }), [Symbol.asyncDispose]: async () => {} }));

  const READ = { cost: 1, write: false };
  const limits = { ...UNLIMITED, requestsPerMinute: 2 };
  const ask = (quota: ReturnType<typeof createMemoryQuota>, client: string) => {
    const admission = quota.admit(client, limits, READ);
    if (admission.admitted) admission.settle(1);
    return admission.admitted;
  };

  it('keeps no more clients than it may', () => {
    const quota = createMemoryQuota({ maxClients: 100 });
    for (let index = 0; index < 10_000; index += 1) ask(quota, `client ${index}`);
    expect(quota.size).toBe(100);
  });

  it('forgets those with full buckets first: nobody gains by it', () => {
    let time = 0;
    const quota = createMemoryQuota({ maxClients: 3, now: () => time });
    for (const client of ['spent', 'spent', 'light', 'late']) ask(quota, client);
    time = 31_000;
    // "spent" has waited longest; "light" is full again.
    ask(quota, 'new');
    expect(quota.size).toBe(3);
    expect([ask(quota, 'spent'), ask(quota, 'spent')]).toEqual([true, false]);
  });

  it('forgets nobody whose operation is under way while another can go', () => {
    const quota = createMemoryQuota({ maxClients: 2, now: () => 0 });
    const one = { ...UNLIMITED, concurrency: 1 };
    quota.admit('busy', one, READ);
    ask(quota, 'idle');
    ask(quota, 'new');
    expect(quota.admit('busy', one, READ)).toMatchObject({ admitted: false });
  });
});
