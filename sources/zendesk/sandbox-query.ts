/** Zendesk's search expressions, e.g. `type:ticket requester:ada@example.com status<solved -tags:vip "printer on fire" order_by:updated_at sort:asc`. */

export type Operator = ':' | '<' | '<=' | '>' | '>=';

export interface Term {
  /** A leading minus: rows that fit are left out. */
  negated: boolean;
  /** Undefined for free words. */
  property: string | undefined;
  operator: Operator;
  /** Without quotes, lower case. */
  value: string;
}

export interface Query {
  terms: Term[];
  orderBy: string | undefined;
  sort: string | undefined;
}

const TOKEN = /(-)?(?:([a-z_]+)(:|<=|>=|<|>))?(?:"([^"]*)"|(\S+))/giy;

export function parseQuery(text: string): Query {
  const query: Query = { terms: [], orderBy: undefined, sort: undefined };
  for (const token of text.trim().split(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/)) {
    TOKEN.lastIndex = 0;
    const [, minus, property, operator = ':', quoted, word] = TOKEN.exec(token) ?? [];
    const value = (quoted ?? word ?? '').toLowerCase();
    if (value === '') continue;
    if (property === 'order_by') query.orderBy = value;
    else if (property === 'sort') query.sort = value;
    // The expression above matches no other operators.
    else
      query.terms.push({
        negated: minus !== undefined,
        property: property?.toLowerCase(),
        operator: operator as Operator,
        value,
      });
  }
  return query;
}

export type Matcher<Row> = (row: Row, value: string, operator: Operator) => boolean;

/** How rows of one kind are searched. A property that is missing here never fits. */
export interface Searchable<Row> {
  properties: Record<string, Matcher<Row>>;
  words(row: Row): string;
}

/** Values of one property are alternatives; different properties must all fit, and every free word. */
export function fits<Row>(row: Row, terms: readonly Term[], { properties, words }: Searchable<Row>): boolean {
  const wanted = new Map<string, boolean>();
  for (const { negated, property, operator, value } of terms) {
    const found =
      property === undefined
        ? containsWords(words(row), value)
        : Object.hasOwn(properties, property) && properties[property]?.(row, value, operator) === true;
    if (negated && found) return false;
    if (negated) continue;
    // Each free word and each comparison counts by itself: `created>a created<b` is a range.
    const group = property === undefined || operator !== ':' ? `${property}${operator}${value}` : property;
    wanted.set(group, wanted.get(group) === true || found);
  }
  return [...wanted.values()].every(Boolean);
}

export function containsWords(text: string, words: string): boolean {
  const lower = text.toLowerCase();
  return words.split(/\s+/).every((word) => lower.includes(word.replaceAll('*', '')));
}

/** The whole text, upper and lower case alike; `*` stands for anything, `none` for nothing. */
export function equalsText(text: string | null, value: string): boolean {
  if (text === null || value === 'none') return text === null && value === 'none';
  if (!value.includes('*')) return text.toLowerCase() === value;
  const parts = value.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(text);
}

/** Compares by place in an order, e.g. `status<solved`, `priority>=high`. */
export function comparesRank(
  order: readonly string[],
  text: string | null,
  value: string,
  operator: Operator,
): boolean {
  if (operator === ':') return equalsText(text, value);
  if (text === null || !order.includes(value)) return false;
  return compares(order.indexOf(text), order.indexOf(value), operator);
}

/** A day is compared as a day, an instant as an instant; `24hours` is that long ago. */
export function comparesTime(instant: string, value: string, operator: Operator, nowMs: number): boolean {
  const span = /^(\d+)(minute|hour|day|week|month|year)s?$/.exec(value);
  if (span !== null) {
    const at = nowMs - Number(span[1]) * (SPAN_MS[span[2] ?? ''] ?? 0);
    return compares(Date.parse(instant), at, operator === ':' ? '>=' : operator);
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return compares(instant.slice(0, 10), value, operator);
  const at = Date.parse(value);
  return !Number.isNaN(at) && compares(Date.parse(instant), at, operator);
}

const SPAN_MS: Record<string, number> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_592_000_000,
  year: 31_536_000_000,
};

function compares<Value extends string | number>(one: Value, other: Value, operator: Operator): boolean {
  switch (operator) {
    case ':':
      return one === other;
    case '<':
      return one < other;
    case '<=':
      return one <= other;
    case '>':
      return one > other;
    case '>=':
      return one >= other;
  }
}
