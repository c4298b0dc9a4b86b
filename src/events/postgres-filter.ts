/** Conditions on events as SQL: what stands in a filter goes in as values, never as text. */
import type { EventFilter, EventQuery, FilterClause } from './log.ts';
import { placeOf } from './postgres-position.ts';

/** Numbers its values on: `values.add(x)` gives `$n`. */
export class Values {
  readonly list: unknown[] = [];

  add(value: unknown, type: string): string {
    this.list.push(value);
    return `$${this.list.length}::${type}`;
  }
}

/** An event's id; see `postgres-schema.ts`. */
export const EVENT_ID = `case own_id when '' then seq::text else coalesce(own_id, delivery_id || '.' || ix) end`;
/** The columns of an event that `toEvent` reads. */
export const EVENT_COLUMNS = `seq, xid::text as xid, ${EVENT_ID} as id, delivery_id as "deliveryId", ix, vendor, type,
  event_id as "eventId", vendor_time as "vendorTime", received_at as "receivedAt", body, unsigned,
  coalesce(replay_of_id, replay_of::text) as "replayOf"`;

export function filterSql(filter: EventFilter, values: Values): string {
  const clauses = filter.map((clause) => clauseSql(clause, values));
  return clauses.length === 0 ? 'false' : `(${clauses.join(' or ')})`;
}

/** Vendors that an event of this filter may have. */
export function vendorsOf(filter: EventFilter): string[] {
  return [...new Set(filter.map(({ vendor }) => vendor))];
}

export function querySql({ filter, ids, after, upTo, from, to }: EventQuery, values: Values): string {
  const conditions = [filterSql(filter, values)];
  if (ids !== undefined) conditions.push(idSql(ids, values));
  if (after !== undefined) conditions.push(`(xid, seq) > ${placeSql(after, values)}`);
  if (upTo !== undefined) conditions.push(`(xid, seq) <= ${placeSql(upTo, values)}`);
  if (from !== undefined) conditions.push(`received_at >= ${values.add(Math.ceil(from), 'bigint')}`);
  if (to !== undefined) conditions.push(`received_at < ${values.add(Math.ceil(to), 'bigint')}`);
  return conditions.join(' and ');
}

export function placeSql(position: string, values: Values): string {
  const { xid, seq } = placeOf(position);
  return `(${values.add(xid, 'xid8')}, ${values.add(seq, 'bigint')})`;
}

function clauseSql({ vendor, types }: FilterClause, values: Values): string {
  const ofVendor = `vendor = ${values.add(vendor, 'text')}`;
  if (types === undefined) return ofVendor;
  const whole = types.filter((type) => !type.endsWith('*'));
  const beginnings = types.filter((type) => type.endsWith('*')).map((type) => beginning(type.slice(0, -1)));
  return `(${ofVendor} and (type = any(${values.add(whole, 'text[]')}) or type like any(${values.add(beginnings, 'text[]')})))`;
}

const beginning = (text: string): string => `${text.replaceAll(/[\\%_]/g, '\\$&')}%`;

/** Each kind of id by the index it stands in. */
function idSql(ids: readonly string[], values: Values): string {
  const originals = ids.flatMap((id) => {
    const [, delivery, ix] = /^(.*)\.(\d{1,9})$/s.exec(id) ?? [];
    return delivery === undefined ? [] : [{ delivery, ix: Number(ix) }];
  });
  const deliveries = values.add(
    originals.map(({ delivery }) => delivery),
    'text[]',
  );
  const places = values.add(
    originals.map(({ ix }) => ix),
    'integer[]',
  );
  return `(seq = any(${values.add(ids.filter(isSeq), 'bigint[]')}) and own_id = ''
    or own_id = any(${values.add(
      ids.filter((id) => id !== ''),
      'text[]',
    )}) and own_id <> ''
    or (delivery_id, ix) in (select * from unnest(${deliveries}, ${places})) and own_id is null)`;
}

/** The id of an event of the first version is its number in decimal. */
const isSeq = (id: string): boolean => /^[1-9]\d{0,14}$/.test(id);
