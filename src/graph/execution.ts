/**
 * One execution of a planned operation, as the GraphQL specification (section 6) wants it and graphql-js does it. Fields that
 * need nothing from afar are answered at once, the others as soon as what they wait for is there; the answer is whole when
 * nothing is waited for any more. Values are written where they belong: no promise is made around another.
 *
 * No type of a composed graph has `isTypeOf`, and none finds its type by a promise: neither is looked for.
 */
import {
  defaultTypeResolver,
  type ExecutionResult,
  GraphQLError,
  type GraphQLObjectType,
  isAbstractType,
  isObjectType,
  locatedError,
} from 'graphql';
import type { Variables } from './argument-plan.ts';
import type { FieldPlan, SelectionPlan, ValuePlan } from './field-plan.ts';
import type { OperationPlan } from './operation-plan.ts';
import { giveUp, type Holder, isLost, Place, pathTo } from './place.ts';
import { ResolveInfo } from './resolve-info.ts';

export interface ExecutionRequest {
  plan: OperationPlan;
  rootValue: unknown;
  context: unknown;
  /** Coerced. */
  variables: Variables;
}

/** What changes while it goes on. */
interface Execution extends ExecutionRequest {
  errors: GraphQLError[];
  /** Promises that are waited for. */
  waiting: number;
  /** Called when there is none any more. */
  onIdle: (() => void) | undefined;
}

