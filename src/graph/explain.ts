/** `extensions.explain`: which vendor calls an answer took, and how many had to wait for one another. */
import type { VendorCallRecord } from '../vendors/call-scope.ts';

export interface Explanation {
  vendorCalls: ExplainedCall[];
  /** The longest chain of calls in which each began after the one before had ended. */
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
 * In order of time, a wave lasts from the first call that finds none of the wave before in flight to the first end among
 * its own: what starts later may have waited for that answer.
 */
function longestChain(calls: readonly VendorCallRecord[]): number {
  const byStart = calls.toSorted((a, b) => a.startedAt - b.startedAt);
  let waves = 0;
  let firstEnd = Number.NEGATIVE_INFINITY;
  for (const { startedAt, endedAt } of byStart) {
    if (startedAt >= firstEnd) {
      waves += 1;
      firstEnd = endedAt;
    } else {
      firstEnd = Math.min(firstEnd, endedAt);
    }
  }
  return waves;
}
