/** Follows a dotted path into a JSON value; digits index arrays. Undefined when any step is missing. */
export type JsonPath = readonly string[];

export function parseJsonPath(path: string): JsonPath {
  return path === '' ? [] : path.split('.');
}

export function readJsonPath(value: unknown, path: JsonPath): unknown {
  let current = value;
  for (const key of path) {
    if (!isObject(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}

/** Objects and arrays alike. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
