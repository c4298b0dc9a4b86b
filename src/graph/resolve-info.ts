/** What graphql-js tells a resolver of its field. Made for every call and read by few: put together as it is read. */
import type { GraphQLResolveInfo } from 'graphql';
import type { Execution } from './execution-state.ts';
import type { FieldPlan } from './field-plan.ts';
import type { Place } from './place.ts';

type ExecutionInfo = Pick<Execution, 'plan' | 'rootValue' | 'variables'>;

export class ResolveInfo implements GraphQLResolveInfo {
  readonly #execution: ExecutionInfo;
  readonly #field: FieldPlan;
  readonly #place: Place;

  /** `place`: of the object that the field is of. */
  constructor(execution: ExecutionInfo, field: FieldPlan, place: Place) {
    this.#execution = execution;
    this.#field = field;
    this.#place = place;
  }

  get fieldName() {
    return this.#field.name;
  }

  get fieldNodes() {
    return this.#field.nodes;
  }

  get returnType() {
    return this.#field.returnType;
  }

  get parentType() {
    return this.#field.parentType;
  }

  get path() {
    return { prev: pathOf(this.#place), key: this.#field.key, typename: this.#field.parentType.name };
  }

  get schema() {
    return this.#execution.plan.schema;
  }

  get fragments() {
    return this.#execution.plan.fragments;
  }

  get rootValue() {
    return this.#execution.rootValue;
  }

  get operation() {
    return this.#execution.plan.operation;
  }

  get variableValues() {
    return this.#execution.variables;
  }
}

function pathOf({ parent, key, field }: Place): GraphQLResolveInfo['path'] | undefined {
  return parent && { prev: pathOf(parent), key, typename: field?.parentType.name };
}
