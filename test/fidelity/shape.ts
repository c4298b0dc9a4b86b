/** A schema as a set of alternatives, with references, allOf, anyOf, oneOf and type lists dissolved. */
import { type OpenApiDocument, resolve, type Schema } from './openapi-document.ts';

/** One alternative. Nothing known about a part means anything goes there. */
export interface Branch {
  /** JSON types it allows; empty when it does not say. */
  types: ReadonlySet<string>;
  format: string | undefined;
  /** Values of an enum, null left out. */
  values: ReadonlySet<string> | undefined;
  /** Several schemas where allOf names a property more than once. */
  properties: ReadonlyMap<string, readonly Schema[]>;
  required: ReadonlySet<string>;
  items: readonly Schema[];
  maximum: number | undefined;
}

export interface Shape {
  branches: readonly Branch[];
  nullable: boolean;
}

/** What a value may be that fits any of the schemas. */
export type ShapeReader = (schemas: readonly Schema[]) => Shape;

export function createShapeReader(document: OpenApiDocument): ShapeReader {
  const known = new Map<Schema, Shape>();
  return (schemas) => either(schemas.map(read));

  function read(schema: Schema): Shape {
    const shape = known.get(schema) ?? (schema.$ref === undefined ? dissolve(schema) : read(resolve(document, schema)));
    known.set(schema, shape);
    return shape;
  }

  function dissolve(schema: Schema): Shape {
    const parts = (schema.allOf ?? []).map(read);
    for (const alternatives of [schema.anyOf, schema.oneOf, looseAlternatives(schema)]) {
      if (alternatives !== undefined) parts.push(either(alternatives.map(read)));
    }
    return parts.reduce(both, ownShape(schema));
  }
}

/** Slack's way of saying anyOf: a list under `items` of something that is no array. */
function looseAlternatives({ type, items }: Schema): readonly Schema[] | undefined {
  return type === undefined && isList(items) ? items : undefined;
}

function ownShape(schema: Schema): Shape {
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  const types = typesOf(schema, values);
  const nullable = schema.nullable === true || types.delete('null') || (values?.includes(null) ?? false);
  if (nullable && types.size === 0 && schema.type !== undefined) return { branches: [], nullable };
  const branch: Branch = {
    types,
    format: schema.format,
    values: values && new Set(values.filter((value) => value !== null).map(String)),
    properties: new Map(Object.entries(schema.properties ?? {}).map(([name, property]) => [name, [property]])),
    required: new Set(schema.required),
    items: looseAlternatives(schema) ? [] : [schema.items ?? []].flat(),
    maximum: schema.maximum,
  };
  return { branches: [branch], nullable };
}

function typesOf(schema: Schema, values: readonly unknown[] | undefined): Set<string> {
  if (schema.type !== undefined) return new Set([schema.type].flat());
  if (schema.properties !== undefined) return new Set(['object']);
  if (schema.items !== undefined && !isList(schema.items)) return new Set(['array']);
  return new Set((values ?? []).filter((value) => value !== null).map((value) => typeof value));
}

function either(shapes: readonly Shape[]): Shape {
  const [only] = shapes;
  if (only !== undefined && shapes.length === 1) return only;
  return {
    branches: shapes.flatMap(({ branches }) => branches),
    nullable: shapes.some(({ nullable }) => nullable),
  };
}

/** Every alternative of the one with every alternative of the other. `nullable` beside allOf is meant, so it stays. */
function both(one: Shape, other: Shape): Shape {
  const branches = one.branches.flatMap((a) => other.branches.filter((b) => agree(a, b)).map((b) => merge(a, b)));
  return { branches, nullable: one.nullable || other.nullable };
}

function agree(a: Branch, b: Branch): boolean {
  return a.types.size === 0 || b.types.size === 0 || !a.types.isDisjointFrom(b.types);
}

function merge(a: Branch, b: Branch): Branch {
  const properties = new Map(a.properties);
  for (const [name, schemas] of b.properties) properties.set(name, [...(properties.get(name) ?? []), ...schemas]);
  return {
    types: a.types.size === 0 ? b.types : b.types.size === 0 ? a.types : a.types.intersection(b.types),
    format: a.format ?? b.format,
    values: a.values && b.values ? a.values.intersection(b.values) : (a.values ?? b.values),
    properties,
    required: a.required.union(b.required),
    items: [...a.items, ...b.items],
    maximum:
      a.maximum === undefined || b.maximum === undefined ? (a.maximum ?? b.maximum) : Math.min(a.maximum, b.maximum),
  };
}

function isList(items: Schema | readonly Schema[] | undefined): items is readonly Schema[] {
  return Array.isArray(items);
}
