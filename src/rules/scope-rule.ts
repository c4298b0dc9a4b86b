/** Which scopes a field asks for, and whether a caller has them. */
import type { Scope } from '../auth/principal.ts';

/** All of these must hold, each by any one of its scopes; empty: every caller we know. */
export type ScopeRule = readonly (readonly Scope[])[];

export function holds(rule: ScopeRule, scopes: ReadonlySet<Scope>): boolean {
  return rule.every((clause) => isMet(clause, scopes));
}

/** The smallest set of scopes that is missing, for the message: for each clause that does not hold, its scopes. */
export function missing(rule: ScopeRule, scopes: ReadonlySet<Scope>): readonly Scope[] {
  return [...new Set(rule.filter((clause) => !isMet(clause, scopes)).flat())];
}

function isMet(clause: readonly Scope[], scopes: ReadonlySet<Scope>): boolean {
  return clause.some((scope) => scopes.has(scope));
}
