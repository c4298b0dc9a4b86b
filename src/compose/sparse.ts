/** Vendors that send only the fields asked for: names all fields our description knows, for callers that name none. */
import { type DocumentNode, type FieldDefinitionNode, Kind, type TypeNode } from 'graphql';
import { addDirective, directiveNode, wireName, wireValue } from './directive-node.ts';
import { fieldByWireName, mapRootFields, outputFields, typesOf } from './document.ts';
import { readHttpOperation } from './http-operation.ts';
import type { Pass } from './pass.ts';
import { typeAt } from './result-path.ts';
import { innerName, named } from './type-node.ts';

/** Runs after arguments have their names and results their types. */
export const listSparseFields: Pass = (document, { config }) =>
  mapRootFields(document, (field) => {
    const sparse = config.operations[field.name.value]?.sparse;
    if (sparse === undefined) return field;
    const argument = sparse.in === 'query' ? (readHttpOperation(field).query[sparse.argument] ?? '') : sparse.argument;
    const owner = sparse.fields === undefined ? rowName(document, field) : propertyName(document, field, sparse.fields);
    const askable = enumValues(document, innerName(argumentType(document, field, argument, sparse.in)));
    const fields = outputFields(document, owner).map(wireName);
    return addDirective(
      field,
      directiveNode('sparse', {
        argument,
        in: sparse.in,
        separator: sparse.separator,
        fields: askable === undefined ? fields : fields.filter((name) => askable.includes(name)),
      }),
    );
  });

function argumentType(
  document: DocumentNode,
  field: FieldDefinitionNode,
  argument: string,
  place: 'query' | 'body',
): TypeNode {
  const typeOf = (name: string) => field.arguments?.find((one) => one.name.value === name)?.type ?? named('String');
  return place === 'query' ? typeOf(argument) : inputFieldType(document, innerName(typeOf('input')), argument);
}

function inputFieldType(document: DocumentNode, input: string, property: string): TypeNode {
  const type = typesOf(document).find(({ name }) => name.value === input);
  const fields = type?.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? (type.fields ?? []) : [];
  return fields.find((field) => wireName(field) === property)?.type ?? named('String');
}

/** The vendor's values, when the argument takes an enum: what it does not list cannot be asked for. */
function enumValues(document: DocumentNode, name: string): string[] | undefined {
  const type = typesOf(document).find((one) => one.name.value === name);
  return type?.kind === Kind.ENUM_TYPE_DEFINITION ? type.values?.map(wireValue) : undefined;
}

/** The type of one row: the connection's node, or what the field returns. */
function rowName(document: DocumentNode, field: FieldDefinitionNode): string {
  const returned = innerName(field.type);
  const nodes = fieldByWireName(document, returned, 'nodes');
  return returned.endsWith('Connection') && nodes ? innerName(nodes.type) : returned;
}

function propertyName(document: DocumentNode, field: FieldDefinitionNode, path: string): string {
  return innerName(typeAt(document, named(rowName(document, field)), path));
}
