import { describe, expect, it } from 'vitest';
import { readRetryAfter } from '../../src/vendors/retry-after.ts';

const NOW = Date.parse('2026-11-02T09:00:00Z');

describe('readRetryAfter', () => {
  it.each([
    [{ 'retry-after': '3' }, 3_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': 'Mon, 02 Nov 2026 09:00:10 GMT' }, 10_000],
    [{ 'retry-after': 'Mon, 02 Nov 2026 08:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'ratelimit-reset': '7' }, 7_000],
    [{ 'x-ratelimit-reset': '2026-11-02T09:00:30Z' }, 30_000],
    [{ 'x-ratelimit-reset': String(NOW / 1_000 + 5) }, 5_000],
    [{ 'x-ratelimit-reset': String(NOW + 5_000) }, 5_000],
    [{ 'retry-after': '2', 'ratelimit-reset': '7' }, 2_000],
    [{ 'retry-after': '1e9' }, 0],
    [{ 'retry-after': '9999999' }, 24 * 3_600_000],
    [{}, undefined],
  ])('reads %j', (headers: Record<string, string>, expected) => {
    expect(readRetryAfter({ status: 429, headers }, NOW)).toBe(expected);
  });

  it('takes the reset of a good answer for no request to wait', () => {
    expect(readRetryAfter({ status: 503, headers: { 'ratelimit-reset': '7' } }, NOW)).toBeUndefined();
  });
});
