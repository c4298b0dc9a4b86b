/** Looks into a schema document and maps its parts. */
import {
  type DefinitionNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  type InputObjectTypeDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ScalarTypeDefinitionNode,
  type UnionTypeDefinitionNode,
} from 'graphql';
import { wireName } from './directive-node.ts';

export type TypeDefinition =
  | EnumTypeDefinitionNode
  | InputObjectTypeDefinitionNode
  | InterfaceTypeDefinitionNode
  | ObjectTypeDefinitionNode
  | ScalarTypeDefinitionNode
  | UnionTypeDefinitionNode;

export const ROOT_TYPES = ['Query', 'Mutation', 'Subscription'];

const TYPE_KINDS: readonly string[] = [
  Kind.ENUM_TYPE_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.SCALAR_TYPE_DEFINITION,
  Kind.UNION_TYPE_DEFINITION,
];

export function isTypeDefinition(node: DefinitionNode): node is TypeDefinition {
  return TYPE_KINDS.includes(node.kind);
}

export function typesOf(document: DocumentNode): TypeDefinition[] {
  return document.definitions.filter(isTypeDefinition);
}

export function isRoot(node: TypeDefinition): node is ObjectTypeDefinitionNode {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION && ROOT_TYPES.includes(node.name.value);
}

/** Null removes a definition. */
export function mapTypes(document: DocumentNode, map: (type: TypeDefinition) => TypeDefinition | null): DocumentNode {
  const definitions = document.definitions.flatMap((node) => {
    const mapped = isTypeDefinition(node) ? map(node) : node;
    return mapped === null ? [] : [mapped];
  });
  return { ...document, definitions };
}

/** Maps the fields of Query and Mutation. */
export function mapRootFields(
  document: DocumentNode,
  map: (field: FieldDefinitionNode) => FieldDefinitionNode,
): DocumentNode {
  return mapTypes(document, (type) => (isRoot(type) ? { ...type, fields: type.fields?.map(map) ?? [] } : type));
}

/** Fields of an object or interface type; none for every other name. */
export function outputFields(document: DocumentNode, typeName: string): readonly FieldDefinitionNode[] {
  const type = typesOf(document).find((one) => one.name.value === typeName);
  const hasFields = type?.kind === Kind.OBJECT_TYPE_DEFINITION || type?.kind === Kind.INTERFACE_TYPE_DEFINITION;
  return (hasFields ? type.fields : undefined) ?? [];
}

/** The field a vendor's property became. */
export function fieldByWireName(
  document: DocumentNode,
  typeName: string,
  property: string,
): FieldDefinitionNode | undefined {
  return outputFields(document, typeName).find((field) => wireName(field) === property);
}
