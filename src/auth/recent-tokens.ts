/** JWTs verified a moment ago, so that a token costs one signature check a minute and not one for each request. */
import type { Digest } from './digest.ts';
import type { Principal } from './principal.ts';

/** Callers with different tokens within a minute; of more, those asked for longest ago are verified again. */
const MAX_TOKENS = 10_000;
const KEEP_MS = 60_000;

export interface RecentTokens {
  find(digest: Digest): Principal | undefined;
  /** Kept until `validUntil`, epoch milliseconds, but at most a minute. */
  keep(digest: Digest, principal: Principal, validUntil: number): void;
}

/** Tokens are known by digest; none is held. */
export function createRecentTokens(now: () => number): RecentTokens {
  const known = new Map<Digest, { principal: Principal; until: number }>();
  return {
    find(digest) {
      const entry = known.get(digest);
      if (entry === undefined) return undefined;
      // To the end of the line: the first of a Map is the one to go.
      known.delete(digest);
      if (entry.until <= now()) return undefined;
      known.set(digest, entry);
      return entry.principal;
    },
    keep(digest, principal, validUntil) {
      if (known.size >= MAX_TOKENS) {
        const { value: oldest } = known.keys().next();
        if (oldest !== undefined) known.delete(oldest);
      }
      known.set(digest, { principal, until: Math.min(validUntil, now() + KEEP_MS) });
    },
  };
}
