/** Whether and when a read is tried again: exponential back-off with full jitter, unless the vendor names the time. */
import type { VendorConfig } from '../config/vendor.ts';
import { GatewayError } from '../errors.ts';
import type { VendorAnswer } from './call-scope.ts';
import { readRetryAfter } from './retry-after.ts';

export type Outcome = { answer: VendorAnswer } | { failure: unknown };

export interface RetryContext {
  policy: VendorConfig['retry'];
  /** 1 for the first try. */
  attempt: number;
  now: number;
  /** In [0, 1). */
  random: number;
}

/** Milliseconds until the next try; undefined when this outcome stands. */
export function retryDelay(outcome: Outcome, { policy, attempt, now, random }: RetryContext): number | undefined {
  if (attempt >= policy.attempts || !isWorthAnotherTry(outcome, policy)) return undefined;
  const asked = 'answer' in outcome ? readRetryAfter(outcome.answer, now) : undefined;
  const ceiling = Math.min(policy.maxMs, policy.baseMs * 2 ** (attempt - 1));
  return Math.max(asked ?? 0, random * ceiling);
}

/** A timeout has used up the time another try would need; a lost connection has not. */
function isWorthAnotherTry(outcome: Outcome, policy: VendorConfig['retry']): boolean {
  if ('answer' in outcome) return policy.statuses.includes(outcome.answer.status);
  return outcome.failure instanceof GatewayError && outcome.failure.code === 'VENDOR_DOWN';
}
