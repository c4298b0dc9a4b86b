/** Which JSON types of ours fit a vendor's, and how a schema reads in a message. */
import type { Branch, Shape } from './shape.ts';

/** `answer`: what the vendor may send, we must take. `request`: what we let a caller send, the vendor must take. */
export type Direction = 'answer' | 'request';

/** The wider type that also takes what the narrower one says. */
const WIDER: Readonly<Record<string, string>> = { integer: 'number' };

/** Formats that decide which scalar a value becomes; `email` and the like are but advice. */
const TELLING_FORMATS: ReadonlySet<string> = new Set(['date', 'date-time', 'unix-time', 'binary']);

/** Whether one alternative of ours can stand for one of the vendor's. */
export function typeFits(ours: Branch, theirs: Branch, direction: Direction): boolean {
  if (ours.types.size === 0 || theirs.types.size === 0) return true;
  const [sent, taken] = direction === 'answer' ? [theirs.types, ours.types] : [ours.types, theirs.types];
  return [...sent].some((type) => taken.has(type) || taken.has(WIDER[type] ?? type));
}

/** Undefined when the formats fit, else what ours should be; a 64-bit number does not fit a 32-bit one. */
export function formatMismatch(ours: Branch, theirs: readonly Branch[]): string | undefined {
  const formats = [...new Set(theirs.map(({ format }) => format ?? 'no format'))];
  if (ours.format !== undefined && TELLING_FORMATS.has(ours.format) && !formats.includes(ours.format))
    return formats.join(' or ');
  if (formats.includes('int64') && ours.types.has('integer') && ours.format !== 'int64') return 'int64';
  return undefined;
}

/** `string (date-time)`, `"a" or "b"`, `integer or object`. */
export function describeShape({ branches, nullable }: Shape): string {
  const parts = new Set(branches.map(describeBranch));
  if (nullable) parts.add('null');
  return [...parts].join(' or ') || 'anything';
}

function describeBranch({ types, format, values }: Branch): string {
  const type = [...types].join(' or ') || 'anything';
  if (values !== undefined) return `${type} of ${describeValues(values)}`;
  return format === undefined ? type : `${type} (${format})`;
}

export function describeValues(values: ReadonlySet<string>): string {
  return [...values].map((value) => `"${value}"`).join(', ');
}
