import { expect, it } from 'vitest';
import { internScopes } from '../../src/auth/interned-scopes.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { createRecentTokens } from '../../src/auth/recent-tokens.ts';
import { clock, NOW } from './kit.ts';

const principal: Principal = { id: 'jwt:web:user-17', client: 'web', kind: 'frontend', scopes: internScopes([]) };

it('holds 10,000 tokens, and forgets the one asked for longest ago', () => {
  const recent = createRecentTokens(clock().now);
  for (let made = 0; made < 10_000; made++) recent.keep(`token-${made}`, principal, NOW + 1_000);
  expect(recent.find('token-0')).toBe(principal);
  recent.keep('one-more', principal, NOW + 1_000);
  expect(recent.find('token-1')).toBeUndefined();
  expect([recent.find('token-0'), recent.find('token-2'), recent.find('one-more')]).toEqual(Array(3).fill(principal));
});
