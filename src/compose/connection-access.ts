/** A list is as open as what it lists: connections and edges of our own SDL take the rules of their node's type. */
import type { DocumentNode, FieldDefinitionNode } from 'graphql';
import { mapTypes } from './document.ts';
import { directivesNamed, type FieldsType, fieldsTypes, hasFields, withDirectives } from './fields-type.ts';
import { innerName } from './type-node.ts';

/** Rules of their own come first: a connection that has any is left as it is. */
export function guardConnections(document: DocumentNode): DocumentNode {
  const types = new Map(fieldsTypes(document).map((type) => [type.name.value, type]));
  return mapTypes(document, (type) => {
    if (!hasFields(type) || hasRule(type)) return type;
    const node = types.get(nodeNameOf(type) ?? '');
    return node === undefined ? type : withDirectives(type, directivesNamed(node, 'scope'));
  });
}

function hasRule(type: FieldsType): boolean {
  return [type, ...(type.fields ?? [])].some((node) => directivesNamed(node, 'scope').length > 0);
}

function nodeNameOf({ name, fields = [] }: FieldsType): string | undefined {
  const returned = (field: string) => fieldNamed(fields, field)?.type;
  const type = name.value.endsWith('Connection') ? returned('nodes') : returned('node');
  return type !== undefined && /(Connection|Edge)$/.test(name.value) ? innerName(type) : undefined;
}

function fieldNamed(fields: readonly FieldDefinitionNode[], name: string): FieldDefinitionNode | undefined {
  return fields.find((field) => field.name.value === name);
}
