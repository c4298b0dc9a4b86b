/**
 * Reads one page of the log and makes sure that it is whole. Asks for fewer rows while they are large, so that a page that is
 * being read stays near the bounds of a page that is held.
 */
import { setImmediate } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import type { EventLog, EventPage, Position } from '../events/log.ts';
import { earliestOf } from './continuity.ts';
import type { Interest } from './interest.ts';
import { createKnownEvents } from './known-events.ts';
import { cutPage, PAGE_BYTES, PAGE_EVENTS, sizeOf } from './page.ts';

/**
 * Rejects with STREAM_GAP when retention took something behind `after`. Gives other work a turn first: an embedded log
 * reads without waiting for anything.
 */
export type ReadPage = (after: Position, interest: Interest) => Promise<EventPage>;

/** What an event is taken to weigh before the first was seen. */
const FIRST_GUESS = 16_384;

export function createPageReader(log: EventLog): ReadPage {
  const known = createKnownEvents();
  let typicalBytes = FIRST_GUESS;
  const weigh = ({ events }: EventPage): void => {
    const bytes = events.reduce((sum, event) => sum + sizeOf(event), 0);
    if (events.length > 0) typicalBytes = Math.max(bytes / events.length, typicalBytes / 2);
  };

  return async (after, interest) => {
    await setImmediate();
    const limit = Math.max(1, Math.min(PAGE_EVENTS, Math.floor(PAGE_BYTES / typicalBytes)));
    const page = await log.read(after, interest.filter, limit);
    weigh(page);
    // Asked behind the read: what was pruned until then may be missing in the page.
    if (page.scannedTo > after && (await earliestOf(log, interest.vendors)) > after) throw overtaken();
    const { events, scannedTo } = cutPage(page);
    return { events: events.map(known.same), scannedTo };
  };
}

/** The stream that ends with it adds its last good cursor. */
const overtaken = (): GatewayError =>
  new GatewayError('STREAM_GAP', 'Events that were not yet delivered are no longer kept.');
