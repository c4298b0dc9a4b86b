/** Object and interface types: what a query selects fields of. */
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import { type TypeDefinition, typesOf } from './document.ts';

export type FieldsType = InterfaceTypeDefinitionNode | ObjectTypeDefinitionNode;

export function hasFields(type: TypeDefinition): type is FieldsType {
  return type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

export function fieldsTypes(document: DocumentNode): FieldsType[] {
  return typesOf(document).filter(hasFields);
}

export function directivesNamed(node: FieldsType | FieldDefinitionNode, name: string): ConstDirectiveNode[] {
  return (node.directives ?? []).filter((directive) => directive.name.value === name);
}

export function withDirectives<Node extends FieldsType | FieldDefinitionNode>(
  node: Node,
  added: readonly ConstDirectiveNode[],
): Node {
  return added.length === 0 ? node : { ...node, directives: [...(node.directives ?? []), ...added] };
}
