import { describe, expect, it } from 'vitest';
import { createRateWindow } from '../../src/sandbox/rate-window.ts';

describe('a rate window', () => {
  it('allows the limit, refuses the rest, and starts anew when it ends', () => {
    let now = 1_000;
    const window = createRateWindow({ limit: 2, windowMs: 500, now: () => now });
    expect(window.take('a')).toEqual({ allowed: true, limit: 2, remaining: 1, resetMs: 500 });
    now = 1_200;
    expect(window.take('a')).toEqual({ allowed: true, limit: 2, remaining: 0, resetMs: 300 });
    expect(window.take('a')).toEqual({ allowed: false, limit: 2, remaining: 0, resetMs: 300 });
    now = 1_499;
    expect(window.take('a').allowed).toBe(false);
    now = 1_500;
    expect(window.take('a')).toEqual({ allowed: true, limit: 2, remaining: 1, resetMs: 500 });
  });

  it('counts each key by itself', () => {
    const window = createRateWindow({ limit: 1, windowMs: 500, now: () => 0 });
    expect([window.take('a').allowed, window.take('b').allowed, window.take('a').allowed]).toEqual([true, true, false]);
  });
});
