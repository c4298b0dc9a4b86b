/**
 * Reads one page of the log and makes sure that it is whole. A log makes its pages shorter while events are large; what is
 * beyond the bounds of a reader all the same is read again later.
 */
import { setImmediate } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import type { EventLog, EventPage, Position } from '../events/log.ts';
import type { Interest } from './interest.ts';
import { createKnownEvents } from './known-events.ts';
import { cutPage, PAGE_EVENTS } from './page.ts';

/**
 * Rejects with STREAM_GAP when retention took something behind `after`. Gives other work a turn first: an embedded log
 * reads without waiting for anything.
 */
export type ReadPage = (after: Position, interest: Interest) => Promise<EventPage>;

export function createPageReader(log: EventLog): ReadPage {
  const known = createKnownEvents();
  return async (after, interest) => {
    await setImmediate();
    const { earliest, ...page } = await log.read(after, interest.filter, PAGE_EVENTS);
    if (page.scannedTo > after && earliest > after) throw overtaken();
    const cut = cutPage(page);
    return { ...cut, events: cut.events.map(known.same) };
  };
}

/** The stream that ends with it adds its last good cursor. */
const overtaken = (): GatewayError =>
  new GatewayError('STREAM_GAP', 'Events that were not yet delivered are no longer kept.');
