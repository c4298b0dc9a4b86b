/** Holds one answer against what its caller may have. The first thing that is wrong is told in one line; undefined: nothing is. */
import type { Answer } from '../../gateway-under-test.ts';
import type { Tree } from '../../joins/asking.ts';
import type { Expected } from './expected-answer.ts';

export interface Given {
  answer: Answer;
  /** What the gateway logged meanwhile. */
  logged: string;
  /** What was sent: whoever sent it knows it. */
  sent: string;
  scopes: ReadonlySet<string>;
  /** Of the caller who may see everything. */
  wholeErrors: Answer['errors'];
}

export function findLeak(expected: Expected, given: Given): string | undefined {
  return (
    foreignVendor(given) ?? hiddenValue(expected, given) ?? wrongRefusal(expected, given) ?? wrongValue(expected, given)
  );
}

function foreignVendor({ answer: { extensions }, scopes }: Given): string | undefined {
  const calls: Tree[] = (extensions as Tree)['explain']?.vendorCalls ?? [];
  const found = calls.find(({ vendor }) => !scopes.has(`${vendor}:read`));
  return found && `${found.vendor} was called (${found.operation}).`;
}

/** Anywhere: data, errors, extensions, log, inside cursors. */
function hiddenValue({ data, hidden }: Expected, { answer, logged, sent }: Given): string | undefined {
  const open = `${JSON.stringify(data)}\n${cursorsIn(data).join('\n')}\n${sent}`;
  const shown = `${answer.text}\n${cursorsIn(answer.data).join('\n')}\n${logged}`;
  const found = hidden.flatMap(distinctive).find((text) => shown.includes(text) && !open.includes(text));
  return found && `A hidden value is shown: ${found}.`;
}

/** Texts and numbers that do not come up by chance, as JSON writes them. */
function distinctive(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(distinctive);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, one]) => (isTypeKey(key) ? [] : distinctive(one)));
  if (typeof value === 'number') return Math.abs(value) > 99_999 ? [String(value)] : [];
  const isUsual = typeof value !== 'string' || value.length <= 5 || USUAL.test(value);
  return isUsual ? [] : [JSON.stringify(value).slice(1, -1)];
}

/** Words, small numbers, days. */
const USUAL = /^([A-Za-z_]+|\d+(\.\d+)?|\d{4}-\d\d-\d\d)$/;

const isTypeKey = (key: string): boolean => key === '__typename';

function cursorsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    /cursor$/i.test(key) && typeof one === 'string' ? [Buffer.from(one, 'base64url').toString()] : cursorsIn(one),
  );
}

/** What is refused names what is missing; no other error is there that the whole answer has not. */
function wrongRefusal({ refused, isBeyond }: Expected, { answer, scopes, wholeErrors }: Given): string | undefined {
  const { errors, data } = answer;
  if (isBeyond) {
    const [only] = errors;
    const isRight = data === null && errors.length === 1 && only?.path === undefined && isMissing(only);
    return isRight ? undefined : 'The operation is beyond its caller, and was not refused as a whole.';
  }
  const known = new Set(wholeErrors.map(({ path, extensions }) => `${path?.join('.')} ${extensions['code']}`));
  for (const { path = [], extensions, message } of errors) {
    if (extensions['code'] !== 'SCOPE_MISSING') {
      if (known.has(`${path.join('.')} ${extensions['code']}`)) continue;
      return `An error of its own at ${path.join('.')}: ${extensions['code']} ${message}`;
    }
    const named = extensions['scopes'];
    if (!Array.isArray(named) || named.length === 0 || named.some((scope) => scopes.has(scope)))
      return `SCOPE_MISSING at ${path.join('.')} names ${JSON.stringify(named)}.`;
    const wanted = refused.get(textOf(path));
    if (wanted && named.some((scope) => !wanted.includes(scope)))
      return `${textOf(path)} needs ${wanted}, not ${named}.`;
  }
  return undefined;
}

function isMissing(error: Answer['errors'][number] | undefined): boolean {
  return error?.extensions['code'] === 'SCOPE_MISSING';
}

