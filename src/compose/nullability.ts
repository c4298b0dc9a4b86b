/**
 * What may be null: Mesh overlooks `nullable` beside `allOf` or `$ref`. And every root field: a read may find nothing, and
 * a vendor that fails nulls its own field, never the answers of others beside it.
 */
import { type FieldDefinitionNode, type InputValueDefinitionNode, Kind } from 'graphql';
import { wireName } from './directive-node.ts';
import { mapRootFields, mapTypes } from './document.ts';
import type { Pass } from './pass.ts';
import { propertiesOf } from './schema-path.ts';
import { allSchemas } from './schema-walk.ts';
import { optional } from './type-node.ts';

export const allowNull: Pass = (document, { openapi }) => {
  const schemas = new Map(allSchemas(openapi).map(({ schema }) => [schema.title, schema]));
  const corrected = mapTypes(document, (type) => {
    const schema = schemas.get(type.name.value.replace(/_+(Input)?$/, ''));
    if (schema === undefined) return type;
    const properties = propertiesOf(openapi, schema);
    const correct = <Field extends FieldDefinitionNode | InputValueDefinitionNode>(field: Field): Field => {
      const property = properties.get(wireName(field));
      return property?.nullable === true ? { ...field, type: optional(field.type) } : field;
    };
    if (type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      return { ...type, fields: type.fields?.map(correct) ?? [] };
    }
    return type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION
      ? { ...type, fields: type.fields?.map(correct) ?? [] }
      : type;
  });
  return mapRootFields(corrected, (field) => ({ ...field, type: optional(field.type) }));
};
