/** What is selected of the objects in one place, fragments and aliases put together: a field with the same arguments is read once. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  print,
  type SelectionSetNode,
} from 'graphql';
import { type Defaults, type ReadFlag, readLeftOut } from './cost-values.ts';

/** A selection and what it selects of. */
export interface Part {
  set: SelectionSetNode;
  type: GraphQLNamedType;
}

export interface AskedField {
  field: GraphQLField<unknown, unknown>;
  owner: GraphQLNamedType;
  /** The first of its aliases. */
  node: FieldNode;
  /** Selections of all of them; none for a leaf. */
  sets: Part[];
  /** Undefined for what is always there. */
  leftOut: ReadFlag | undefined;
}

interface Found extends Omit<AskedField, 'leftOut'> {
  leftOut: (ReadFlag | undefined)[];
}

/** A connection and its edges hold what the connection's own size says, the same rows by either way. */
export function isWayToRows(owner: GraphQLNamedType): boolean {
  return owner.name.endsWith('Connection') || owner.name.endsWith('Edge');
}

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

export function fragmentsOf({ definitions }: DocumentNode): Fragments {
  const fragments = definitions.filter((node) => node.kind === 'FragmentDefinition');
  return new Map(fragments.map((node) => [node.name.value, node]));
}

export function fieldsOf(
  sets: readonly Part[],
  schema: GraphQLSchema,
  fragments: Fragments,
  defaults: Defaults,
): AskedField[] {
  const found = new Map<string, Found>();
  const collect = ({ set, type }: Part, above: ReadFlag | undefined): void => {
    for (const node of set.selections) {
      const leftOut = anyOf(above, readLeftOut(node, defaults));
      if (node.kind === 'Field') {
        const edge = node.selectionSet && edgeOf(node, type);
        if (edge) collect(edge, leftOut);
        else addField(found, node, type, leftOut);
        continue;
      }
      const part = node.kind === 'InlineFragment' ? node : fragments.get(node.name.value);
      const narrowed = part?.typeCondition && schema.getType(part.typeCondition.name.value);
      if (part) collect({ set: part.selectionSet, type: narrowed ?? type }, leftOut);
    }
  };
  for (const part of sets) collect(part, undefined);
  return Array.from(found.values(), (one) => ({ ...one, leftOut: allOf(one.leftOut) }));
}

/** What stands in `edges` stands beside `nodes`. */
function edgeOf({ name, selectionSet }: FieldNode, owner: GraphQLNamedType): Part | undefined {
  if (name.value !== 'edges' || !isWayToRows(owner) || !isObjectType(owner)) return undefined;
  const edges = owner.getFields()['edges'];
  return edges && selectionSet && { set: selectionSet, type: getNamedType(edges.type) };
}

function addField(
  found: Map<string, Found>,
  node: FieldNode,
  owner: GraphQLNamedType,
  leftOut: ReadFlag | undefined,
): void {
  const field = isObjectType(owner) || isInterfaceType(owner) ? owner.getFields()[node.name.value] : undefined;
  if (!field) return;
  const isRow = isWayToRows(owner) && (field.name === 'nodes' || field.name === 'node');
  const key = isRow ? 'rows' : [owner.name, field.name, ...(node.arguments ?? []).map(print).toSorted()].join(' ');
  const asked = found.get(key) ?? { field, owner, node, sets: [], leftOut: [] };
  found.set(key, asked);
  asked.leftOut.push(leftOut);
  const type = getNamedType(field.type);
  if (node.selectionSet && isCompositeType(type)) asked.sets.push({ set: node.selectionSet, type });
}

function anyOf(first: ReadFlag | undefined, second: ReadFlag | undefined): ReadFlag | undefined {
  if (!first || !second) return first ?? second;
  return (variables) => first(variables) || second(variables);
}

/** Left out is what no alias of it is there for. */
function allOf(flags: readonly (ReadFlag | undefined)[]): ReadFlag | undefined {
  const known = flags.filter((flag) => flag !== undefined);
  return known.length < flags.length ? undefined : (variables) => known.every((flag) => flag(variables));
}
