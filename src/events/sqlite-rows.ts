/** Rows of the embedded log as what the contract calls them. */
import type { LoggedEvent } from './log.ts';
import { positionOf } from './sqlite-position.ts';

/** Of `event e` and `delivery d`. */
export const EVENT_COLUMNS = `
  e.seq, coalesce(e.own_id, d.id || '.' || e.ix) AS id, d.id AS deliveryId, e.ix, e.vendor, e.type, e.event_id AS eventId,
  e.vendor_time AS vendorTime, e.received_at AS receivedAt, coalesce(e.body, CAST(d.raw AS TEXT)) AS body,
  e.unsigned, e.replay_of AS replayOf`;

interface EventRow extends Omit<LoggedEvent, 'position' | 'unsigned'> {
  seq: number;
  unsigned: string | null;
}

export function toEvent(row: unknown): LoggedEvent {
  // The columns are those of EVENT_COLUMNS, their types those of the schema, which is STRICT.
  const { seq, unsigned, ...event } = row as EventRow;
  return { ...event, position: positionOf(seq), unsigned: unsigned === null ? [] : namesIn(unsigned) };
}

function namesIn(json: string): string[] {
  // Written by this log, from a list of names.
  return JSON.parse(json) as string[];
}
