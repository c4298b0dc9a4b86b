/** Filters as SQL. A filter of vendors and whole type names can be answered from indexes; one with a `*` needs to look at rows. */
import type { EventFilter, EventQuery } from './log.ts';

export interface Condition {
  sql: string;
  values: (string | number)[];
}

/** Events of a vendor, or of one type of it. */
export interface Arm {
  vendor: string;
  type: string | undefined;
}

const MOST_ARMS = 16;
/** Sorts behind whatever may follow a prefix. */
const LAST = '\u{10FFFF}';

/** Undefined when an index does not answer it. No event is in two arms. */
export function armsOf(filter: EventFilter): readonly Arm[] | undefined {
  if (filter.some(({ types }) => types?.some((type) => type.endsWith('*')))) return undefined;
  const whole = new Set(filter.flatMap(({ vendor, types }) => (types === undefined ? [vendor] : [])));
  const arms = new Map<string, Arm>([...whole].map((vendor) => [vendor, { vendor, type: undefined }]));
  for (const { vendor, types = [] } of filter) {
    for (const type of types) if (!whole.has(vendor)) arms.set(`${vendor} ${type}`, { vendor, type });
  }
  return arms.size <= MOST_ARMS ? [...arms.values()] : undefined;
}

/** Of the columns `vendor` and `type`. */
export function filterCondition(filter: EventFilter): Condition {
  return either(
    filter.map(({ vendor, types }) => {
      const ofVendor = { sql: 'e.vendor = ?', values: [vendor] };
      return types === undefined ? ofVendor : both([ofVendor, either(types.map(typeCondition))]);
    }),
  );
}

/** Of vendor, type and time; ids and positions are looked up apart. */
export function queryCondition({ filter, from, to }: EventQuery): Condition {
  const conditions = [filterCondition(filter)];
  const add = (sql: string, value: number | undefined): void => {
    if (value !== undefined) conditions.push({ sql, values: [value] });
  };
  add('e.received_at >= ?', from);
  add('e.received_at < ?', to);
  return both(conditions);
}

function typeCondition(type: string): Condition {
  if (!type.endsWith('*')) return { sql: 'e.type = ?', values: [type] };
  const prefix = type.slice(0, -1);
  return { sql: '(e.type >= ? AND e.type < ?)', values: [prefix, `${prefix}${LAST}`] };
}

const both = (conditions: readonly Condition[]): Condition => joined(conditions, ' AND ', '1');
const either = (conditions: readonly Condition[]): Condition => joined(conditions, ' OR ', '0');

function joined(conditions: readonly Condition[], word: string, none: string): Condition {
  if (conditions.length === 0) return { sql: none, values: [] };
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(word)})`,
    values: conditions.flatMap(({ values }) => values),
  };
}
