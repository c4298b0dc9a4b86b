/**
 * Executes a subscription's selection for one event, with loaders of its own, and shares the answer among all subscriptions
 * that would get the same: of one principal, with the same scopes, document and variables. A thousand readers of one stream
 * cost one execution, and one set of vendor calls. Shared for moments only: who comes back later reads what is so by then, and
 * an answer with errors is given to those who wait for it and to nobody else.
 */
import type { ExecutionResult } from 'graphql';
import type { Principal } from '../auth/principal.ts';
import { DEFAULT_QUOTAS } from '../config/quota-limits.ts';
import type { LoggedEvent } from '../events/log.ts';
import type { EventRow } from '../joins/event-row.ts';
import type { Quota } from '../quota/quota.ts';
import type { VendorCallRecord } from '../vendors/call-scope.ts';
import type { AccessPlan } from './access-plan.ts';
import type { Execute } from './compiled-execution.ts';
import { type GraphContext, vendorCallsOf } from './context.ts';
import { guardAnswer } from './guard-answer.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { Graph } from './schema.ts';

export interface PayloadOptions {
  graph: Graph;
  execute: Execute;
  quota: Quota;
}

/** What of a subscription stays the same from event to event. */
export interface PayloadRequest {
  facts: OperationFacts;
  operationName: string | null | undefined;
  field: string;
  variables: Readonly<Record<string, unknown>>;
  /** The same text for the same variables. */
  variablesKey: string;
}

export interface Payload {
  result: ExecutionResult;
  /** Vendor calls it took. */
  calls: readonly VendorCallRecord[];
}

/** At once where it is there already, or takes nothing that has to be waited for: most subscribers need no promise. */
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
  makeRow(event: LoggedEvent, cursor: string): EventRow;
  makeContext(): GraphContext;
}

export function createMakePayload(options: PayloadOptions): MakePayload {
  const shared = new Map<string, Shared>();
  const idOf = createPlanIds();
  return (request, { event, cursor }, { principal, makeRow, makeContext }) => {
    const plan = request.facts.planFor(principal.scopes);
    // The cursor names the event, the principal and the field.
    const key = `${cursor} ${idOf(plan)} ${request.variablesKey}`;
    const known = shared.get(key);
    if (known && performance.now() - known.since < SHARED_MS) return known.made;
    const made = makePayload(request, makeRow(event, cursor), plan, makeContext(), options);
    const entry: Shared = { made, since: performance.now() };
    // Made anew, it goes to the end of the line.
    shared.delete(key);
    shared.set(key, entry);
    forgetOldest(shared);
    const forget = () => void (shared.get(key) === entry && shared.delete(key));
    const keep = (payload: Payload): void => {
      entry.made = payload;
      if (payload.result.errors) forget();
    };
    if (made instanceof Promise) made.then(keep, forget);
    else keep(made);
    return made;
  };
}

interface Shared {
  made: Payload | Promise<Payload>;
  /** Milliseconds of the monotonic clock. */
  since: number;
}

/** Long enough for readers of one stream, which are mostly moments apart. */
const SHARED_MS = 10_000;
/** Readers of one stream are mostly a few events apart. */
const MOST_SHARED = 512;

/** A Map keeps the order in which they were made. Who still waits for a forgotten one gets it. */
function forgetOldest(shared: Map<string, unknown>): void {
  if (shared.size <= MOST_SHARED) return;
  const [oldest] = shared.keys();
  if (oldest !== undefined) shared.delete(oldest);
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

function makePayload(
  { facts, operationName, field, variables }: PayloadRequest,
  row: EventRow,
  plan: AccessPlan,
  context: GraphContext,
  { graph, execute, quota }: PayloadOptions,
): Payload | Promise<Payload> {
  const run = () =>
    execute({
      schema: graph.schema,
      document: plan.document,
      ...(operationName && { operationName }),
      variableValues: variables,
      rootValue: { [field]: row },
      contextValue: context,
    });
  const finish = (result: ExecutionResult): Payload => ({
    result: guarded(result, plan, context),
    calls: context.calls,
  });
  const charged = async (cost: number): Promise<Payload> => {
    const settle = await admitted(cost, context, quota);
    try {
      return finish(await run());
    } finally {
      settle?.(vendorCallsOf(context));
    }
  };
  const estimated = facts.cost(variables);
  if (estimated > 0) return charged(estimated);
  const result = run();
  return result instanceof Promise ? result.then(finish) : finish(result);
}

/**
 * An event is charged with the calls it takes, and is no request. Where the quota is used up it waits: the log keeps the events
 * meanwhile, and none is answered without what was asked for. What never fits goes through: it was admitted as an operation.
 */
async function admitted(
  cost: number,
  { principal: { client, kind, quota: limits = DEFAULT_QUOTAS[kind] } }: GraphContext,
  quota: Quota,
): Promise<((actual: number) => void) | undefined> {
  for (;;) {
    const admission = await quota.admit(client, limits, { cost, write: false, isEvent: true });
    if (admission.admitted) return admission.settle;
    const { retryAfterMs } = admission.refusal;
    if (retryAfterMs === undefined) return undefined;
    await new Promise((resolve) => setTimeout(resolve, Math.min(retryAfterMs, LONGEST_WAIT_MS)));
  }
}

const LONGEST_WAIT_MS = 1_000;

function guarded(result: ExecutionResult, { guard }: AccessPlan, context: GraphContext): ExecutionResult {
  const calls = vendorCallsOf(context);
  const cost = calls > 0 && { cost: { actual: calls } };
  if (!guard || !result.data) return { ...result, extensions: { ...cost } };
  const { data, errors, redacted } = guardAnswer(result.data, guard);
  const all = [...(result.errors ?? []), ...errors];
  return {
    data,
    ...(all.length > 0 && { errors: all }),
    extensions: { ...cost, ...(redacted.length > 0 && { redacted }) },
  };
}
