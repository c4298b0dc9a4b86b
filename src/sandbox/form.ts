/** Forms with brackets (`a[b]=c`, `a[]=1`, `a[0][b]=c`) as nested values, the way Stripe and Slack read them. All leaves are strings. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue };
export type Form = Record<string, FormValue>;

/** Deeper brackets are ignored with their value. */
const MAX_DEPTH = 10;
/** Names that reach an object's prototype; a pair that uses one is dropped. */
const UNSAFE_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

interface Branch {
  [name: string]: string | Branch;
}

/** A later pair of the same name replaces an earlier one. `x[0]`, `x[1]`, … become an array when no index is missing. */
export function parseForm(pairs: URLSearchParams): Form {
  const root: Branch = {};
  for (const [name, value] of pairs) {
    const path = pathOf(name);
    if (path.length <= MAX_DEPTH && !path.some((part) => UNSAFE_NAMES.has(part))) put(root, path, value);
  }
  return Object.fromEntries(Object.entries(root).map(([name, value]) => [name, settle(value)]));
}

/** `items[0][price]` → `['items', '0', 'price']`; a name with broken brackets is one literal part. */
function pathOf(name: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  if (match === null) return [name];
  const [, head = '', brackets = ''] = match;
  return [head, ...[...brackets.matchAll(/\[([^[\]]*)\]/g)].map((bracket) => bracket[1] ?? '')];
}

function put(root: Branch, path: readonly string[], value: string): void {
  let branch = root;
  path.forEach((part, index) => {
    const key = part === '' ? String(Object.keys(branch).length) : part;
    if (index === path.length - 1) {
      branch[key] = value;
      return;
    }
    // An inherited member (`toString`) is a function, so it is replaced like a text would be.
    const existing = branch[key];
    const next: Branch = typeof existing === 'object' ? existing : {};
    branch[key] = next;
    branch = next;
  });
}

function settle(value: string | Branch): FormValue {
  if (typeof value === 'string') return value;
  const entries = Object.entries(value);
  if (entries.every(([name], index) => name === String(index))) return entries.map(([, item]) => settle(item));
  return Object.fromEntries(entries.map(([name, item]) => [name, settle(item)]));
}
