/**
 * Executes a subscription's selection for one event, with loaders of its own, and shares the answer among all subscriptions
 * that would get the same: of one principal, with the same scopes, document and variables. A thousand readers of one stream
 * cost one execution, and one set of vendor calls.
 */
import type { ExecutionResult } from 'graphql';
import type { Principal } from '../auth/principal.ts';
import { DEFAULT_QUOTAS } from '../config/quota-limits.ts';
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

export type MakePayload = (
  request: PayloadRequest,
  row: EventRow,
  /** The caller as of now, and a context for it. */
  caller: { principal: Principal; makeContext(): GraphContext },
) => Promise<Payload>;

export function createMakePayload(options: PayloadOptions): MakePayload {
  const shared = new Map<string, Promise<Payload>>();
  const idOf = createPlanIds();
  return (request, row, { principal, makeContext }) => {
    const plan = request.facts.planFor(principal.scopes);
    // The cursor names the event, the principal and the field.
    const key = `${row.cursor} ${idOf(plan)} ${request.variablesKey}`;
    const known = shared.get(key);
    if (known) return known;
    const made = makePayload(request, row, plan, makeContext(), options);
    shared.set(key, made);
    forgetOldest(shared);
    return made;
  };
}

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

async function makePayload(
  { facts, operationName, field, variables }: PayloadRequest,
  row: EventRow,
  plan: AccessPlan,
  context: GraphContext,
  { graph, execute, quota }: PayloadOptions,
): Promise<Payload> {
  const estimated = facts.cost(variables);
  const settle = estimated > 0 ? await admitted(estimated, context, quota) : undefined;
  try {
    const result = await execute({
      schema: graph.schema,
      document: plan.document,
      ...(operationName && { operationName }),
      variableValues: variables,
      rootValue: { [field]: row },
      contextValue: context,
    });
    return { result: guarded(result, plan, context), calls: context.calls };
  } finally {
    settle?.(vendorCallsOf(context));
  }
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
