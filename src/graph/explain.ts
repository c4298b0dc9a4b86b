/** `extensions.explain`: which vendor calls an answer took, and how many had to wait for one another. */
import type { VendorCallRecord } from '../vendors/call-scope.ts';

export interface Explanation {
  vendorCalls: ExplainedCall[];
  /** The longest chain of calls in which each was asked for after the one before had ended. */
  waves: number;
  /** Calls that left for a vendor, every try counted. */
  cost: number;
}

interface ExplainedCall {
  vendor: string;
  operation: string;
  method: string;
  status: number | null;
  ms: number;
  keys: number;
  cached: boolean;
  attempt: number;
}

export function explain(calls: readonly VendorCallRecord[]): Explanation {
  const sent = calls.filter((call) => !call.cached);
  return {
    vendorCalls: calls.map(({ vendor, operation, method, status, startedAt, endedAt, keys, cached, attempt }) => ({
      vendor,
      operation,
      method,
      status,
      ms: Math.round((endedAt - startedAt) * 10) / 10,
      keys,
      cached,
      attempt,
    })),
    waves: longestChain(sent),
    cost: sent.length,
  };
}

/**
 * In order of time, a wave lasts from the first call that was asked for when none of the wave before was left to wait for, to
 * the first end among its own: what is asked for later may have waited for that answer. Waiting for a place is no chain.
 */
function longestChain(calls: readonly VendorCallRecord[]): number {
  const byAsking = calls.toSorted((a, b) => a.askedAt - b.askedAt);
  let waves = 0;
  let firstEnd = Number.NEGATIVE_INFINITY;
  for (const { askedAt, endedAt } of byAsking) {
    if (askedAt >= firstEnd) {
      waves += 1;
      firstEnd = endedAt;
    } else {
      firstEnd = Math.min(firstEnd, endedAt);
    }
  }
  return waves;
}
