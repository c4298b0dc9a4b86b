import { expect, it } from 'vitest';
import { holds, missing, type ScopeRule } from '../../src/rules/scope-rule.ts';

const RULE: ScopeRule = [['hubspot:read', 'stripe:read'], ['pii:read']];

it('holds when each clause has one of its scopes', () => {
  expect(holds(RULE, new Set(['stripe:read', 'pii:read']))).toBe(true);
  expect(holds(RULE, new Set(['hubspot:read', 'stripe:read']))).toBe(false);
  expect(holds(RULE, new Set(['pii:read']))).toBe(false);
});

it('lets everybody in when it asks for nothing, and nobody when a clause has no scope', () => {
  expect(holds([], new Set())).toBe(true);
  expect(holds([[]], new Set(['hubspot:read']))).toBe(false);
});

it('names the scopes of the clauses that do not hold, each once', () => {
  expect(missing(RULE, new Set(['stripe:read']))).toEqual(['pii:read']);
  expect(missing([...RULE, ['hubspot:read']], new Set())).toEqual(['hubspot:read', 'stripe:read', 'pii:read']);
  expect(missing(RULE, new Set(['hubspot:read', 'pii:read']))).toEqual([]);
});
