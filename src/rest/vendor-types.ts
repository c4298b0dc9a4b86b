/** Makes a schema built from the composed SDL read vendors' rows: property names, enum values, abstract types, scalars. */
import {
  type GraphQLEnumType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { GatewayError } from '../errors.ts';
import { redactText } from '../observe/redact.ts';
import { createTypeResolver } from './abstract-type.ts';
import { readDirective, wireName } from './directive.ts';
import { isObject } from './json-path.ts';
import { SCALARS } from './scalars.ts';
import { readEnumValues } from './wire-value.ts';

/** Changes `schema` in place: call it once, before the first execution. */
export function attachVendorTypes(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    if (isObjectType(type) || isInterfaceType(type)) attachFields(type);
    if (isEnumType(type)) attachEnum(type);
    if (isScalarType(type)) Object.assign(type, SCALARS[type.name] ?? {});
    if (isAbstractType(type)) type.resolveType = createTypeResolver(type, schema.getPossibleTypes(type));
  }
}

/** graphql-js's own resolver already reads a property that is named like its field. */
function attachFields(type: GraphQLObjectType | GraphQLInterfaceType): void {
  for (const field of Object.values(type.getFields())) {
    const name = wireName(field.astNode, field.name);
    if (readDirective(field.astNode, 'resolveRoot') !== undefined) field.resolve = (source) => source;
    else if (name !== field.name) field.resolve = (source) => (isObject(source) ? source[name] : undefined);
  }
}

/** Arguments arrive with, and answers are read by, the vendor's values. */
function attachEnum(type: GraphQLEnumType): void {
  const wires = readEnumValues(type);
  for (const value of type.getValues()) value.value = wires.get(value.name) ?? value.name;
  const names = new Map(Array.from(wires, ([name, wire]) => [wire, name]));
  type.serialize = (value) => {
    const name = names.get(value);
    if (name !== undefined) return name;
    const shown = typeof value === 'string' && /^[\w.: -]{1,40}$/.test(value) ? ` "${redactText(value)}"` : '';
    throw new GatewayError('VENDOR_BAD_RESPONSE', `The vendor sent a value${shown} that ${type.name} does not know.`, {
      retryable: false,
    });
  };
}
