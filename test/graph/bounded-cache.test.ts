import { describe, expect, it } from 'vitest';
import { createBoundedCache } from '../../src/graph/bounded-cache.ts';

const small = (maxBytes: number) => createBoundedCache<string, number>({ maxBytes, maxEntryBytes: maxBytes });

describe('a bounded cache', () => {
  it('gives what was kept for the same key, and nothing for another', () => {
    const cache = small(10);
    cache.set('a', 1, 1);
    expect([cache.get('a'), cache.get('b')]).toEqual([1, undefined]);
    cache.delete('a');
    expect([cache.get('a'), cache.bytes]).toEqual([undefined, 0]);
  });

  it('forgets what was used longest ago', () => {
    const cache = small(2);
    cache.set('a', 1, 1);
    cache.set('b', 2, 1);
    cache.get('a');
    cache.set('c', 3, 1);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  });

  it('keeps no more than it may, and counts a key that is set again once', () => {
    const cache = small(10);
    for (let again = 0; again < 5; again += 1) cache.set('a', again, 4);
    cache.set('b', 5, 4);
    expect([cache.get('a'), cache.get('b'), cache.bytes]).toEqual([4, 5, 8]);
    cache.set('c', 6, 4);
    expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.bytes]).toEqual([undefined, 5, 6, 8]);
  });

  it('does not keep what is more than one entry’s share, and no others go for it', () => {
    const cache = createBoundedCache<string, number>({ maxBytes: 80 });
    cache.set('a', 1, 10);
    cache.set('b', 2, 11);
    expect([cache.get('a'), cache.get('b')]).toEqual([1, undefined]);
    cache.set('a', 3, 11);
    expect([cache.get('a'), cache.bytes]).toEqual([undefined, 0]);
  });
});
