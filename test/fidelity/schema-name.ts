/** The name a schema of ours goes by in messages and exceptions. */
import type { Schema } from './openapi-document.ts';

/** `Customer` for a reference to it, alone or wrapped in allOf to add `nullable`; undefined for a schema in place. */
export function schemaName({ $ref, allOf = [] }: Schema): string | undefined {
  const [only, ...others] = allOf;
  if ($ref !== undefined) return $ref.split('/').at(-1);
  return only !== undefined && others.length === 0 ? schemaName(only) : undefined;
}
