/** Puts documents together: the `bare` merge, one definition for each name, one schema definition for all sources. */
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  Kind,
  type OperationTypeDefinitionNode,
  OperationTypeNode,
  print,
  type SchemaDefinitionNode,
} from 'graphql';
import { isRoot, isTypeDefinition, ROOT_TYPES } from './document.ts';
import { dropReplacedFields } from './replaced-fields.ts';
import { named } from './type-node.ts';

/**
 * Vendors' documents first: what they share (scalars, Mesh's directives) is kept once. Then SDL files as they are, but
 * so that each can be read alone: `type Query` there adds to ours, and a scalar we have may be declared again.
 */
export function merge(sources: readonly DocumentNode[], sdl: readonly DocumentNode[]): DocumentNode {
  const vendors = dropReplacedFields(unite(sources.flatMap(({ definitions }) => definitions)), sdl);
  const all = foldRootTypes(withoutKnownScalars(sdl, vendors), vendors);
  return { kind: Kind.DOCUMENT, definitions: [schemaDefinition(sources, all), ...all] };
}

/** Drops repeated definitions; two that share a name but differ are a fault of ours. */
function unite(definitions: readonly DefinitionNode[]): DefinitionNode[] {
  const known = new Map<string, string>();
  return definitions.filter((node) => {
    if (node.kind === Kind.SCHEMA_DEFINITION) return false;
    if (!('name' in node) || node.name === undefined || (isTypeDefinition(node) && isRoot(node))) return true;
    const key = `${node.kind} ${node.name.value}`;
    const text = print(node);
    const first = known.get(key);
    if (first !== undefined && first !== text) throw new Error(`Two sources define ${node.name.value} differently.`);
    known.set(key, text);
    return first === undefined;
  });
}

function withoutKnownScalars(sdl: readonly DocumentNode[], known: readonly DefinitionNode[]): DefinitionNode[] {
  const scalars = new Set(
    known.flatMap((node) => (node.kind === Kind.SCALAR_TYPE_DEFINITION ? [node.name.value] : [])),
  );
  return sdl
    .flatMap(({ definitions }) => definitions)
    .filter((node) => {
      if (node.kind !== Kind.SCALAR_TYPE_DEFINITION) return true;
      const isKnown = scalars.has(node.name.value);
      scalars.add(node.name.value);
      return !isKnown;
    });
}

/** One `type Query`, `type Mutation`, `type Subscription` each, with the fields of all: our own first, as people read them first. */
function foldRootTypes(own: readonly DefinitionNode[], vendors: readonly DefinitionNode[]): DefinitionNode[] {
  const roots = [...own, ...vendors].flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION && isRoot(node) ? [node] : [],
  );
  const folded = ROOT_TYPES.flatMap((name): DefinitionNode[] => {
    const [first, ...others] = roots.filter((type) => type.name.value === name);
    return first ? [{ ...first, fields: [first, ...others].flatMap(({ fields = [] }) => fields) }] : [];
  });
  return [...folded, ...[...vendors, ...own].filter((node) => !isTypeDefinition(node) || !isRoot(node))];
}

function schemaDefinition(
  sources: readonly DocumentNode[],
  definitions: readonly DefinitionNode[],
): SchemaDefinitionNode {
  const present = definitions.filter(isTypeDefinition).map((type) => type.name.value);
  const operationTypes = ROOT_TYPES.filter((name) => present.includes(name)).map(
    (name): OperationTypeDefinitionNode => ({
      kind: Kind.OPERATION_TYPE_DEFINITION,
      operation: OPERATIONS[name] ?? OperationTypeNode.QUERY,
      type: named(name),
    }),
  );
  return { kind: Kind.SCHEMA_DEFINITION, directives: sources.flatMap(transports), operationTypes };
}

const OPERATIONS: Readonly<Record<string, OperationTypeNode>> = {
  Query: OperationTypeNode.QUERY,
  Mutation: OperationTypeNode.MUTATION,
  Subscription: OperationTypeNode.SUBSCRIPTION,
};

function transports({ definitions }: DocumentNode): readonly ConstDirectiveNode[] {
  return definitions.flatMap((node) => (node.kind === Kind.SCHEMA_DEFINITION ? (node.directives ?? []) : []));
}
