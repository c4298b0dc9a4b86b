/** Writes query parameters and form fields: arrays in the vendor's own style, objects as `name[key]=value`. */

/**
 * repeat: `ids=1&ids=2` · comma: `ids=1,2` · brackets: `ids[]=1&ids[]=2` · indices: `ids[0]=1&ids[1]=2`.
 * Arrays of objects are always indexed: nothing else keeps their members together.
 */
export type ArrayStyle = 'repeat' | 'comma' | 'brackets' | 'indices';

export function isArrayStyle(value: unknown): value is ArrayStyle {
  return value === 'repeat' || value === 'comma' || value === 'brackets' || value === 'indices';
}

/** Appends `name=value` pairs, encoded. Undefined and null are left out. */
export function appendPairs(pairs: string[], name: string, value: unknown, arrays: ArrayStyle): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    appendArray(pairs, name, value, arrays);
  } else if (typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) appendPairs(pairs, `${name}[${key}]`, item, arrays);
  } else {
    pairs.push(`${encode(name)}=${encode(value)}`);
  }
}

function appendArray(pairs: string[], name: string, values: readonly unknown[], arrays: ArrayStyle): void {
  const items = values.filter((item) => item !== undefined && item !== null);
  const style = items.some((item) => typeof item === 'object') ? 'indices' : arrays;
  if (style === 'comma') {
    if (items.length > 0) pairs.push(`${encode(name)}=${items.map(encode).join(',')}`);
    return;
  }
  for (let index = 0; index < items.length; index += 1)
    appendPairs(pairs, itemName(name, index, style), items[index], arrays);
}

/** A parameter that is called `ids[]` by its vendor has its brackets already. */
function itemName(name: string, index: number, style: ArrayStyle): string {
  if (style === 'indices') return `${name}[${index}]`;
  return style === 'brackets' && !name.endsWith('[]') ? `${name}[]` : name;
}

/** What encoding leaves as it is: ids and names, mostly. */
const UNRESERVED = /^[\w.~-]*$/;

/** Text from outside may hold half a surrogate pair, which encodeURIComponent refuses. */
function encode(value: unknown): string {
  const text = String(value);
  return UNRESERVED.test(text) ? text : encodeURIComponent(text.toWellFormed());
}
