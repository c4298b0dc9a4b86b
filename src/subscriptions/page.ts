/** How much one reader may hold: the bounds of a page. What was cut off is read again when it is asked for. */
import type { EventPage, LoggedEvent } from '../events/log.ts';

export const PAGE_EVENTS = 100;
/** Of bodies, in characters; a single event may be larger. */
export const PAGE_BYTES = 1_048_576;

/** What an event holds besides its body, roughly. */
const ROW_BYTES = 512;

export const sizeOf = ({ body }: LoggedEvent): number => body.length + ROW_BYTES;

/** The first events that fit, at least one; `scannedTo` is then the last one's position. */
export function cutPage(page: EventPage): EventPage {
  const { events, scannedTo } = page;
  let bytes = 0;
  const cut = events.findIndex((event, index) => {
    bytes += sizeOf(event);
    return index === PAGE_EVENTS || (index > 0 && bytes > PAGE_BYTES);
  });
  if (cut === -1) return page;
  const kept = events.slice(0, cut);
  return { events: kept, scannedTo: kept.at(-1)?.position ?? scannedTo, isEnd: false };
}
