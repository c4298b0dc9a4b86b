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
import { behindSpread } from './lone-spread.ts';

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

/** What the selections of one place ask for. */
export type ReadFields = (sets: readonly Part[]) => readonly AskedField[];

/** For one operation: what it finds out it keeps, because the same fragment may stand in a thousand places. */
export function createFieldReader(schema: GraphQLSchema, fragments: Fragments, defaults: Defaults): ReadFields {
  const known = new Map<FieldNode, KnownField | undefined>();
  const knownOf = (node: FieldNode, owner: GraphQLNamedType): KnownField | undefined => {
    if (!known.has(node)) known.set(node, describe(node, owner));
    return known.get(node);
  };
  const readAll = (sets: readonly Part[]): AskedField[] => {
    const found = new Map<string, Found>();
    /** Fragments that are always there: spread again in the same place they ask for nothing more. */
    const taken = new Set<string>();
    const collect = ({ set, type }: Part, above: ReadFlag | undefined): void => {
      for (const node of set.selections) {
        const leftOut = anyOf(above, readLeftOut(node, defaults));
        if (node.kind === 'Field') {
          const edge = node.selectionSet && edgeOf(node, type);
          if (edge) collect(edge, leftOut);
          else addField(found, node, knownOf(node, type), leftOut);
          continue;
        }
        if (node.kind === 'FragmentSpread') {
          if (taken.has(node.name.value)) continue;
          if (!leftOut) taken.add(node.name.value);
        }
        const part = node.kind === 'InlineFragment' ? node : fragments.get(node.name.value);
        const narrowed = part?.typeCondition && schema.getType(part.typeCondition.name.value);
        if (part) collect({ set: part.selectionSet, type: narrowed ?? type }, leftOut);
      }
    };
    for (const part of sets) collect(part, undefined);
    return Array.from(found.values(), (one) => ({ ...one, leftOut: allOf(one.leftOut) }));
  };
  const before = new Map<SelectionSetNode, readonly AskedField[]>();
  return (sets) => {
    const [only] = sets;
    if (sets.length !== 1 || !only) return readAll(sets);
    const set = behindSpread(only.set, fragments);
    const read = before.get(set) ?? readAll(sets);
    before.set(set, read);
    return read;
  };
}

/** What stands in `edges` stands beside `nodes`. */
function edgeOf({ name, selectionSet }: FieldNode, owner: GraphQLNamedType): Part | undefined {
  if (name.value !== 'edges' || !isWayToRows(owner) || !isObjectType(owner)) return undefined;
  const edges = owner.getFields()['edges'];
  return edges && selectionSet && { set: selectionSet, type: getNamedType(edges.type) };
}

/** What of a field does not change with the place it stands in. */
interface KnownField {
  /** The same for all that are read once together. */
  key: string;
  field: GraphQLField<unknown, unknown>;
  owner: GraphQLNamedType;
  part: Part | undefined;
}

function describe(node: FieldNode, owner: GraphQLNamedType): KnownField | undefined {
  const field = isObjectType(owner) || isInterfaceType(owner) ? owner.getFields()[node.name.value] : undefined;
  if (!field) return undefined;
  const isRow = isWayToRows(owner) && (field.name === 'nodes' || field.name === 'node');
  const key = isRow ? 'rows' : [owner.name, field.name, ...(node.arguments ?? []).map(print).toSorted()].join(' ');
  const type = getNamedType(field.type);
  const part = node.selectionSet && isCompositeType(type) ? { set: node.selectionSet, type } : undefined;
  return { key, field, owner, part };
}

function addField(
  found: Map<string, Found>,
  node: FieldNode,
  known: KnownField | undefined,
  leftOut: ReadFlag | undefined,
): void {
  if (!known) return;
  const { key, field, owner, part } = known;
  const asked = found.get(key) ?? { field, owner, node, sets: [], leftOut: [] };
  found.set(key, asked);
  asked.leftOut.push(leftOut);
  if (part) asked.sets.push(part);
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
