/** HubSpot's search: groups of filters, words, sorting. Matches are exact about kinds of values: numbers and times are not compared as text. */
import { type ObjectType, PROPERTIES, type PropertyKind, readTime, SEARCHED_PROPERTIES } from './sandbox-properties.ts';
import type { CrmObject, CrmState } from './sandbox-state.ts';

export const MAX_GROUPS = 6;
export const MAX_FILTERS = 25;

export interface Filter {
  propertyName: string;
  operator: Operator;
  value: string;
  highValue: string;
  values: string[];
}

export interface Sort {
  propertyName: string;
  descending: boolean;
}

export interface Search {
  query: string;
  groups: Filter[][];
  sorts: Sort[];
}

/** A value of an object and the filter's own, compared as its kind demands. */
type Test = (value: string, filter: Filter, kind: PropertyKind) => boolean;

// A property without a value matches NOT_HAS_PROPERTY and nothing else.
const TESTS = {
  EQ: (value, filter, kind) => compare(value, filter.value, kind) === 0,
  NEQ: (value, filter, kind) => compare(value, filter.value, kind) !== 0,
  LT: (value, filter, kind) => compare(value, filter.value, kind) < 0,
  LTE: (value, filter, kind) => compare(value, filter.value, kind) <= 0,
  GT: (value, filter, kind) => compare(value, filter.value, kind) > 0,
  GTE: (value, filter, kind) => compare(value, filter.value, kind) >= 0,
  BETWEEN: (value, filter, kind) =>
    compare(value, filter.value, kind) >= 0 && compare(value, filter.highValue, kind) <= 0,
  IN: (value, { values }, kind) => values.some((wanted) => isListed(value, wanted, kind)),
  NOT_IN: (value, { values }, kind) => !values.some((wanted) => isListed(value, wanted, kind)),
  HAS_PROPERTY: () => true,
  NOT_HAS_PROPERTY: () => false,
  CONTAINS_TOKEN: (value, filter) => containsToken(value, filter.value),
  NOT_CONTAINS_TOKEN: (value, filter) => !containsToken(value, filter.value),
} satisfies Record<string, Test>;

export type Operator = keyof typeof TESTS;

export function search(state: CrmState, type: ObjectType, { query, groups, sorts }: Search): CrmObject[] {
  const words = tokens(query);
  const matches = state
    .all(type)
    .filter((object) => object.archivedAt === null && hasWords(state, object, words))
    .filter(
      (object) =>
        groups.length === 0 || groups.some((group) => group.every((filter) => isMatch(state, object, filter))),
    );
  return sorts.length === 0 ? matches : matches.sort(order(state, type, sorts));
}

/** The search in a request's body, or what is wrong with it. */
export function readSearch(type: ObjectType, body: Record<string, unknown>): Search | string {
  const groups: Filter[][] = [];
  for (const group of listOf(body['filterGroups'])) {
    const filters = listOf(isRecord(group) ? group['filters'] : undefined).map((filter) => readFilter(type, filter));
    const problem = filters.find((filter) => typeof filter === 'string');
    if (typeof problem === 'string') return problem;
    groups.push(filters.filter((filter) => typeof filter !== 'string'));
  }
  if (groups.length > MAX_GROUPS) return `Too many filter groups: ${groups.length}, at most ${MAX_GROUPS} are allowed.`;
  if (groups.flat().length > MAX_FILTERS)
    return `Too many filters: ${groups.flat().length}, at most ${MAX_FILTERS} are allowed.`;
  return { query: textOf(body['query']), groups, sorts: listOf(body['sorts']).map(readSort) };
}

