/** Follows dotted paths of `vendor.yaml` (`paging.next.after`) through OpenAPI schemas. */
import type { SchemaObject } from './openapi.ts';
import type { OpenapiFile } from './openapi-file.ts';

/** All properties, those of `allOf` parts included; of `oneOf` and `anyOf` each branch's. */
export function propertiesOf(openapi: OpenapiFile, schema: SchemaObject): ReadonlyMap<string, SchemaObject> {
  const properties = new Map<string, SchemaObject>();
  for (const part of partsOf(openapi, schema)) {
    for (const [name, property] of Object.entries(part.properties ?? {})) properties.set(name, property);
  }
  return properties;
}

/** The names that `required` lists, in any `allOf` part. */
export function requiredOf(openapi: OpenapiFile, schema: SchemaObject): ReadonlySet<string> {
  return new Set(partsOf(openapi, schema).flatMap((part) => part.required ?? []));
}

/** The schema itself and everything `allOf`, `oneOf` and `anyOf` add to it. */
function partsOf(openapi: OpenapiFile, schema: SchemaObject, seen = new Set<SchemaObject>()): SchemaObject[] {
  const resolved = openapi.resolve(schema);
  if (seen.has(resolved)) return [];
  seen.add(resolved);
  const { allOf = [], oneOf = [], anyOf = [] } = resolved;
  return [...[...allOf, ...oneOf, ...anyOf].flatMap((part) => partsOf(openapi, part, seen)), resolved];
}

export type Followed = { found: true } | { found: false; step: string; known: readonly string[] };

/** Whether the path leads to something the description knows. Inside free-form objects everything is possible. */
export function follow(openapi: OpenapiFile, schema: SchemaObject | undefined, path: string): Followed {
  let current = schema;
  for (const step of path.split('.')) {
    if (current === undefined) return { found: false, step, known: [] };
    const resolved = openapi.resolve(current);
    if (resolved.type === 'array' && /^\d+$/.test(step)) {
      current = resolved.items;
      continue;
    }
    const properties = propertiesOf(openapi, resolved);
    const next = properties.get(step);
    if (next === undefined && isFreeForm(resolved)) return { found: true };
    if (next === undefined) return { found: false, step, known: [...properties.keys()] };
    current = next;
  }
  return { found: true };
}

function isFreeForm({ additionalProperties }: SchemaObject): boolean {
  return additionalProperties !== undefined && additionalProperties !== false;
}
