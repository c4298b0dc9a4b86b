/** Executes a subscription's selection for one event, and does to the answer what the caller's rights ask for. */
import type { ExecutionResult } from 'graphql';
import type { EventRow } from '../joins/event-row.ts';
import type { VendorCallRecord } from '../vendors/call-scope.ts';
import type { AccessPlan } from './access-plan.ts';
import { type GraphContext, vendorCallsOf } from './context.ts';
import { guardAnswer } from './guard-answer.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { Execute } from './planned-execution.ts';
import type { Graph } from './schema.ts';

/** What of a subscription stays the same from event to event. */
export interface PayloadRequest {
  facts: OperationFacts;
  operationName: string | null | undefined;
  field: string;
  variables: Readonly<Record<string, unknown>>;
  /** The same text where the variables make no difference to the answer. */
  variablesKey: string;
}

export interface Payload {
  result: ExecutionResult;
  /** Vendor calls it took. */
  calls: readonly VendorCallRecord[];
}

export interface EventExecution {
  plan: AccessPlan;
  row: EventRow;
  /** Loaders, deadline and record of its own. */
  context: GraphContext;
}

/** At once where it takes nothing that has to be waited for. */
export function executeEvent(
  { operationName, field, variables }: PayloadRequest,
  { plan, row, context }: EventExecution,
  { graph, execute }: { graph: Graph; execute: Execute },
): Payload | Promise<Payload> {
  const result = execute({
    schema: graph.schema,
    document: plan.document,
    ...(operationName && { operationName }),
    variableValues: variables,
    rootValue: { [field]: row },
    contextValue: context,
  });
  const finish = (one: ExecutionResult): Payload => ({ result: guarded(one, plan, context), calls: context.calls });
  return result instanceof Promise ? result.then(finish) : finish(result);
}

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
