/**
 * Finds its way through JSON text without making values of it: an element of an array keeps its very text (numbers beyond 2^53
 * too), one that cannot be parsed spoils none beside it, and deep nesting costs neither stack nor memory.
 */

/** Brackets open at once, at most. */
export function nestingOf(text: string): number {
  let [depth, most] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at);
    else if (isOpening(code)) most = Math.max(most, ++depth);
    else if (isClosing(code)) depth -= 1;
  }
  return most;
}

/** Texts of the array's elements, untrimmed errors and all; undefined when there is no array there, or it never ends. */
export function elementsOf(text: string, path: readonly string[], most: number): string[] | 'too_many' | undefined {
  let at = skipSpace(text, 0);
  for (const key of path) {
    const member = memberOf(text, at, key);
    if (member === undefined) return undefined;
    at = member;
  }
  return text[at] === '[' ? slices(text, at, most) : undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

const isOpening = (code: number): boolean => code === 0x5b || code === 0x7b;
const isClosing = (code: number): boolean => code === 0x5d || code === 0x7d;

/** Commas of the array itself part its elements. */
function slices(text: string, start: number, most: number): string[] | 'too_many' | undefined {
  const found: string[] = [];
  let [depth, from] = [0, start + 1];
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at);
    else if (isOpening(code)) depth += 1;
    else if (isClosing(code)) depth -= 1;
    if (depth === 0 || (depth === 1 && code === COMMA)) {
      found.push(text.slice(from, at).trim());
      from = at + 1;
    }
    if (found.length > most) return 'too_many';
    if (depth === 0) return found.length === 1 && found[0] === '' ? [] : found;
  }
  return undefined;
}

/** Where the value of the object's last member of that name begins; the last one counts for `JSON.parse` too. */
function memberOf(text: string, start: number, key: string): number | undefined {
  if (text[start] !== '{') return undefined;
  let found: number | undefined;
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isOpening(code)) depth += 1;
    else if (isClosing(code)) depth -= 1;
    else if (code === QUOTE) {
      const end = stringEnd(text, at);
      const colon = skipSpace(text, end + 1);
      if (depth === 1 && text[colon] === ':' && readString(text.slice(at, end + 1)) === key)
        found = skipSpace(text, colon + 1);
      at = end;
    }
    if (depth === 0) break;
  }
  return found;
}

/** Index of the closing quote, or of the text's end. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (' \t\r\n'.includes(text[at] ?? '.')) at += 1;
  return at;
}

function readString(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
