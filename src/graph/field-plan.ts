/**
 * What is known of a field before any row is there: its name in the answer, what resolves it, its arguments, how its value is
 * completed. Worked out once for an operation, where graphql-js does it for each row.
 */
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isSpecifiedScalarType,
  TypeNameMetaFieldDef,
} from 'graphql';
import { planArguments, type ReadArguments } from './argument-plan.ts';
import { OWN_JOIN } from './cost-rules.ts';

export interface FieldPlan {
  /** Its name in the answer. */
  key: string;
  name: string;
  /** Every place where the document selects it under that name. */
  nodes: readonly FieldNode[];
  parentType: GraphQLObjectType;
  returnType: GraphQLOutputType;
  /** Undefined: the row's own property. */
  resolve: GraphQLFieldResolver<unknown, unknown> | undefined;
  /** A join of the graph folder resolves it. */
  isOwnJoin: boolean;
  readArguments: ReadArguments;
  value: ValuePlan;
}

/** How a value becomes what the answer shows. One shape for all kinds: they are told apart for each value of each row. */
export interface ValuePlan {
  kind: 'leaf' | 'object' | 'abstract' | 'list';
  /** Without its NonNull. */
  type: GraphQLOutputType;
  isNonNull: boolean;
  /** Of a leaf: throws, or gives null or undefined, for what the type does not take. */
  serialize: (value: unknown) => unknown;
  /** Of a list. */
  item: ValuePlan | undefined;
  /** Of rows, by their type: what is selected of it, once a row of it was met. */
  selections: Map<GraphQLObjectType, SelectionPlan> | undefined;
}

export interface SelectionPlan {
  fields: readonly FieldPlan[];
  /** The names of the answer in the order of the document, all null: copied for each row. */
  template: Readonly<Record<string, unknown>>;
}

/** The fields of one object type, as they were collected; those that the type does not have are left out. */
export function planSelection(
  parentType: GraphQLObjectType,
  collected: ReadonlyMap<string, readonly FieldNode[]>,
): SelectionPlan {
  const fields: FieldPlan[] = [];
  for (const [key, nodes] of collected) {
    const [node] = nodes;
    const field = node && fieldOf(parentType, node.name.value);
    if (node && field) fields.push(planField(parentType, field, key, node, nodes));
  }
  // `fromEntries` takes any name, `__proto__` included, for one of the object's own.
  return { fields, template: Object.fromEntries(fields.map(({ key }) => [key, null])) };
}

function fieldOf(type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
  return name === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : type.getFields()[name];
}

function planField(
  parentType: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  key: string,
  node: FieldNode,
  nodes: readonly FieldNode[],
): FieldPlan {
  return {
    key,
    name: field.name,
    nodes,
    parentType,
    returnType: field.type,
    resolve: field === TypeNameMetaFieldDef ? () => parentType.name : field.resolve,
    isOwnJoin: field.extensions[OWN_JOIN] === true,
    readArguments: planArguments(field, node),
    value: planValue(field.type, false),
  };
}

function planValue(type: GraphQLOutputType, isNonNull: boolean): ValuePlan {
  if (isNonNullType(type)) return planValue(type.ofType, true);
  if (isLeafType(type)) return planLeaf(type, isNonNull);
  return {
    kind: isListType(type) ? 'list' : isAbstractType(type) ? 'abstract' : 'object',
    type,
    isNonNull,
    serialize: unchanged,
    item: isListType(type) ? planValue(type.ofType, false) : undefined,
    selections: undefined,
  };
}

function unchanged(value: unknown): unknown {
  return value;
}

/** Of GraphQL's own scalars, what is of their kind already: nothing is to be done, and to ask them takes longer. */
const ALREADY: Readonly<Record<string, 'string' | 'boolean'>> = { String: 'string', ID: 'string', Boolean: 'boolean' };

/** Nothing is selected of leaves: all fields of a type share a plan. */
const leaves = {
  nullable: new WeakMap<GraphQLLeafType, ValuePlan>(),
  nonNull: new WeakMap<GraphQLLeafType, ValuePlan>(),
};

function planLeaf(type: GraphQLLeafType, isNonNull: boolean): ValuePlan {
  const plans = isNonNull ? leaves.nonNull : leaves.nullable;
  const known = plans.get(type);
  if (known) return known;
  const kind = isSpecifiedScalarType(type) ? ALREADY[type.name] : undefined;
  const serialize = (value: unknown) => (typeof value === kind ? value : type.serialize(value));
  const made: ValuePlan = { kind: 'leaf', type, isNonNull, serialize, item: undefined, selections: undefined };
  plans.set(type, made);
  return made;
}
