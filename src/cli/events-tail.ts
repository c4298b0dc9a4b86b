/** `vendorgraph events tail`: the newest events, and those that come. Shows names and times, nothing of a body. */
import type { EventFilter, EventLog, LoggedEvent } from '../events/log.ts';

export interface TailOptions {
  filter: EventFilter;
  /** Of what is there already. */
  limit: number;
  follow: boolean;
  json: boolean;
  /** Ends following. */
  signal: AbortSignal;
}

const PAGE = 100;

export async function* tailLines(log: EventLog, { filter, limit, follow, json, signal }: TailOptions) {
  const line = (event: LoggedEvent): string => (json ? JSON.stringify(eventFacts(event)) : eventLine(event));
  let after = await log.head();
  const recent = limit === 0 ? [] : await log.find({ filter, upTo: after }, limit, true);
  yield* recent.reverse().map(line);
  while (follow && !signal.aborted) {
    const { events, scannedTo, isEnd } = await log.read(after, filter, PAGE);
    yield* events.map(line);
    if (isEnd && events.length === 0) await log.waitFor(scannedTo, signal);
    after = scannedTo;
  }
}

/** What may be shown of every event. */
export function eventFacts(event: LoggedEvent) {
  const { id, vendor, type, eventId, deliveryId, ix, unsigned, replayOf } = event;
  return {
    ...{ id, vendor, type, eventId },
    occurredAt: event.vendorTime === null ? null : new Date(event.vendorTime).toISOString(),
    receivedAt: new Date(event.receivedAt).toISOString(),
    ...{ deliveryId, ix, unsigned, replayOf },
  };
}

function eventLine({ id, vendor, type, receivedAt, replayOf }: LoggedEvent): string {
  const replayed = replayOf === null ? '' : `  replay of ${replayOf}`;
  return `${new Date(receivedAt).toISOString()}  ${vendor.padEnd(8)}  ${type.padEnd(30)}  ${id}${replayed}`;
}
