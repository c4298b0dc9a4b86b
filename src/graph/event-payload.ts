/**
 * The answer to a subscription for one event, shared among all subscriptions that would get the same: of one principal, with
 * the same scopes, document and variables. A thousand readers of one stream cost one execution, and one set of vendor calls.
 */
import type { Principal } from '../auth/principal.ts';
import type { LoggedEvent } from '../events/log.ts';
import type { EventRow } from '../joins/event-row.ts';
import type { Quota } from '../quota/quota.ts';
import type { AccessPlan } from './access-plan.ts';
import { type GraphContext, vendorCallsOf } from './context.ts';
import { admitEvent } from './event-admission.ts';
import { executeEvent, type Payload, type PayloadRequest } from './event-execution.ts';
import type { Execute } from './planned-execution.ts';
import type { Graph } from './schema.ts';
import { createSharedPayloads } from './shared-payloads.ts';

export interface PayloadOptions {
  graph: Graph;
  execute: Execute;
  quota: Quota;
}

/**
 * At once where it is there already, or takes nothing that has to be waited for: most subscribers need no promise. Rejects when
 * the caller leaves.
 */
export type MakePayload = (
  request: PayloadRequest,
  item: EventItem,
  caller: PayloadCaller,
) => Payload | Promise<Payload>;

export interface EventItem {
  event: LoggedEvent;
  cursor: string;
}

/** Who gets it, and what it takes to make it if nobody has yet. */
export interface PayloadCaller {
  /** As of now. */
  principal: Principal;
  /** Aborts when the caller leaves. */
  leaving: AbortSignal;
  makeRow(event: LoggedEvent, cursor: string): EventRow;
  /** `unwanted`: aborts when nobody waits for the answer any more. Its deadline begins now. */
  makeContext(principal: Principal, unwanted: AbortSignal): GraphContext;
}

export function createMakePayload(options: PayloadOptions): MakePayload {
  const shared = createSharedPayloads();
  const idOf = createPlanIds();
  return (request, item, caller) => {
    const plan = request.facts.planFor(caller.principal.scopes);
    // The cursor names the event, the principal and the field.
    const key = `${item.cursor} ${idOf(plan)} ${request.variablesKey}`;
    return shared.get(key, caller.leaving, (unwanted) =>
      makePayload(request, item, { ...caller, plan, unwanted }, options),
    );
  };
}

function createPlanIds(): (plan: AccessPlan) => number {
  const ids = new WeakMap<AccessPlan, number>();
  let last = 0;
  return (plan) => {
    const id = ids.get(plan) ?? ++last;
    ids.set(plan, id);
    return id;
  };
}

interface Making extends PayloadCaller {
  plan: AccessPlan;
  unwanted: AbortSignal;
}

function makePayload(
  request: PayloadRequest,
  { event, cursor }: EventItem,
  { principal, plan, unwanted, makeRow, makeContext }: Making,
  options: PayloadOptions,
): Payload | Promise<Payload> {
  const run = (context: GraphContext) => executeEvent(request, { plan, row: makeRow(event, cursor), context }, options);
  const charged = async (cost: number): Promise<Payload> => {
    const settle = await admitEvent(cost, principal, options.quota, unwanted);
    // Not before: the time an event waited for its quota is not taken from its vendors.
    const context = makeContext(principal, unwanted);
    try {
      return await run(context);
    } finally {
      settle?.(vendorCallsOf(context));
    }
  };
  const estimated = request.facts.cost(request.variables);
  return estimated > 0 ? charged(estimated) : run(makeContext(principal, unwanted));
}
