/**
 * One look at what a vendor says has changed. How far it got stands in the log as a named consumer, whose time of the last move
 * is what counts: where a restart begins again, so that an outage of ours between two looks hides nothing.
 */
import { randomUUID } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import type { EventLog, Position } from '../events/log.ts';
import type { RestExecutor } from '../rest/executor.ts';
import type { CallScope } from '../vendors/call-scope.ts';
import { type Change, listChanges } from './changes.ts';
import { knownTimes } from './known-times.ts';
import { makeDelivery } from './made-delivery.ts';
import type { ReconcilePlan } from './plan.ts';
import { RECONCILIATION } from './principal.ts';

export interface PassOptions {
  log: EventLog;
  rest: RestExecutor;
  plan: ReconcilePlan;
  now(): number;
}

export interface PassResult {
  listed: number;
  /** Of those nobody had told. */
  appended: number;
  /** False: more is listed than one pass takes; the next goes on. */
  isWhole: boolean;
}

export interface Reconciliation {
  /** Rejects when the vendor or the log does not answer; the next one makes up for it. */
  pass(signal: AbortSignal): Promise<PassResult>;
}

/** Looked at twice: the vendor's clock may be behind ours, its list late, the last look long. */
const OVERLAP_MS = 600_000;
const PASS_MS = 60_000;
/** Some vendors write webhooks' times in whole seconds. */
const PRECISION_MS = 999;

/** Begins where the last one of this log ended; in a log that saw none, now. */
export function createReconciliation({ log, rest, plan, now }: PassOptions): Reconciliation {
  const { vendor, settleMs } = plan;
  const behind = settleMs + OVERLAP_MS;
  const startedAt = now();
  let place: { since: number; floor: number; position: Position | undefined } | undefined;
  const begin = async () => {
    const last = await log.consumer(RECONCILIATION, vendor);
    // Nothing was promised of the time before the first start.
    const floor = last === undefined ? startedAt - PRECISION_MS : Number.NEGATIVE_INFINITY;
    return { since: (last?.updatedAt ?? startedAt) - behind, floor, position: last?.position };
  };

  return {
    async pass(signal) {
      place ??= await begin();
      const { since, floor } = place;
      const at = now();
      const head = await log.head();
      const { changes, listed, readTo } = await listChanges(rest, plan, since, scopeOf(plan, signal, at));
      const settled = changes.filter(({ time }) => time > since && time >= floor && time <= at - settleMs);
      const appended = await appendMissing({ log, plan, now }, settled);
      if (readTo !== undefined) place.since = Math.max(since, readTo - 1);
      else {
        // An idle log is not woken for nothing.
        if (head !== place.position) await log.commitConsumer(RECONCILIATION, vendor, head);
        place = { since: at - behind, floor, position: head };
      }
      return { listed, appended, isWhole: readTo === undefined };
    },
  };
}

async function appendMissing(
  { log, plan, now }: Omit<PassOptions, 'rest'>,
  changes: readonly Change[],
): Promise<number> {
  if (changes.length === 0) return 0;
  const known = await knownTimes(log, plan, changes);
  let appended = 0;
  for (const change of changes) {
    if ((known.get(change.id) ?? Number.NEGATIVE_INFINITY) >= change.time - PRECISION_MS) continue;
    const { events } = await log.append(makeDelivery(plan, change, now()));
    if (events.some(({ outcome }) => outcome === 'stored')) appended += 1;
  }
  return appended;
}

/** Reads of this vendor and nothing else, for nobody in particular. */
function scopeOf({ vendor }: ReconcilePlan, signal: AbortSignal, at: number): CallScope {
  return {
    requestId: `reconciliation-${randomUUID()}`,
    principal: RECONCILIATION,
    signal,
    deadlineAt: at + PASS_MS,
    authorize(asked, access) {
      if (asked === vendor && access === 'read') return;
      throw new GatewayError('SCOPE_MISSING', `Reconciliation only reads from ${vendor}.`, {
        vendor,
        retryable: false,
      });
    },
    reads: new Map(),
    record() {},
  };
}
