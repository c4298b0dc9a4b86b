/**
 * The pages that streams hold: what is in memory because somebody has yet to take it. Who leaves an event lying for a second
 * holds none any more, and reads on from the log when he takes it. What all hold together is bounded, too: who is behind waits
 * until there is room for one more page, and while somebody waits, no page is held for longer than a second.
 */
import type { EventPage, LoggedEvent } from '../events/log.ts';
import { PAGE_BYTES, sizeOf } from './page.ts';

export interface HeldPages {
  /** Of those that were read from the log; one that several hold counts once. */
  readonly bytes: number;
  /** Resolves when there is room for one more. */
  room(): Promise<void>;
  /** Returns what lets go of it. */
  hold(page: EventPage & { isLive: boolean }, holder: Holder): () => void;
}

/** Told when it has held its page for a while. `mustGo`: others wait for its room; else only a page that is not made use of should go. */
export type Holder = (mustGo: boolean) => void;

export interface HeldPagesOptions {
  /** @default 256 MiB */
  maxBytes?: number;
  /** @default 1_000 */
  heldMs?: number;
}

interface Holding {
  since: number;
  holder: Holder;
}

export function createHeldPages({ maxBytes = 268_435_456, heldMs = 1_000 }: HeldPagesOptions = {}): HeldPages {
  // In the order in which they were read.
  const holdings = new Set<Holding>();
  const pages = new Map<readonly LoggedEvent[], { holders: number; bytes: number }>();
  const waiting: (() => void)[] = [];
  let bytes = 0;
  let isLookedAfter = false;

  const hasRoom = (): boolean => bytes === 0 || bytes + PAGE_BYTES <= maxBytes;
  /** All of them: what they read may be nothing. They are no more than read at a time, and go beyond the bound by as many pages. */
  const letIn = (): void => {
    if (hasRoom()) for (const go of waiting.splice(0)) go();
  };
  const count = (events: readonly LoggedEvent[], change: 1 | -1): void => {
    const page = pages.get(events) ?? { holders: 0, bytes: events.reduce((sum, event) => sum + sizeOf(event), 0) };
    if (page.holders === 0) bytes += page.bytes;
    page.holders += change;
    pages.set(events, page);
    if (page.holders > 0) return;
    pages.delete(events);
    bytes -= page.bytes;
  };
  const look = (): void => {
    isLookedAfter = false;
    for (const { since, holder } of holdings) {
      if (performance.now() - since < heldMs) break;
      holder(waiting.length > 0 && !hasRoom());
    }
    lookLater();
  };
  const lookLater = (): void => {
    if (holdings.size === 0 || isLookedAfter) return;
    isLookedAfter = true;
    setTimeout(look, heldMs).unref();
  };

  return {
    get bytes() {
      return bytes;
    },
    room() {
      if (hasRoom()) return Promise.resolve();
      return new Promise((resolve) => waiting.push(resolve));
    },
    hold({ events, isLive }, holder) {
      const holding = { since: performance.now(), holder };
      holdings.add(holding);
      // What is live is in memory anyway.
      if (!isLive) count(events, 1);
      letIn();
      lookLater();
      return () => {
        if (!holdings.delete(holding)) return;
        if (!isLive) count(events, -1);
        letIn();
      };
    },
  };
}
