/** What changes while an operation is executed. */
import type { GraphQLError } from 'graphql';
import type { Variables } from './argument-plan.ts';
import type { OpenWaits } from './open-waits.ts';
import type { OperationPlan } from './operation-plan.ts';

export interface Execution {
  plan: OperationPlan;
  rootValue: unknown;
  context: unknown;
  /** Coerced. */
  variables: Variables;
  /** Epoch milliseconds; undefined: it may take as long as it likes. */
  deadlineAt: number | undefined;
  errors: GraphQLError[];
  /** Promises that are waited for. */
  waiting: number;
  /** Called when there is none any more. */
  onIdle: (() => void) | undefined;
  /** Those of them that nothing else would end. */
  open: OpenWaits | undefined;
}

/** Resolves when nothing is waited for. */
export function idle(execution: Execution): Promise<void> {
  return new Promise((resolve) => {
    execution.onIdle = resolve;
  });
}

/** One promise less is waited for. */
export function done(execution: Execution): void {
  execution.waiting -= 1;
  if (execution.waiting > 0) return;
  execution.onIdle?.();
}
