import { expect, it } from 'vitest';
import { createMemoryQuota } from '../../src/quota/memory-quota.ts';
import type { Asked } from '../../src/quota/quota.ts';
import { rateLimitHeaders } from '../../src/quota/rate-limit-headers.ts';
import { UNLIMITED } from './quota.contract.ts';

const limits = {
  ...UNLIMITED,
  requestsPerMinute: 600,
  requestsPerDay: 10_000,
  costPerMinute: 100,
  costPerDay: 50_000,
  writesPerMinute: 30,
  writesPerDay: 0,
};

function headersAfter(...operations: Asked[]) {
  const quota = createMemoryQuota({ now: () => 0 });
  const admissions = operations.map((asked) => quota.admit('client', limits, asked));
  const last = admissions.at(-1);
  if (!last) throw new RangeError('Nothing was asked.');
  return rateLimitHeaders(last);
}

it('name every policy, and what is left of the one that ends first', () => {
  expect(headersAfter({ cost: 40, write: false })).toEqual({
    'ratelimit-policy':
      '"requests-minute";q=600;w=60, "requests-day";q=10000;w=86400, "cost-minute";q=100;w=60, "cost-day";q=50000;w=86400, "writes-minute";q=30;w=60, "writes-day";q=0;w=86400',
    ratelimit: '"cost-minute";r=60;t=24',
  });
});

it('say in whole seconds when to come back', () => {
  const dear = { cost: 70, write: false };
  expect(headersAfter(dear, dear)).toMatchObject({ ratelimit: '"cost-minute";r=30;t=42', 'retry-after': '24' });
  const whole = { cost: 100, write: false };
  // 0.6 s: a client that reads 0 would be back at once.
  expect(headersAfter(whole, { cost: 1, write: false })).toMatchObject({ 'retry-after': '1' });
});

it('do not say so where waiting does not help', () => {
  expect(headersAfter({ cost: 101, write: false })).not.toHaveProperty('retry-after');
  expect(headersAfter({ cost: 1, write: true })).not.toHaveProperty('retry-after');
});

it('are lists of strings with integers, as RFC 9651 writes them', () => {
  const headers = headersAfter({ cost: 1.5, write: false });
  const item = '"[a-z-]+"(;[a-z]=\\d+)+';
  expect(headers['ratelimit-policy']).toMatch(new RegExp(`^${item}(, ${item})*$`));
  expect(headers['ratelimit']).toMatch(new RegExp(`^${item}$`));
});
