/** What the fields of an event type are resolved from: a stored event, the name of its type, and its cursor for this caller. */
import type { LoggedEvent } from '../events/log.ts';
import { readJson } from '../rest/json.ts';

export interface EventRow {
  /** GraphQL type, as `EventTypes.typeOf` names it. */
  __typename: string;
  event: LoggedEvent;
  cursor: string;
  /** The element as the vendor sent it. */
  payload(): unknown;
}

/** Parsed when a field first asks, once for all subscribers that were given the same event. */
const payloads = new WeakMap<LoggedEvent, { value: unknown }>();

export function createEventRow(typeName: string, event: LoggedEvent, cursor: string): EventRow {
  return { __typename: typeName, event, cursor, payload: () => payloadOf(event) };
}

function payloadOf(event: LoggedEvent): unknown {
  const known = payloads.get(event);
  if (known) return known.value;
  const value = readJson(event.body);
  payloads.set(event, { value });
  return value;
}
