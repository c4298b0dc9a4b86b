/** Turns arguments as graphql-js coerced them into values as the vendor spells them: property names, enum values. */
import {
  type GraphQLEnumType,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { readDirective, wireName } from './directive.ts';
import { isObject } from './json-path.ts';

export type ToWire = (value: unknown) => unknown;
export type WireMapper = (type: GraphQLInputType) => ToWire;

/** One mapper for a whole schema: each type is compiled once, types that refer to themselves included. */
export function createWireMapper(): WireMapper {
  const known = new Map<GraphQLInputType, ToWire>();
  const mapperOf: WireMapper = (type) => {
    if (isNonNullType(type)) return mapperOf(type.ofType);
    if (isListType(type)) return mapList(mapperOf(type.ofType));
    const found = known.get(type);
    if (found !== undefined) return found;
    const mapper = isEnumType(type) ? mapEnum(type) : isInputObjectType(type) ? mapObject(type, mapperOf) : same;
    known.set(type, mapper);
    return mapper;
  };
  return mapperOf;
}

function same(value: unknown): unknown {
  return value;
}

function mapList(item: ToWire): ToWire {
  return item === same ? same : (value) => (Array.isArray(value) ? value.map(item) : item(value));
}

/** Fields are compiled at first use, which lets an input type hold itself. Unknown keys are taken as the vendor's own. */
function mapObject(type: GraphQLInputObjectType, mapperOf: WireMapper): ToWire {
  let fields: Map<string, { name: string; toWire: ToWire }> | undefined;
  return (value) => {
    if (!isObject(value) || Array.isArray(value)) return value;
    fields ??= new Map(
      Object.values(type.getFields()).map((field) => [
        field.name,
        { name: wireName(field.astNode, field.name), toWire: mapperOf(field.type) },
      ]),
    );
    const wire: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      const field = fields.get(key);
      if (value[key] === undefined) continue;
      wire[field?.name ?? key] = field === undefined ? value[key] : field.toWire(value[key]);
    }
    return wire;
  };
}

/** Takes the GraphQL name and the vendor's value alike: joins pass what they read from a vendor. */
function mapEnum(type: GraphQLEnumType): ToWire {
  const values = readEnumValues(type);
  const wires = new Set(values.values());
  return (value) => (wires.has(value) ? value : (values.get(String(value)) ?? value));
}

/** The vendor's value for each GraphQL name. */
export function readEnumValues(type: GraphQLEnumType): ReadonlyMap<string, unknown> {
  return new Map(
    type.getValues().map(({ name, astNode }) => {
      const value = readDirective(astNode, 'enum')?.['value'];
      return [name, typeof value === 'string' ? JSON.parse(value) : name];
    }),
  );
}
