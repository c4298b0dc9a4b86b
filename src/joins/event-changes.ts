/** Which fields an event says have changed: names only, in the vendor's words. */
import type { DirectiveArguments } from '../rest/directive.ts';
import { isObject, type JsonPath, parseJsonPath, readJsonPath } from '../rest/json-path.ts';

type ChangedFields = (type: string, payload: unknown) => string[];

/** Each name once; what is no text in the payload is no name. */
export function changedFields({ keys, list, value, types }: DirectiveArguments): ChangedFields {
  const [keysAt, listAt, valueAt] = [keys, list, value].map(pathOf);
  const byType = pairsOf(types);
  return (type, payload) => {
    const read = (path: JsonPath | undefined): unknown => (path ? readJsonPath(payload, path) : undefined);
    const [object, names] = [read(keysAt), read(listAt)];
    const found = [
      ...(isObject(object) && !Array.isArray(object) ? Object.keys(object) : []),
      ...(Array.isArray(names) ? names : []),
      read(valueAt),
      ...(byType.get(type) ?? []),
    ];
    return [...new Set(found.filter((name) => typeof name === 'string'))];
  };
}

function pathOf(path: unknown): JsonPath | undefined {
  return typeof path === 'string' ? parseJsonPath(path) : undefined;
}

function pairsOf(types: unknown): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  if (!Array.isArray(types)) return names;
  // The composer writes pairs of the event's type and one name.
  for (const [type, name] of types as [string, string][]) names.set(type, [...(names.get(type) ?? []), name]);
  return names;
}
