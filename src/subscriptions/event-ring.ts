/**
 * The newest events, kept in memory for readers that are nearly at the head: all that the log has behind `from`, up to and
 * with `to`, and nothing else.
 */
import type { EventPage, LoggedEvent, Position } from '../events/log.ts';
import type { Interest } from './interest.ts';
import { cutPage, sizeOf } from './page.ts';

export interface EventRing {
  readonly to: Position;
  /** Whether something behind `after` is known and nothing behind it is missing. */
  covers(after: Position): boolean;
  /** What `interest` wants behind a covered `after`, at most a page. */
  read(after: Position, interest: Interest): EventPage;
  /** The page behind `to`. */
  push(page: EventPage): void;
  /** Forgets everything: goes on behind `position`. */
  restart(position: Position): void;
}

export interface EventRingOptions {
  /** @default 1_000 */
  maxEvents?: number;
  /** Of bodies, in characters; the newest event stays, however large. @default 4 MiB */
  maxBytes?: number;
}

export function createEventRing({ maxEvents = 1_000, maxBytes = 4_194_304 }: EventRingOptions = {}): EventRing {
  let events: LoggedEvent[] = [];
  let bytes = 0;
  let from = '';
  let to = '';

  const forgetOldest = (): void => {
    let gone = 0;
    while (events.length - gone > 1 && (events.length - gone > maxEvents || bytes > maxBytes)) {
      const oldest = events[gone++];
      if (oldest === undefined) break;
      bytes -= sizeOf(oldest);
      from = oldest.position;
    }
    if (gone > 0) events = events.slice(gone);
  };

  return {
    get to() {
      return to;
    },
    covers: (after) => from <= after && after < to,
    read(after, { matches }) {
      return cutPage({ events: events.slice(firstBehind(events, after)).filter(matches), scannedTo: to, isEnd: true });
    },
    push(page) {
      for (const event of page.events) bytes += sizeOf(event);
      events = events.concat(page.events);
      to = page.scannedTo;
      forgetOldest();
    },
    restart(position) {
      events = [];
      bytes = 0;
      from = position;
      to = position;
    },
  };
}

/** Index of the first event behind `after`. */
function firstBehind(events: readonly LoggedEvent[], after: Position): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.position ?? after) > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
