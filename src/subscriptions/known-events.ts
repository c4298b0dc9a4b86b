/**
 * One object for one event, whoever reads it: what was parsed or executed for it is remembered by that object. Holds the
 * events read last; one that was forgotten in between is another object, which costs work and nothing else.
 */
import type { LoggedEvent, Position } from '../events/log.ts';
import { sizeOf } from './page.ts';

export interface KnownEvents {
  /** The object already known for this event, else this one. */
  same(event: LoggedEvent): LoggedEvent;
}

export interface KnownEventsOptions {
  /** @default 1_000 */
  maxEvents?: number;
  /** @default 4 MiB */
  maxBytes?: number;
}

export function createKnownEvents({ maxEvents = 1_000, maxBytes = 4_194_304 }: KnownEventsOptions = {}): KnownEvents {
  const known = new Map<Position, LoggedEvent>();
  let bytes = 0;

  const forgetOldest = (): void => {
    for (const [position, event] of known) {
      if (known.size <= maxEvents && bytes <= maxBytes) return;
      known.delete(position);
      bytes -= sizeOf(event);
    }
  };

  return {
    same(event) {
      const before = known.get(event.position);
      // A store put back to an older state gives a position to another event.
      if (before?.id === event.id) return before;
      if (before !== undefined) bytes -= sizeOf(before);
      known.delete(event.position);
      known.set(event.position, event);
      bytes += sizeOf(event);
      forgetOldest();
      return event;
    },
  };
}
