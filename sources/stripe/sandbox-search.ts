/**
 * Stripe's search query language: clauses joined by AND (or a blank) or by OR, never both; `field:'value'` compares
 * without case, `field~'part'` looks inside, `field>1` compares numbers, `-` negates, `metadata['key']:'value'` and
 * `:null`. https://docs.stripe.com/search#search-query-language
 */
import { invalid } from './sandbox-faults.ts';
import type { Test } from './sandbox-filters.ts';
import type { StripeObject } from './sandbox-objects.ts';

/** `text` may be searched inside, `token` is compared as a whole, `number` has an order. */
export type SearchFieldKind = 'text' | 'token' | 'number' | 'metadata';
/** By name as a query spells it: a dotted path into the object. */
export type SearchFields = Record<string, SearchFieldKind>;

const MAX_CLAUSES = 10;
/** Shorter parts are refused by the vendor. */
const MIN_PART_LENGTH = 3;

const JOINER = /\s+(?:(AND|OR)\s+)?/iy;
const CLAUSE =
  /(-)?([a-z_0-9.]+)(?:\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\])?\s*(:|~|>=|<=|>|<)\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(null|true|false|-?\d+(?:\.\d+)?))/iy;

interface Clause {
  negated: boolean;
  field: string;
  key: string | undefined;
  operator: string;
  /** Null for the bare word `null`: the field has no value. */
  value: string | null;
}

/** Parses the query for a resource, or refuses it in the vendor's words. */
export function parseSearch(query: string, resource: string, fields: SearchFields): Test {
  const { clauses, joiner } = readClauses(query.trim());
  if (clauses.length > MAX_CLAUSES) throw invalid(`Search queries can have up to ${MAX_CLAUSES} clauses.`, 'query');
  const tests = clauses.map((clause) => testOf(clause, resource, fields));
  return joiner === 'OR'
    ? (object) => tests.some((test) => test(object))
    : (object) => tests.every((test) => test(object));
}

function readClauses(query: string): { clauses: Clause[]; joiner: 'AND' | 'OR' } {
  const clauses: Clause[] = [];
  const joiners = new Set<'AND' | 'OR'>();
  let position = 0;
  do {
    if (clauses.length > 0) {
      const joiner = matchAt(JOINER, query, position);
      joiners.add(joiner[1]?.toUpperCase() === 'OR' ? 'OR' : 'AND');
      position += joiner[0].length;
    }
    const match = matchAt(CLAUSE, query, position);
    clauses.push(clauseOf(match));
    position += match[0].length;
  } while (position < query.length);
  if (joiners.size > 1)
    throw invalid('Search queries cannot combine AND and OR: use one of them for all clauses.', 'query');
  return { clauses, joiner: joiners.has('OR') ? 'OR' : 'AND' };
}

function matchAt(pattern: RegExp, query: string, position: number): RegExpExecArray {
  pattern.lastIndex = position;
  const match = pattern.exec(query);
  if (match !== null) return match;
  throw invalid(
    'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query for metadata or key:"value" to query for other fields.',
    'query',
  );
}

function clauseOf([
  ,
  minus,
  field = '',
  singleKey,
  doubleKey,
  operator = ':',
  single,
  double,
  bare,
]: RegExpExecArray): Clause {
  const key = singleKey ?? doubleKey;
  const value = single ?? double;
  return {
    negated: minus !== undefined,
    field,
    key: key === undefined ? undefined : unquote(key),
    operator,
    value: value !== undefined ? unquote(value) : bare === 'null' ? null : (bare ?? ''),
  };
}

function unquote(text: string): string {
  return text.replaceAll(/\\(.)/gs, '$1');
}

function testOf(clause: Clause, resource: string, fields: SearchFields): Test {
  const { field, key, negated } = clause;
  const kind = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (kind === undefined || (kind === 'metadata') !== (key !== undefined)) {
    throw invalid(
      `Field \`${field}\` is an unsupported search field for resource \`${resource}\`. See http://stripe.com/docs/search#query-fields-for-${resource} for a list of supported fields.`,
      'query',
    );
  }
  const test = compare(clause, kind);
  return (object) => test(valueAt(object, field, key)) !== negated;
}

function valueAt(object: StripeObject, field: string, key: string | undefined): unknown {
  if (key !== undefined) return Object.hasOwn(object.metadata, key) ? object.metadata[key] : undefined;
  return field.split('.').reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), object);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const ORDERS: Record<string, (one: number, other: number) => boolean> = {
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
};

/** The comparison of one clause; a field without a value matches nothing but `null`. */
function compare({ field, operator, value }: Clause, kind: SearchFieldKind): (actual: unknown) => boolean {
  const empty = (actual: unknown) => actual === null || actual === undefined;
  if (value === null) return empty;
  if (operator === ':') return (actual) => !empty(actual) && String(actual).toLowerCase() === value.toLowerCase();
  const order = ORDERS[operator];
  if (order === undefined) {
    if (kind !== 'text') throw invalid(`Operator \`~\` is not supported for field \`${field}\`.`, 'query');
    if (value.length < MIN_PART_LENGTH)
      throw invalid(`Values for \`~\` must be at least ${MIN_PART_LENGTH} characters long.`, 'query');
    return (actual) => typeof actual === 'string' && actual.toLowerCase().includes(value.toLowerCase());
  }
  const bound = Number(value);
  if (kind !== 'number' || Number.isNaN(bound))
    throw invalid(`Operator \`${operator}\` needs a numeric field and a number.`, 'query');
  return (actual) => typeof actual === 'number' && order(actual, bound);
}
