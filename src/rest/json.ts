/**
 * JSON that keeps whole numbers exact: integers beyond 2^53 are read as strings of digits, which ID, String, BigInt and
 * Float fields all take, and BigInts are written as plain numbers.
 */

/** Deeper answers are an attack on whoever walks them, not data. */
const MAX_DEPTH = 64;

/** Throws SyntaxError for text that is not JSON, RangeError for JSON nested too deeply. */
export function readJson(text: string): unknown {
  const value: unknown = hasLongNumber(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  if (isDeeper(value, MAX_DEPTH)) throw new RangeError(`nested deeper than ${MAX_DEPTH} levels`);
  return value;
}

export function writeJson(value: unknown): string {
  return JSON.stringify(value, writeBigInt);
}

/** As many digits as a whole number beyond 2^53 has at least. */
const LONG_NUMBER = 16;

/** True for digits in strings too: then the slower reading finds nothing to keep. So many digits in a row cover every so-manieth place: only those are looked at. */
function hasLongNumber(text: string): boolean {
  for (let at = LONG_NUMBER - 1; at < text.length; at += LONG_NUMBER) {
    if (!isDigit(text, at)) continue;
    let start = at;
    while (isDigit(text, start - 1)) start -= 1;
    let end = at + 1;
    while (isDigit(text, end)) end += 1;
    if (end - start >= LONG_NUMBER) return true;
  }
  return false;
}

/** False beyond both ends, where there is no character. */
function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function keepDigits(this: unknown, _key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || Number.isSafeInteger(value)) return value;
  return /^-?\d+$/.test(source) ? source : value;
}

// TypeScript's library does not know `rawJSON` yet (ES2026, Node 22).
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown };

function writeBigInt(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? rawJSON(value.toString()) : value;
}

/** Runs over every answer: leaves cost no call, and `for in` makes no arrays of keys. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeper(item, levels - 1));
  for (const key in value) {
    const member: unknown = value[key as keyof typeof value];
    if (typeof member === 'object' && member !== null && isDeeper(member, levels - 1)) return true;
  }
  return false;
}
