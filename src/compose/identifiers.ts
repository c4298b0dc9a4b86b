/** Ids that are 64-bit integers become `ID`: nobody calculates with them, and a JavaScript number would round them. */
import { type FieldDefinitionNode, Kind } from 'graphql';
import { wireName } from './directive-node.ts';
import { mapTypes } from './document.ts';
import type { Pass } from './pass.ts';
import { innerName, withInnerName } from './type-node.ts';

/** `id`, `ids`, `requester_id`, `collaborator_ids`. */
export function isIdentifier(name: string): boolean {
  return /(^|_)ids?$/.test(name);
}

/** Only what a vendor answers: an input keeps `BigInt`, since the vendor wants a number there. */
export const typeIdentifiers: Pass = (document) =>
  mapTypes(document, (type) => {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) return type;
    return { ...type, fields: type.fields?.map(typed) ?? [] };
  });

function typed(field: FieldDefinitionNode): FieldDefinitionNode {
  const isId = innerName(field.type) === 'BigInt' && isIdentifier(wireName(field));
  return isId ? { ...field, type: withInnerName(field.type, 'ID') } : field;
}
