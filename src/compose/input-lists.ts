/** Lists that a caller gives hold no nulls: no vendor takes one, and Mesh cannot say so. */
import { type InputValueDefinitionNode, Kind, type TypeNode } from 'graphql';
import { mapRootFields, mapTypes } from './document.ts';
import type { Pass } from './pass.ts';
import { required } from './type-node.ts';

export const refuseNullItems: Pass = (document) => {
  const inputs = mapTypes(document, (type) =>
    type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? { ...type, fields: type.fields?.map(withoutNulls) ?? [] } : type,
  );
  return mapRootFields(inputs, (field) => ({ ...field, arguments: field.arguments?.map(withoutNulls) ?? [] }));
};

function withoutNulls(value: InputValueDefinitionNode): InputValueDefinitionNode {
  return { ...value, type: itemsRequired(value.type) };
}

function itemsRequired(type: TypeNode): TypeNode {
  if (type.kind === Kind.NAMED_TYPE) return type;
  if (type.kind === Kind.NON_NULL_TYPE) return required(itemsRequired(type.type));
  return { ...type, type: required(itemsRequired(type.type)) };
}
