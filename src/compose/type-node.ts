/** Small edits of GraphQL type references: `[Invoice!]!`. */
import { Kind, type NamedTypeNode, type NameNode, type NonNullTypeNode, type TypeNode } from 'graphql';

export function nameNode(value: string): NameNode {
  return { kind: Kind.NAME, value };
}

export function named(name: string): NamedTypeNode {
  return { kind: Kind.NAMED_TYPE, name: nameNode(name) };
}

/** The name inside all brackets. */
export function innerName(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : innerName(type.type);
}

/** The same brackets around another name. */
export function withInnerName<Type extends TypeNode>(type: Type, name: string): Type {
  if (type.kind === Kind.NAMED_TYPE) return { ...type, name: nameNode(name) };
  return { ...type, type: withInnerName<TypeNode>(type.type, name) };
}

export function optional(type: TypeNode): Exclude<TypeNode, NonNullTypeNode> {
  return type.kind === Kind.NON_NULL_TYPE ? type.type : type;
}

export function required(type: TypeNode): NonNullTypeNode {
  return { kind: Kind.NON_NULL_TYPE, type: optional(type) };
}

export function isList(type: TypeNode): boolean {
  return optional(type).kind === Kind.LIST_TYPE;
}
