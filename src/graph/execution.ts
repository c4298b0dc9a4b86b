/**
 * One execution of a planned operation, as the GraphQL specification (section 6) wants it and graphql-js does it. Fields that
 * need nothing from afar are answered at once, the others as soon as what they wait for is there; the answer is whole when
 * nothing is waited for any more. Values are written where they belong: no promise is made around another.
 *
 * No type of a composed graph has `isTypeOf`, and none finds its type by a promise: neither is looked for.
 */
import type { ExecutionResult, GraphQLError } from 'graphql';
import { completeField } from './completion.ts';
import { type Execution, idle } from './execution-state.ts';
import type { FieldPlan } from './field-plan.ts';
import { giveUp, type Holder, Place } from './place.ts';

export type ExecutionRequest = Pick<Execution, 'plan' | 'rootValue' | 'context' | 'variables' | 'deadlineAt'>;

/** Never throws, never rejects: what goes wrong is an error of the result. */
export function executePlan({
  plan,
  rootValue,
  context,
  variables,
  deadlineAt,
}: ExecutionRequest): ExecutionResult | Promise<ExecutionResult> {
  const execution: Execution = {
    plan,
    rootValue,
    context,
    variables,
    deadlineAt,
    errors: [],
    waiting: 0,
    onIdle: undefined,
    open: undefined,
  };
  const result: Holder = { data: { ...plan.root.template } };
  const place = new Place(undefined, result, 'data', undefined, false);
  const isSerial = plan.operation.operation === 'mutation';
  const end = isSerial ? completeInTurn(execution, place) : completeAtOnce(execution, place);
  return end ? end.then(() => resultOf(execution, result)) : resultOf(execution, result);
}

function resultOf({ errors }: Execution, { data }: Holder): ExecutionResult {
  // Written by this execution alone, as the fields of the root type.
  const written = data as Record<string, unknown> | null;
  return errors.length === 0 ? { data: written } : { errors, data: written };
}

function completeAtOnce(execution: Execution, place: Place): Promise<void> | undefined {
  for (const field of execution.plan.root.fields) {
    completeRootField(execution, field, place);
    if (place.isGone) break;
  }
  return execution.waiting === 0 ? undefined : idle(execution);
}

/** A mutation's fields, each when the one before it is answered to the last leaf. */
async function completeInTurn(execution: Execution, place: Place): Promise<void> {
  for (const field of execution.plan.root.fields) {
    completeRootField(execution, field, place);
    if (execution.waiting > 0) await idle(execution);
    if (place.isGone) break;
  }
}

function completeRootField(execution: Execution, field: FieldPlan, place: Place): void {
  // The place was made around it.
  const answer = place.holder[place.key] as Holder;
  try {
    answer[field.key] = completeField(execution, field, execution.rootValue, answer, place);
  } catch (error) {
    // A field throws what `locatedError` made. There is nothing around the answer that could take it up.
    execution.errors.push(error as GraphQLError);
    giveUp(place);
  }
}
