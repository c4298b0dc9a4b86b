/**
 * A path such as `/v1/customers/{args.id}/sources`, parsed once and filled in one pass: whatever an argument holds, it
 * stays one segment of the path and is never read as a template itself.
 */
import { GatewayError } from '../errors.ts';

export interface PathTemplate {
  /** Argument names in the order they occur. */
  parameters: readonly string[];
  /** With plain braces, `/v1/customers/{id}/sources`: how messages and the door's guard know the operation. */
  text: string;
  /** The encoded path. Throws BAD_USER_INPUT naming the argument that cannot be a path segment. */
  expand(args: Readonly<Record<string, unknown>>): string;
}

/** Ids are short; what is longer is an attempt to overflow something. */
const MAX_LENGTH = 512;

/** What nearly every id is: nothing in it means anything to a path, however often it is decoded. */
const PLAIN_ID = /^[\w-]{1,512}$/;

export function parsePathTemplate(template: string): PathTemplate {
  // Splitting at a captured group alternates literals and names: literal, name, literal, …
  const [first = '', ...rest] = template.split(/\{args\.(\w+)\}/);
  const parameters = rest.filter((_, at) => at % 2 === 0);
  const literals = rest.filter((_, at) => at % 2 === 1);
  const fill = (value: (name: string) => string): string =>
    parameters.reduce((path, name, at) => path + value(name) + (literals[at] ?? ''), first);
  return {
    parameters,
    text: fill((name) => `{${name}}`),
    expand: (args) => fill((name) => encodeSegment(name, args[name])),
  };
}

function encodeSegment(argument: string, value: unknown): string {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  const problem = typeof text === 'string' ? problemOf(text) : 'is missing';
  if (typeof text !== 'string' || problem !== undefined) {
    throw new GatewayError('BAD_USER_INPUT', `The argument "${argument}" ${problem}.`, { retryable: false });
  }
  return encodeURIComponent(text);
}

function problemOf(text: string): string | undefined {
  if (PLAIN_ID.test(text)) return undefined;
  if (text === '') return 'is empty';
  if (text.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (!text.isWellFormed()) return 'is not valid Unicode';
  let decoded = text;
  // Servers decode once, proxies before them once more, and some fold wide dots and slashes into plain ones.
  for (let round = 0; round <= 3; round += 1) {
    if (isUnsafe(decoded) || isUnsafe(decoded.normalize('NFKC'))) return 'cannot be part of a path';
    const next = decodeAscii(decoded);
    if (next === decoded) return undefined;
    decoded = next;
  }
  return undefined;
}

function isUnsafe(text: string): boolean {
  return text === '.' || text === '..' || /[/\\\p{Cc}]/u.test(text);
}

/** Never throws, unlike decodeURIComponent: `%zz` beside `%2f` must not hide it. */
function decodeAscii(text: string): string {
  return text.replace(/%([0-7][0-9a-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
