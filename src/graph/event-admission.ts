/**
 * An event is charged with the calls it takes, and is no request. Where the quota is used up it waits: the log keeps the events
 * meanwhile, and none is answered without what was asked for. What never fits goes through: it was admitted as an operation.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '../auth/principal.ts';
import { DEFAULT_QUOTAS } from '../config/quota-limits.ts';
import type { Quota } from '../quota/quota.ts';

const LONGEST_WAIT_MS = 1_000;

/** Resolves with what is to be told how many calls it took. Rejects when `unwanted` aborts: nobody waits for the answer any more. */
export async function admitEvent(
  cost: number,
  { client, kind, quota: limits = DEFAULT_QUOTAS[kind] }: Principal,
  quota: Quota,
  unwanted: AbortSignal,
): Promise<((actualCost: number) => void) | undefined> {
  for (;;) {
    const admission = await quota.admit(client, limits, { cost, write: false, isEvent: true });
    if (admission.admitted && unwanted.aborted) admission.settle(0);
    unwanted.throwIfAborted();
    if (admission.admitted) return admission.settle;
    const { retryAfterMs } = admission.refusal;
    if (retryAfterMs === undefined) return undefined;
    await sleep(Math.min(retryAfterMs, LONGEST_WAIT_MS), undefined, { signal: unwanted });
  }
}