/** Never throws, never rejects: what goes wrong is an error of the result. */
export function executePlan({
  plan,
  rootValue,
  context,
  variables,
}: ExecutionRequest): ExecutionResult | Promise<ExecutionResult> {
  const execution: Execution = { plan, rootValue, context, variables, errors: [], waiting: 0, onIdle: undefined };
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

function idle(execution: Execution): Promise<void> {
  return new Promise((resolve) => {
    execution.onIdle = resolve;
  });
}

/** Throws, located, what goes wrong with a field that may not be null. */
function completeFields(execution: Execution, { fields, template }: SelectionPlan, row: unknown, place: Place): Holder {
  const answer: Holder = { ...template };
  for (const field of fields) answer[field.key] = completeField(execution, field, row, answer, place);
  return answer;
}

/** What stands at `answer[field.key]` for now: null where a promise is waited for. `place`: of `answer`. */
function completeField(execution: Execution, field: FieldPlan, row: unknown, answer: Holder, place: Place): unknown {
  try {
    const value = resolveField(execution, field, row, place);
    if (!isPromise(value)) return completeValue(execution, value, field, field.value, answer, field.key, place);
    wait(execution, value, field, field.value, answer, field.key, place);
    return null;
  } catch (error) {
    return nullOrThrow(execution, error, field, field.value, field.key, place);
  }
}

function resolveField(execution: Execution, field: FieldPlan, row: unknown, place: Place): unknown {
  const { resolve, readArguments, name } = field;
  if (resolve) {
    const args = readArguments(execution.variables);
    return resolve(row, args, execution.context, new ResolveInfo(execution, field, place));
  }
  if (typeof row !== 'object' || row === null) return undefined;
  const property: unknown = row[name as keyof typeof row];
  if (typeof property !== 'function') return property;
  const args = readArguments(execution.variables);
  return property.call(row, args, execution.context, new ResolveInfo(execution, field, place));
}

/** `plan`: the field's, or that of the items of its list. The value goes to `answer[key]`; `place` is that of `answer`. */
function completeValue(
  execution: Execution,
  value: unknown,
  field: FieldPlan,
  plan: ValuePlan,
  answer: Holder,
  key: string | number,
  place: Place,
): unknown {
  if (value instanceof Error) throw value;
  if (value === null || value === undefined) {
    if (plan.isNonNull) throw new Error(`Cannot return null for non-nullable field ${coordinate(field)}.`);
    return null;
  }
  if (plan.kind === 'leaf') return completeLeaf(value, field, plan);
  const own = new Place(place, answer, key, typeof key === 'string' ? field : undefined, plan.isNonNull);
  try {
    if (plan.kind === 'list') return completeList(execution, value, field, plan, own);
    const type = typeOf(execution, value, field, plan, place);
    return completeFields(execution, execution.plan.selectionOf(field, plan, type), value, own);
  } catch (error) {
    own.isGone = true;
    throw error;
  }
}

function completeLeaf(value: unknown, field: FieldPlan, { type, serialize }: ValuePlan): unknown {
  const leaf = serialize(value);
  if (leaf === null || leaf === undefined) throw new Error(`${type} has no text for what ${coordinate(field)} is.`);
  return leaf;
}

function completeList(
  execution: Execution,
  rows: unknown,
  field: FieldPlan,
  { item }: ValuePlan,
  own: Place,
): readonly unknown[] {
  if (!isIterable(rows)) {
    throw new GraphQLError(`Expected Iterable, but did not find one for field "${coordinate(field)}".`);
  }
  const items: readonly unknown[] = Array.isArray(rows) ? rows : [...rows];
  const list: unknown[] = [];
  // A list holds by position what an object holds by name.
  const answer = list as unknown as Holder;
  try {
    for (let index = 0; index < items.length; index += 1) {
      // Lists are planned with their items.
      list.push(completeItem(execution, items[index], field, item as ValuePlan, answer, index, own));
    }
  } catch (error) {
    abandon(items);
    throw error;
  }
  return list;
}

function completeItem(
  execution: Execution,
  row: unknown,
  field: FieldPlan,
  plan: ValuePlan,
  answer: Holder,
  index: number,
  place: Place,
): unknown {
  try {
    if (!isPromise(row)) return completeValue(execution, row, field, plan, answer, index, place);
    wait(execution, row, field, plan, answer, index, place);
    return null;
  } catch (error) {
    return nullOrThrow(execution, error, field, plan, index, place);
  }
}

function typeOf(
  execution: Execution,
  row: unknown,
  field: FieldPlan,
  { type }: ValuePlan,
  place: Place,
): GraphQLObjectType {
  // What is neither a leaf nor a list nor abstract is an object.
  if (!isAbstractType(type)) return type as GraphQLObjectType;
  const { schema } = execution.plan;
  const resolveType = type.resolveType ?? defaultTypeResolver;
  const name = resolveType(row, execution.context, new ResolveInfo(execution, field, place), type);
  const found = typeof name === 'string' ? schema.getType(name) : undefined;
  if (isObjectType(found) && schema.isSubType(type, found)) return found;
  throw new GraphQLError(`A row of ${coordinate(field)} is of no type that ${type.name} can be.`);
}

/** For a field or an item that failed: what goes wrong is told, and null stands there, if it may. */
function nullOrThrow(
  execution: Execution,
  error: unknown,
  { nodes }: FieldPlan,
  { isNonNull }: ValuePlan,
  key: string | number,
  place: Place,
): null {
  const located = locatedError(error, nodes, pathTo(place, key));
  if (isNonNull) throw located;
  execution.errors.push(located);
  return null;
}

/** Completes it when it is there, unless nobody would see it any more. */
function wait(
  execution: Execution,
  promise: PromiseLike<unknown>,
  field: FieldPlan,
  plan: ValuePlan,
  answer: Holder,
  key: string | number,
  place: Place,
): void {
  const late = (error: unknown): void => {
    try {
      nullOrThrow(execution, error, field, plan, key, place);
    } catch (located) {
      execution.errors.push(located as GraphQLError);
      giveUp(place);
    }
  };
  execution.waiting += 1;
  promise.then(
    (value) => {
      if (isLost(place)) abandon(value);
      else {
        try {
          answer[key] = completeValue(execution, value, field, plan, answer, key, place);
        } catch (error) {
          late(error);
        }
      }
      done(execution);
    },
    (error: unknown) => {
      if (!isLost(place)) late(error);
      done(execution);
    },
  );
}

/** What nobody will see may fail: a rejection that nobody listens to would end the process. */
function abandon(value: unknown): void {
  if (isPromise(value)) value.then(abandon, () => {});
  else if (isIterable(value)) for (const item of value) abandon(item);
}

function done(execution: Execution): void {
  execution.waiting -= 1;
  if (execution.waiting > 0) return;
  execution.onIdle?.();
}

function coordinate({ parentType, name }: FieldPlan): string {
  return `${parentType.name}.${name}`;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
