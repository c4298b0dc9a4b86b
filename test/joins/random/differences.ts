/** Where an answer is not what the oracle says. */
import type { Tree } from '../asking.ts';
import { KEY } from './query-text.ts';
import { CURSOR } from './world-page.ts';

/** Cursors of the gateway by those of the oracle that stand at the same place. */
export type Cursors = Map<string, string>;

/** The first difference, as a sentence; undefined when there is none. Cursors need only be there. */
export function difference(actual: Tree, expected: Tree, path = ''): string | undefined {
  if (typeof expected === 'string' && expected.startsWith(CURSOR)) {
    return typeof actual === 'string' && actual !== '' ? undefined : unlike(actual, 'a cursor', path);
  }
  if (typeof expected !== 'object' || expected === null || typeof actual !== 'object' || actual === null) {
    return Object.is(actual, expected) ? undefined : unlike(actual, expected, path);
  }
  if (Array.isArray(expected) && actual.length !== expected.length) {
    return unlike(actual.map(keyOf), expected.map(keyOf), path);
  }
  for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const found = difference(actual[name], expected[name], `${path}.${name}`);
    if (found) return found;
  }
  return undefined;
}

export interface Tolerance {
  /** A value may be null where one of these paths, of the answer's errors, explains it. */
  nulls: readonly string[];
  /** Whether a value, or rows of a list, may be missing without a word. */
  mayMiss(path: string): boolean;
  /** Whether a value may stand for the right one, because less is known. */
  weaker(actual: unknown, right: unknown): boolean;
  /** Within a row that is not on the right page. */
  isBeyondPage?: boolean;
  /** Whom no system has may be there all the same: a system that fails cannot deny. */
  strangers: boolean;
}

/**
 * As `difference`, for vendors that misbehave: lists hold rows of the whole list in any order, each once or more, each what
 * the oracle says of it. `page` is the right answer, `whole` the one with every list whole.
 */
export function wrongness(actual: Tree, page: Tree, whole: Tree, tolerance: Tolerance, path = ''): string | undefined {
  if (actual === undefined && whole === undefined) return undefined;
  if (actual === null) return isExplained(page, tolerance, path) ? undefined : unlike(actual, page, path);
  if (page === null && !tolerance.strangers) return unlike(actual, page, path);
  if (Array.isArray(whole) && Array.isArray(actual)) return wrongList(actual, page, whole, tolerance, path);
  if (typeof whole === 'object' && whole !== null && typeof actual === 'object') {
    for (const name of new Set([...Object.keys(whole), ...Object.keys(actual)])) {
      // Where a list ends cannot be known of one that comes broken.
      if (name === 'pageInfo') continue;
      const found = wrongness(actual[name], page?.[name], whole[name], tolerance, `${path}.${name}`);
      if (found) return found;
    }
    return undefined;
  }
  if (typeof whole === 'string' && whole.startsWith(CURSOR)) return undefined;
  // A name may be another system's, whose spelling differs in case.
  return sameText(actual, whole) || tolerance.weaker(actual, whole) ? undefined : unlike(actual, whole, path);
}

function wrongList(actual: Tree[], page: Tree, whole: Tree[], tolerance: Tolerance, path: string): string | undefined {
  const wholeByKey = new Map(whole.map((row) => [keyOf(row), row]));
  const pageByKey = new Map((Array.isArray(page) ? page : []).map((row) => [keyOf(row), row]));
  for (const [index, row] of actual.entries()) {
    if (row === null && isExplained('a row', tolerance, `${path}.${index}`)) continue;
    const key = keyOf(row);
    const right = wholeByKey.get(key);
    if (!right) return unlike(key, [...wholeByKey.keys()], `${path}.${index}`);
    const own = pageByKey.get(key);
    // Of a row that came in a lost one's place the oracle knows whole lists only, and not how much was asked of them.
    const allowed = own ? tolerance : { ...tolerance, isBeyondPage: true };
    const found = wrongness(row, own ?? right, right, allowed, `${path}.${index}`);
    if (found) return found;
  }
  if (!Array.isArray(page) || tolerance.isBeyondPage || tolerance.mayMiss(path)) return undefined;
  const rows = actual.filter((row) => row !== null);
  const nulls = actual.length - rows.length;
  // Two of the CRM's records may be one person or account, who is then listed twice.
  const most = Map.groupBy(whole, keyOf);
  const distinct = [...Map.groupBy(rows, keyOf)].reduce(
    (sum, [key, same]) => sum + Math.min(same.length, most.get(key)?.length ?? 0),
    0,
  );
  // A null may stand for a row, or for what a failing system would have said there was none of.
  const isRight = distinct === rows.length && distinct <= page.length && distinct + nulls >= page.length;
  return isRight ? undefined : unlike(actual.map(keyOf), page.map(keyOf), path);
}

function isExplained(right: Tree, { nulls, mayMiss }: Tolerance, path: string): boolean {
  if (right === null || right === undefined || mayMiss(path)) return true;
  return nulls.some((error) => isWithin(error, path) || isWithin(path, error));
}

/** Whether `inner` is `outer` or lies in it. */
function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}.`);
}

function sameText(one: unknown, other: unknown): boolean {
  return typeof one === 'string' && typeof other === 'string'
    ? one.toLowerCase() === other.toLowerCase()
    : Object.is(one, other);
}

/** Of a row, or of the row in an edge. */
function keyOf(row: Tree): unknown {
  return row?.[KEY] ?? row?.node?.[KEY] ?? null;
}

function unlike(actual: unknown, expected: unknown, path: string): string {
  return `${path} is ${JSON.stringify(actual)}, but the world says ${JSON.stringify(expected)}.`;
}
