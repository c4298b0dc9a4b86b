/** Which type of the graph an event is, and which events a subscription's field shows: as the composed schema says. */
import { type GraphQLSchema, getNamedType, isEnumType, isInterfaceType } from 'graphql';
import type { VendorName } from '../config/vendor-name.ts';
import type { EventFilter, LoggedEvent } from '../events/log.ts';
import { readDirective } from '../rest/directive.ts';
import { createEventRow, type EventRow } from './event-row.ts';

export interface EventTypes {
  /** Sources of the graph; empty: it has no events. */
  vendors: readonly VendorName[];
  /** Name of the GraphQL type; `OtherEvent` for what nobody described. */
  typeOf(vendor: VendorName, type: string): string;
  /** Of a typed field of Subscription, e.g. `invoiceEvents`; undefined for `events`, and for what shows no events. */
  filterOf(fieldName: string): EventFilter | undefined;
  /** The value to execute a field of Subscription with. */
  rowOf(event: LoggedEvent, cursor: string): EventRow;
}

export const OTHER_EVENT = 'OtherEvent';

interface Described {
  name: string;
  vendor: VendorName;
  types: readonly string[];
}

export function readEventTypes(schema: GraphQLSchema): EventTypes {
  const described = describedTypes(schema);
  const byName = new Map(described.map((one) => [one.name, one]));
  const known = new Map<string, string>();
  const typeOf = (vendor: VendorName, type: string): string => {
    const key = `${vendor} ${type}`;
    const name = known.get(key) ?? described.find((one) => one.vendor === vendor && covers(one.types, type))?.name;
    // Names come from vendors: only those a type describes are remembered, so that odd ones cannot fill the memory.
    if (name !== undefined && known.size < MOST_REMEMBERED) known.set(key, name);
    return name ?? OTHER_EVENT;
  };
  return {
    vendors: vendorsOf(schema),
    typeOf,
    filterOf(fieldName) {
      const field = schema.getSubscriptionType()?.getFields()[fieldName];
      const type = field && byName.get(getNamedType(field.type).name);
      return type && [{ vendor: type.vendor, types: type.types }];
    },
    rowOf: (event, cursor) => createEventRow(typeOf(event.vendor, event.type), event, cursor),
  };
}

const MOST_REMEMBERED = 1_000;

function describedTypes(schema: GraphQLSchema): Described[] {
  const event = schema.getType('Event');
  if (!isInterfaceType(event)) return [];
  return schema.getPossibleTypes(event).flatMap(({ name, astNode }) => {
    const described = readDirective(astNode, 'eventType');
    const types = described?.['types'];
    // The composer writes the names of the graph's own sources only.
    return Array.isArray(types)
      ? [{ name, vendor: described?.['vendor'] as VendorName, types: types.map(String) }]
      : [];
  });
}

/** A trailing * stands for whatever follows. */
function covers(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type));
}

function vendorsOf(schema: GraphQLSchema): VendorName[] {
  const type = schema.getSubscriptionType() && schema.getType('Vendor');
  // As above.
  return isEnumType(type) ? type.getValues().map(({ name }) => name as VendorName) : [];
}
