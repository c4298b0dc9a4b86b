/** One object for each content, so that what was worked out for a set of scopes is found again by identity. */
import type { Scope } from './principal.ts';

/** More sets than any folder needs: one for each client, and for each choice of scopes its tokens make. */
const MAX_SETS = 1_000;

const sets = new Map<string, ReadonlySet<Scope>>();

/** The same object for the same scopes in whatever order; of more than 1,000 contents the one made first is forgotten. */
export function internScopes(scopes: Iterable<Scope>): ReadonlySet<Scope> {
  const sorted = [...new Set(scopes)].sort();
  const content = JSON.stringify(sorted);
  const known = sets.get(content);
  if (known) return known;
  if (sets.size >= MAX_SETS) {
    const { value: oldest } = sets.keys().next();
    if (oldest !== undefined) sets.delete(oldest);
  }
  const fresh = new Set(sorted);
  sets.set(content, fresh);
  return fresh;
}
