/** Directives that name fields of their type: `extend type StripeCustomer @scope(requires: "pii:read", fields: ["email"])`. */
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  type InterfaceTypeExtensionNode,
  isInterfaceType,
  isObjectType,
  Kind,
  type ObjectTypeExtensionNode,
} from 'graphql';
import { argumentOf, withArguments } from './directive-node.ts';
import { mapTypes } from './document.ts';
import { type FieldsType, hasFields, withDirectives } from './fields-type.ts';
import { perhaps } from './near-names.ts';

/** An error for each name in a `fields` argument that the type does not have, and for one where there is nothing to name. */
export function unknownFields(document: DocumentNode, schema: GraphQLSchema): GraphQLError[] {
  return document.definitions.flatMap((node) => {
    if (!isHolder(node)) return [];
    const type = schema.getType(node.name.value);
    const known = isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()) : [];
    const ofType = (node.directives ?? []).flatMap((directive) => unknownTo(node.name.value, known, directive));
    return [...ofType, ...(node.fields ?? []).flatMap(needless)];
  });
}

function unknownTo(type: string, known: readonly string[], directive: ConstDirectiveNode): GraphQLError[] {
  const { value: name } = directive.name;
  if (argumentOf(directive, 'fields') !== undefined && fieldsOf(directive).length === 0)
    return [errorAt(directive, `Found an empty list of fields in @${name}, expected names, or no "fields" at all.`)];
  return fieldsOf(directive)
    .filter((field) => !known.includes(field))
    .map((field) => {
      const hint = perhaps(field, known);
      return errorAt(directive, `Found field "${field}" in @${name}, which ${type} does not have${hint}.`);
    });
}

/** Directives of ours that a type may hold for its fields; others mean something else by `fields`. */
const ON_TYPES = ['scope', 'pii', 'cost'];

function needless({ name, directives = [] }: FieldDefinitionNode): GraphQLError[] {
  return directives
    .filter((one) => ON_TYPES.includes(one.name.value) && argumentOf(one, 'fields') !== undefined)
    .map((one) =>
      errorAt(one, `Found "fields" in @${one.name.value} on the field ${name.value}, expected it on types only.`),
    );
}

function errorAt(directive: ConstDirectiveNode, message: string): GraphQLError {
  return new GraphQLError(message, { nodes: [directive] });
}

type Holder = FieldsType | InterfaceTypeExtensionNode | ObjectTypeExtensionNode;

const HOLDERS: readonly string[] = [
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.OBJECT_TYPE_EXTENSION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_EXTENSION,
];

function isHolder(node: DefinitionNode): node is Holder {
  return HOLDERS.includes(node.kind);
}

/**
 * Moves each such directive to the fields it names, so that whoever reads the composed schema finds it where it counts.
 * `@pii` without names goes to every field: personal data is a matter of fields. Expects extensions to be folded.
 */
export function moveToFields(document: DocumentNode): DocumentNode {
  return mapTypes(document, (type) => (hasFields(type) ? moved(type) : type));
}

function moved(type: FieldsType): FieldsType {
  const directives = type.directives ?? [];
  const goes = directives.filter((one) => fieldsOf(one).length > 0 || one.name.value === 'pii');
  if (goes.length === 0) return type;
  const fields = (type.fields ?? []).map((field) => {
    const own = goes.filter((one) => namesField(one, field.name.value));
    return withDirectives(
      field,
      own.map((one) => withArguments(one, { fields: undefined })),
    );
  });
  return { ...type, directives: directives.filter((one) => !goes.includes(one)), fields };
}

function namesField(directive: ConstDirectiveNode, field: string): boolean {
  const named = fieldsOf(directive);
  return named.length === 0 || named.includes(field);
}

function fieldsOf(directive: ConstDirectiveNode): string[] {
  const fields = argumentOf(directive, 'fields');
  return (Array.isArray(fields) ? fields : fields === undefined || fields === null ? [] : [fields]).map(String);
}
