/** One vendor's share of the door: its places, its connections and its tries. */
import type { VendorConfig } from '../config/vendor.ts';
import { GatewayError } from '../errors.ts';
import { type AttemptCall, createAttempt } from './attempt.ts';
import type { CallScope, VendorAnswer, VendorRequest } from './call-scope.ts';
import { pause, startDeadline } from './deadline.ts';
import { createPool } from './pool.ts';
import { type Outcome, retryDelay } from './retry.ts';
import { createSlots, type Slots } from './slots.ts';
import { timedOut } from './transport-fault.ts';
import { createUrlGuard, type UrlGuard } from './url-guard.ts';

export interface LaneOptions {
  config: VendorConfig;
  endpoint: string;
  authorize: () => Record<string, string>;
  now: () => number;
}

export interface Lane extends AsyncDisposable {
  guard: UrlGuard;
  carry(call: AttemptCall): Promise<VendorAnswer>;
}

export function createLane({ config, endpoint, authorize, now }: LaneOptions): Lane {
  const { title, timeoutMs, limits, retry } = config;
  const pool = createPool({ origin: new URL(endpoint).origin, connections: limits.concurrency, timeoutMs });
  const slots = createSlots(limits);
  const attempt = createAttempt({ config, authorize, pool });

  return {
    guard: createUrlGuard(endpoint),
    async carry(call) {
      const { request, scope } = call;
      const client = clientOf(scope);
      let endsAt: number | undefined;
      for (let number = 1; ; number += 1) {
        const askedAt = performance.now();
        scope.signal.throwIfAborted();
        if (!slots.tryTake(client)) await waitForPlace(slots, title, request, scope, now);
        let outcome: Outcome;
        try {
          // The vendor's own time begins with the first try; waiting for a place is on the operation's account.
          endsAt ??= Math.min(now() + timeoutMs, scope.deadlineAt);
          outcome = await attempt(call, { number, askedAt, ms: endsAt - now() });
        } finally {
          slots.release(client);
        }
        if (request.access === 'write' || isGood(outcome)) return settle(outcome, call);
        const waitMs = retryDelay(outcome, { policy: retry, attempt: number, now: now(), random: Math.random() });
        if (waitMs === undefined || now() + waitMs >= endsAt) return settle(outcome, call);
        await pause(waitMs, scope.signal);
      }
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

/** Waits for a place as long as the whole operation has, and takes it. */
async function waitForPlace(
  slots: Slots,
  title: string,
  request: VendorRequest,
  scope: CallScope,
  now: () => number,
): Promise<void> {
  const client = clientOf(scope);
  if (!slots.hasRoom(client)) {
    const { vendor, operation } = request;
    const message = `Too many calls to ${title} are waiting already (${operation}).`;
    throw new GatewayError('VENDOR_RATE_LIMITED', message, { vendor, operation, retryable: true });
  }
  using deadline = startDeadline({
    caller: scope.signal,
    ms: scope.deadlineAt - now(),
    expired: () => timedOut(`The operation's time was over before ${title} had a free place`, request),
  });
  await slots.wait(client, deadline);
}

/** Whose turn it is. */
function clientOf({ client, principal }: CallScope): string {
  return client ?? principal;
}

/** What no policy tries again. */
function isGood(outcome: Outcome): boolean {
  return 'answer' in outcome && outcome.answer.status === 200;
}

function settle(outcome: Outcome, { request, onAnswer }: AttemptCall): VendorAnswer {
  if (!('answer' in outcome)) throw outcome.failure;
  onAnswer?.(request.vendor, outcome.answer);
  return outcome.answer;
}
