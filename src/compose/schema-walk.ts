/** Visits schemas with the place where each stands. */
import type { YamlPath } from '../config/yaml-file.ts';
import type { SchemaObject } from './openapi.ts';
import type { OpenapiFile } from './openapi-file.ts';

export interface PlacedSchema {
  schema: SchemaObject;
  at: YamlPath;
}

/** Every schema that is written out in the file, each once; a `$ref` is not followed. */
export function allSchemas({ document, operations }: OpenapiFile): PlacedSchema[] {
  const components = Object.entries(document.components?.schemas ?? {}).flatMap(([name, schema]) =>
    below(schema, ['components', 'schemas', name]),
  );
  const bodies = operations.flatMap(({ body }) => (body?.schema ? below(body.schema, [...body.at, 'content']) : []));
  const answers = operations.flatMap(({ answer, at }) => (answer ? below(answer, [...at, 'responses']) : []));
  const parameters = operations.flatMap((operation) =>
    operation.parameters.flatMap(({ schema, at }) => (schema ? below(schema, [...at, 'schema']) : [])),
  );
  return [...components, ...bodies, ...answers, ...parameters];
}

/** The schema and all it holds, with `$ref` followed; each schema once. */
export function reachable(openapi: OpenapiFile, schema: SchemaObject, seen = new Set<SchemaObject>()): SchemaObject[] {
  const resolved = openapi.resolve(schema);
  if (seen.has(resolved)) return [];
  seen.add(resolved);
  return [resolved, ...children(resolved, []).flatMap((child) => reachable(openapi, child.schema, seen))];
}

function below(schema: SchemaObject, at: YamlPath): PlacedSchema[] {
  if (schema.$ref !== undefined) return [];
  return [{ schema, at }, ...children(schema, at).flatMap((child) => below(child.schema, child.at))];
}

function children(schema: SchemaObject, at: YamlPath): PlacedSchema[] {
  const { properties = {}, items, additionalProperties } = schema;
  const named = Object.entries(properties).map(([name, child]) => ({ schema: child, at: [...at, 'properties', name] }));
  const listed = (['allOf', 'oneOf', 'anyOf'] as const).flatMap((key) =>
    (schema[key] ?? []).map((child, index) => ({ schema: child, at: [...at, key, index] })),
  );
  const item = items === undefined ? [] : [{ schema: items, at: [...at, 'items'] }];
  const extra =
    typeof additionalProperties === 'object'
      ? [{ schema: additionalProperties, at: [...at, 'additionalProperties'] }]
      : [];
  return [...named, ...listed, ...item, ...extra];
}
