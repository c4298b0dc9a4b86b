/**
 * Whether an object of a JSON text names a member twice. `JSON.parse` keeps the last and others the first, so a token with
 * two "sub" claims is two people to two readers (RFC 7519, section 4, lets us refuse it).
 */

/** `json` must be JSON that parses to an object; looks at the outermost object only. */
export function hasDuplicateMembers(json: string): boolean {
  const names = new Set<unknown>();
  let depth = 0;
  for (const [token, text] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*:?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && text !== undefined && token.endsWith(':')) {
      const name: unknown = JSON.parse(text);
      if (names.has(name)) return true;
      names.add(name);
    }
  }
  return false;
}
