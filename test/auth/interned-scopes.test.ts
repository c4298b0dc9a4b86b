import { expect, it } from 'vitest';
import { internScopes } from '../../src/auth/interned-scopes.ts';

it('gives one object for the same scopes, in whatever order and however often they are named', () => {
  expect(internScopes(['b', 'a'])).toBe(internScopes(new Set(['a', 'b'])));
  expect(internScopes(['a', 'b', 'a'])).toBe(internScopes(['b', 'a']));
  expect(internScopes([])).toBe(internScopes([]));
});

it('gives different objects for different scopes, also where their texts run together', () => {
  expect(internScopes(['a', 'b'])).not.toBe(internScopes(['a']));
  expect(internScopes(['a,b'])).not.toBe(internScopes(['a', 'b']));
  expect([...internScopes(['a","b'])]).toEqual(['a","b']);
});

it('forgets the oldest of more than 1,000, and holds no more', () => {
  const first = internScopes(['first']);
  for (let made = 0; made < 1_000; made++) internScopes([`scope-${made}`]);
  const last = internScopes(['scope-999']);
  expect(internScopes(['scope-999'])).toBe(last);
  expect(internScopes(['first'])).not.toBe(first);
});