function readFilter(type: ObjectType, input: unknown): Filter | string {
  if (!isRecord(input)) return 'A filter must be an object.';
  const { propertyName, operator = '' } = input;
  if (typeof propertyName !== 'string' || !Object.hasOwn(PROPERTIES[type], propertyName)) {
    return `Property with name '${String(propertyName)}' does not exist.`;
  }
  if (!isOperator(operator)) return `Cannot deserialize value of type Operator from "${String(operator)}".`;
  const { value, highValue, values } = input;
  if (operator === 'IN' || operator === 'NOT_IN') {
    if (!Array.isArray(values)) return `operator ${operator} requires values.`;
  } else if (!operator.endsWith('HAS_PROPERTY')) {
    if (value === undefined || value === null) return `operator ${operator} requires a value.`;
    if (operator === 'BETWEEN' && (highValue === undefined || highValue === null))
      return 'operator BETWEEN requires a highValue.';
  }
  return {
    propertyName,
    operator,
    value: textOf(value),
    highValue: textOf(highValue),
    values: listOf(values).map(textOf),
  };
}

/** `name`, `-name`, or the older `{propertyName, direction: ASCENDING | DESCENDING}`. */
function readSort(input: unknown): Sort {
  if (isRecord(input))
    return { propertyName: textOf(input['propertyName']), descending: input['direction'] === 'DESCENDING' };
  const text = textOf(input);
  return text.startsWith('-')
    ? { propertyName: text.slice(1), descending: true }
    : { propertyName: text, descending: false };
}

function isMatch(state: CrmState, object: CrmObject, filter: Filter): boolean {
  const value = state.read(object, filter.propertyName);
  if (value === null) return filter.operator === 'NOT_HAS_PROPERTY';
  const test: Test = TESTS[filter.operator];
  return test(value, filter, PROPERTIES[object.type][filter.propertyName]?.kind ?? 'string');
}

/** Below zero, zero or above; NaN, which is none of them, when a number or time is not one. */
function compare(left: string, right: string, kind: PropertyKind): number {
  if (kind === 'number') return Number(left) - Number(right);
  if (kind === 'datetime') return (readTime(left) ?? Number.NaN) - (readTime(right) ?? Number.NaN);
  const [a, b] = kind === 'enumeration' ? [left, right] : [left.toLowerCase(), right.toLowerCase()];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Lists of text are compared with the value in lower case, but as they stand: HubSpot finds nothing for `Acme.com`. */
function isListed(value: string, wanted: string, kind: PropertyKind): boolean {
  return kind === 'string' || kind === 'email' ? value.toLowerCase() === wanted : compare(value, wanted, kind) === 0;
}

/** `acme`, several words in a row, or with `*` for any run of characters: `*@acme.com`. */
function containsToken(value: string, wanted: string): boolean {
  const lower = value.toLowerCase();
  if (wanted.includes('*')) {
    const escaped = wanted
      .toLowerCase()
      .split(/\*+/)
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    const pattern = new RegExp(`^${escaped.join('.*')}$`, 's');
    return (
      pattern.test(lower) ||
      lower.split(/\s+/).some((word) => pattern.test(word)) ||
      tokens(value).some((token) => pattern.test(token))
    );
  }
  return ` ${tokens(value).join(' ')} `.includes(` ${tokens(wanted).join(' ')} `);
}

/** Every word must begin some word of the searched properties. */
function hasWords(state: CrmState, object: CrmObject, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const known = SEARCHED_PROPERTIES[object.type].flatMap((name) => tokens(state.read(object, name) ?? ''));
  return words.every((word) => known.some((token) => token.startsWith(word)));
}

function order(state: CrmState, type: ObjectType, sorts: readonly Sort[]): (a: CrmObject, b: CrmObject) => number {
  return (a, b) => {
    for (const { propertyName, descending } of sorts) {
      const [left, right] = [state.read(a, propertyName), state.read(b, propertyName)];
      if (left === right) continue;
      if (left === null || right === null) return left === null ? 1 : -1; // without a value: last, either way
      const sign = compare(left, right, PROPERTIES[type][propertyName]?.kind ?? 'string');
      if (sign !== 0) return descending ? -sign : sign;
    }
    return Number(a.id) - Number(b.id);
  };
}

function tokens(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== '');
}

function isOperator(value: unknown): value is Operator {
  return typeof value === 'string' && Object.hasOwn(TESTS, value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}
