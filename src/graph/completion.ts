/**
 * From what a field resolves to, to what the answer shows: the GraphQL specification's "Executing fields" and "Value completion".
 * What can be answered at once is; what has to be waited for is written to its place when it is there.
 */
import {
  defaultTypeResolver,
  GraphQLError,
  type GraphQLObjectType,
  isAbstractType,
  isObjectType,
  locatedError,
} from 'graphql';
import { done, type Execution } from './execution-state.ts';
import type { FieldPlan, SelectionPlan, ValuePlan } from './field-plan.ts';
import { OpenWaits } from './open-waits.ts';
import { giveUp, type Holder, isLost, Place, pathTo } from './place.ts';
import { abandon, isIterable, isPromise } from './promised.ts';
import { ResolveInfo } from './resolve-info.ts';

/** Throws, located, what goes wrong with a field that may not be null. */
function completeFields(execution: Execution, { fields, template }: SelectionPlan, row: unknown, place: Place): Holder {
  const answer: Holder = { ...template };
  for (const field of fields) answer[field.key] = completeField(execution, field, row, answer, place);
  return answer;
}

/** What stands at `answer[field.key]` for now: null where a promise is waited for. `place`: of `answer`. */
export function completeField(
  execution: Execution,
  field: FieldPlan,
  row: unknown,
  answer: Holder,
  place: Place,
): unknown {
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
  const fail = (error: unknown): void => {
    if (!isLost(place)) failLate(execution, error, field, plan, key, place);
    done(execution);
  };
  execution.waiting += 1;
  const open = openWaits(execution);
  open?.add(fail, coordinate(field));
  promise.then(
    (value) => {
      if (open?.close(fail) === false) return abandon(value);
      if (isLost(place)) abandon(value);
      else {
        try {
          answer[key] = completeValue(execution, value, field, plan, answer, key, place);
        } catch (error) {
          failLate(execution, error, field, plan, key, place);
        }
      }
      done(execution);
    },
    (error: unknown) => {
      if (open?.close(fail) !== false) fail(error);
    },
  );
}

/** Undefined where every wait ends by itself. */
function openWaits(execution: Execution): OpenWaits | undefined {
  const { plan, deadlineAt, open } = execution;
  if (open || !plan.hasOwnJoins || deadlineAt === undefined) return open;
  execution.open = new OpenWaits(deadlineAt);
  return execution.open;
}

/** What is wrong with a value that was waited for. */
function failLate(
  execution: Execution,
  error: unknown,
  field: FieldPlan,
  plan: ValuePlan,
  key: string | number,
  place: Place,
): void {
  try {
    nullOrThrow(execution, error, field, plan, key, place);
  } catch (located) {
    // It throws what `locatedError` made.
    execution.errors.push(located as GraphQLError);
    giveUp(place);
  }
}

function coordinate({ parentType, name }: FieldPlan): string {
  return `${parentType.name}.${name}`;
}
