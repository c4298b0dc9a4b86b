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
import { KeyedLoad } from '../joins/keyed-load.ts';
import { done, type Execution } from './execution-state.ts';
import type { FieldPlan, SelectionPlan, ValuePlan } from './field-plan.ts';
import { type OpenWait, OpenWaits } from './open-waits.ts';
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
    const value = known(resolveField(execution, field, row, place));
    if (!isPromise(value)) return completeValue(execution, value, field, field.value, answer, field.key, place);
    wait(value, new Wait(execution, field, field.value, answer, field.key, place));
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
    const value = known(row);
    if (!isPromise(value)) return completeValue(execution, value, field, plan, answer, index, place);
    wait(value, new Wait(execution, field, plan, answer, index, place));
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

function coordinate({ parentType, name }: FieldPlan): string {
  return `${parentType.name}.${name}`;
}

/** What a loader knows already need not be waited for. */
function known(value: unknown): unknown {
  if (!(value instanceof KeyedLoad)) return value;
  return value.outcome === undefined ? value : value.outcome;
}

/** Completes the value when it is there. */
function wait(promise: PromiseLike<unknown>, one: Wait): void {
  one.begin();
  if (promise instanceof KeyedLoad) promise.tell(one);
  else
    promise.then(
      (value) => one.settle(value),
      (error: unknown) => one.fail(error),
    );
}

/** A value that is waited for, and where it goes. */
class Wait implements OpenWait {
  readonly #execution: Execution;
  readonly #field: FieldPlan;
  readonly #plan: ValuePlan;
  readonly #answer: Holder;
  readonly #key: string | number;
  readonly #place: Place;
  #isOver = false;

  constructor(
    execution: Execution,
    field: FieldPlan,
    plan: ValuePlan,
    answer: Holder,
    key: string | number,
    place: Place,
  ) {
    this.#execution = execution;
    this.#field = field;
    this.#plan = plan;
    this.#answer = answer;
    this.#key = key;
    this.#place = place;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get coordinate(): string {
    return coordinate(this.#field);
  }

  begin(): void {
    this.#execution.waiting += 1;
    openWaits(this.#execution)?.add(this);
  }

  /** What comes too late, or for what has become null meanwhile, is not looked at. */
  settle(value: unknown): void {
    if (this.#isOver || isLost(this.#place)) abandon(value);
    else {
      try {
        this.#answer[this.#key] = completeValue(
          this.#execution,
          value,
          this.#field,
          this.#plan,
          this.#answer,
          this.#key,
          this.#place,
        );
      } catch (error) {
        this.#tell(error);
      }
    }
    this.#end();
  }

  fail(error: unknown): void {
    if (!this.#isOver && !isLost(this.#place)) this.#tell(error);
    this.#end();
  }

  #tell(error: unknown): void {
    try {
      nullOrThrow(this.#execution, error, this.#field, this.#plan, this.#key, this.#place);
    } catch (located) {
      // It throws what `locatedError` made.
      this.#execution.errors.push(located as GraphQLError);
      giveUp(this.#place);
    }
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#execution.open?.close();
    done(this.#execution);
  }
}

/** Undefined where every wait ends by itself. */
function openWaits(execution: Execution): OpenWaits | undefined {
  const { plan, deadlineAt, open } = execution;
  if (open || !plan.hasOwnJoins || deadlineAt === undefined) return open;
  execution.open = new OpenWaits(deadlineAt);
  return execution.open;
}
