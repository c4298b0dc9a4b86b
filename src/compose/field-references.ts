/** Directives that name fields of their type: `extend type StripeCustomer @scope(requires: "pii:read", fields: ["email"])`. */
import {
  type ConstDirectiveNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  isObjectType,
  Kind,
} from 'graphql';
import { argumentOf } from './directive-node.ts';

/** An error for each name in a `fields` argument that the type does not have. */
export function unknownFields(document: DocumentNode, schema: GraphQLSchema): GraphQLError[] {
  return document.definitions.flatMap((node) => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION) return [];
    const type = schema.getType(node.name.value);
    const known = isObjectType(type) ? Object.keys(type.getFields()) : [];
    return (node.directives ?? []).flatMap((directive) =>
      fieldsOf(directive)
        .filter((field) => !known.includes(field))
        .map((field) => {
          const message = `Found field "${field}" in @${directive.name.value}, which ${node.name.value} does not have.`;
          return new GraphQLError(message, { nodes: [directive] });
        }),
    );
  });
}

function fieldsOf(directive: ConstDirectiveNode): string[] {
  const fields = argumentOf(directive, 'fields');
  return Array.isArray(fields) ? fields.map(String) : [];
}
