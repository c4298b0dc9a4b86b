import { describe, expect, it } from 'vitest';
import { createTextCache } from '../../src/graph/text-cache.ts';

describe('the cache by text', () => {
  it('gives what was kept for the same text, and nothing for another', () => {
    const cache = createTextCache<number>();
    cache.set('a', 1);
    expect(cache.get('a')).toBe(1);
    expect(cache.get('b')).toBeUndefined();
  });

  it('forgets what was used longest ago', () => {
    const cache = createTextCache<number>({ maxEntries: 2 });
    cache.set('a', 1);
    cache.set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  });

  it('keeps no more text than it may, and counts a text that is set again once', () => {
    const cache = createTextCache<number>({ maxCharacters: 10 });
    for (let again = 0; again < 5; again += 1) cache.set('aaaa', again);
    cache.set('bbbb', 5);
    expect([cache.get('aaaa'), cache.get('bbbb')]).toEqual([4, 5]);
    cache.set('cccc', 6);
    expect([cache.get('aaaa'), cache.get('bbbb'), cache.get('cccc')]).toEqual([undefined, 5, 6]);
  });

  it('does not keep what is larger than all of it', () => {
    const cache = createTextCache<number>({ maxCharacters: 3 });
    cache.set('aaaa', 1);
    expect(cache.get('aaaa')).toBeUndefined();
  });
});
