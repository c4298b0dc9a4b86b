/** Looks after every vendor that has a `reconcile:` block, each at its own pace, for as long as the gateway runs. */
import { setTimeout as wait } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import type { EventLog } from '../events/log.ts';
import type { Logger } from '../observe/log.ts';
import type { RestExecutor } from '../rest/executor.ts';
import { createReconciliation, type Reconciliation } from './pass.ts';
import type { ReconcilePlan } from './plan.ts';

export interface ReconcileCounters {
  /** Every pass once. `appended`: events no webhook had told of. */
  reconciled(vendor: string, result: 'done' | 'partial' | 'failed', appended: number): void;
}

export interface PollerOptions {
  plans: readonly ReconcilePlan[];
  eventLog: EventLog;
  rest: RestExecutor;
  log: Logger;
  counters: ReconcileCounters;
  /** @default Date.now */
  now?: () => number;
}

/** Disposing ends what is under way. */
export function startPoller(options: PollerOptions): AsyncDisposable {
  const { plans, eventLog, rest, now = Date.now } = options;
  const ending = new AbortController();
  const runs = plans.map((plan) => {
    const part = createReconciliation({ log: eventLog, rest, plan, now });
    return keepLooking(plan, part, options, ending.signal);
  });
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.all(runs);
    },
  };
}

async function keepLooking(
  plan: ReconcilePlan,
  part: Reconciliation,
  options: PollerOptions,
  signal: AbortSignal,
): Promise<void> {
  // The first early, for the gateway may have been away; never all gateways of a company at once.
  let waitMs = plan.everyMs * (0.5 + Math.random() / 2);
  while (await slept(waitMs, signal)) {
    await look(plan, part, options, signal);
    waitMs = plan.everyMs * (0.9 + Math.random() / 5);
  }
}

async function look(
  { vendor }: ReconcilePlan,
  part: Reconciliation,
  { log, counters }: PollerOptions,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { listed, appended, isWhole } = await part.pass(signal);
    counters.reconciled(vendor, isWhole ? 'done' : 'partial', appended);
    if (appended > 0)
      log.warn({ vendor, listed, appended }, 'changes came without a webhook; events were made of them');
    if (!isWhole) log.warn({ vendor, listed }, 'more changed than one look takes; the next goes on');
  } catch (error) {
    if (signal.aborted) return;
    counters.reconciled(vendor, 'failed', 0);
    // The message of any other error may quote what the vendor answered.
    const reason = error instanceof GatewayError ? error.code : error instanceof Error ? error.name : typeof error;
    // A company may try its graph out before it has every vendor's credential.
    const level = reason === 'CONNECTION_MISSING' ? 'debug' : 'warn';
    log[level]({ vendor, reason }, 'could not look for changes without a webhook; tried again later');
  }
}

/** False: the end came. */
async function slept(ms: number, signal: AbortSignal): Promise<boolean> {
  return wait(ms, true, { signal, ref: false }).catch(() => false);
}