/** Without the positions in lists. */
const textOf = (path: readonly (string | number)[]): string => path.filter((key) => typeof key === 'string').join('.');

function wrongValue(expected: Expected, { answer, sent }: Given): string | undefined {
  if (expected.isBeyond) return undefined;
  const { data, errors, extensions } = answer;
  const told = new Set(errors.filter(isMissing).map(({ path = [] }) => textOf(path)));
  const redacted: string[] = (extensions as Tree)['redacted'] ?? [];
  const difference = differenceAt('', data, expected.data, { told, loose: expected.loose, sent: sent.toLowerCase() });
  const untold = [...expected.refused.keys()].find((path) => !told.has(path) && isThere(data, path.split('.')));
  const unlisted = [...expected.masked].find(
    (path) =>
      !redacted.includes(path) &&
      !told.has(path) &&
      expected.loose.get(path) !== 'named' &&
      isThere(data, path.split('.')),
  );
  return (
    difference ??
    (untold && `No error says that ${untold} is refused.`) ??
    (unlisted && `${unlisted} is masked and not in extensions.redacted.`)
  );
}

interface Allowed extends Pick<Expected, 'loose'> {
  /** Paths of SCOPE_MISSING. */
  told: ReadonlySet<string>;
  /** In lower case. */
  sent: string;
}

/** Whether the answer has such a place at all: what is below a null has none. */
function isThere(value: Tree, [key, ...below]: readonly string[]): boolean {
  if (key === undefined) return true;
  if (Array.isArray(value)) return value.some((item) => isThere(item, [key, ...below]));
  return isObject(value) && Object.hasOwn(value, key) && isThere(value[key], below);
}

/**
 * A field of a join may be null for a scope its rule does not ask for: what a vendor was needed for on the way. It has to
 * say so.
 */
function differenceAt(path: string, actual: Tree, expected: Tree, allowed: Allowed): string | undefined {
  if (Object.is(actual, expected)) return undefined;
  const isNothing = actual === null || actual === undefined;
  if (isNothing && (allowed.told.has(path) || allowed.loose.get(path) === 'unknown')) return undefined;
  if (expected === null && allowed.loose.get(path) === 'unknown' && isEcho(actual, allowed.sent)) return undefined;
  if (allowed.loose.get(path) === 'otherwise' && typeof actual === typeof expected) return undefined;
  if (allowed.loose.get(path) === 'named' && (isNothing || typeof actual === 'string')) return undefined;
  if (Array.isArray(actual) && Array.isArray(expected)) return listDifference(path, actual, expected, allowed);
  if (isObject(actual) && isObject(expected)) {
    const keys = Object.keys(actual);
    if (JSON.stringify(keys) !== JSON.stringify(Object.keys(expected)))
      return `${path} has ${keys}, expected ${Object.keys(expected)}.`;
    const below = (key: string) => (path === '' ? key : `${path}.${key}`);
    return firstOf(keys.map((key) => differenceAt(below(key), actual[key], expected[key], allowed)));
  }
  return `${path} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}.`;
}

/** Says nothing but what the caller has said itself. */
function isEcho(value: Tree, sent: string): boolean {
  if (isObject(value)) return Object.values(value).every((one) => isEcho(one, sent));
  if (Array.isArray(value)) return value.length === 0;
  return typeof value !== 'string' || value.includes('***') || sent.includes(value.toLowerCase());
}

function listDifference(path: string, actual: Tree[], expected: Tree[], allowed: Allowed): string | undefined {
  if (allowed.loose.get(path) === 'shorter' && actual.length < expected.length) {
    let next = 0;
    for (const item of expected) if (differenceAt(path, actual[next], item, allowed) === undefined) next += 1;
    return next >= actual.length ? undefined : `${path} has an entry of its own: ${JSON.stringify(actual[next])}.`;
  }
  if (actual.length !== expected.length) return `${path} has ${actual.length} items, expected ${expected.length}.`;
  return firstOf(actual.map((item, index) => differenceAt(path, item, expected[index], allowed)));
}

function isObject(value: Tree): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstOf(found: readonly (string | undefined)[]): string | undefined {
  return found.find((one) => one !== undefined);
}
