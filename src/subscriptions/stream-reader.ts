/**
 * One stream's way through the log: a position, and the rest of the page it is in. Reads on only when asked for the next item;
 * to ask means that everything before was taken.
 */
import type { LoggedEvent, Position } from '../events/log.ts';
import type { EventHub, HubPage } from './event-hub.ts';
import type { Interest } from './interest.ts';
import type { Permission } from './permission.ts';
import { endError } from './stream-end.ts';

export interface ReaderItem {
  /** Null: only a place, which lies behind everything given so far. */
  event: LoggedEvent | null;
  position: Position;
  isLive: boolean;
}

export interface StreamReader {
  /** Everything up to here was taken or is of no interest: the place to resume at. */
  readonly safe: Position;
  /** The next item if it is at hand; undefined: ask `next`. Like `next`, it says that what came before was taken. */
  ready(): ReaderItem | undefined;
  /** Not to be called again before it settled. Rejects with the code that ends the stream. */
  next(): Promise<ReaderItem>;
  /** The last item was not ready for its reader before now. */
  giveNow(): void;
  /** What may be seen has changed: a reader that waits looks again. */
  renew(): void;
  /** Lets go of everything; a `next` that waits rejects. */
  stop(): void;
}

export interface StreamReaderOptions {
  hub: EventHub;
  start: Position;
  permission: Permission;
  positionEveryMs: number;
  maxLagMs: number;
}

/** An event that is not taken for so long: its reader has no use for the rest of the page yet. */
const LEFT_MS = 1_000;

export function createStreamReader(options: StreamReaderOptions): StreamReader {
  const { hub, start, permission, positionEveryMs, maxLagMs } = options;
  const { now } = hub;
  let safe = start;
  let given: Position | undefined;
  let givenAt = now();
  let frameAt = now();
  let framed = '';
  let held = emptyPage(start);
  let heldAt = 0;
  /** Undefined: it let go of the page. */
  let heldFor: Interest | undefined = permission.interest;
  let release = (): void => {};
  let turn = new AbortController();
  let isStopped = false;
  /** How long the reader held events since it was last at the head; undefined: it has yet to get there. */
  let heldMs: number | undefined;

  const give = (event: LoggedEvent | null, position: Position): ReaderItem => {
    given = position;
    givenAt = now();
    if (event === null) framed = position;
    frameAt = givenAt + positionEveryMs;
    return { event, position, isLive: held.isLive };
  };
  const take = (): void => {
    if (given === undefined) return;
    safe = given;
    given = undefined;
    if (heldMs !== undefined) heldMs += now() - givenAt;
  };
  const heldEvent = (): LoggedEvent | undefined => {
    if (heldFor !== permission.interest) empty(emptyPage(safe));
    const event = held.events[heldAt++];
    if (event === undefined) empty(held);
    return event;
  };
  /** Goes on where the page begins or ends, and keeps nothing of it. */
  const empty = ({ scannedTo, isEnd, isLive }: HubPage): void => {
    held = { events: [], scannedTo, isEnd, isLive };
    heldFor = permission.interest;
    release();
  };
  /** What was given and is not taken yet is told from the log again, from there on. */
  const letGo = (mustGo: boolean): void => {
    const isLeft = given !== undefined && now() - givenAt >= LEFT_MS;
    if (!mustGo && !isLeft) return;
    empty(emptyPage(safe));
    heldFor = undefined;
  };
  const readOn = async (): Promise<void> => {
    const { interest } = permission;
    const { signal } = turn;
    try {
      const page = await hub.next({ after: safe, interest, signal, until: frameAt });
      signal.throwIfAborted();
      held = page;
      heldAt = 0;
      heldFor = interest;
      // One live event is what is given next: nothing of it is left lying.
      if (page.events.length > (page.isLive ? 1 : 0)) release = hub.pages.hold(page, letGo);
    } catch (error) {
      if (isStopped || !signal.aborted) throw error;
      return;
    }
    if (held.isLive) heldMs = 0;
    else if ((heldMs ?? 0) > maxLagMs) throw endError('SLOW_CONSUMER');
  };

  return {
    get safe() {
      return safe;
    },
    ready() {
      take();
      const event = permission.isDue() ? undefined : heldEvent();
      return event && give(event, event.position);
    },
    async next() {
      take();
      for (;;) {
        if (permission.isDue()) await permission.check();
        const event = heldEvent();
        if (event !== undefined) return give(event, event.position);
        safe = held.scannedTo;
        if (now() >= frameAt) {
          if (safe > framed) return give(null, safe);
          frameAt = now() + positionEveryMs;
        }
        await readOn();
      }
    },
    giveNow() {
      givenAt = now();
    },
    renew() {
      turn.abort();
      turn = new AbortController();
    },
    stop() {
      isStopped = true;
      empty(emptyPage(safe));
      turn.abort();
    },
  };
}

const emptyPage = (scannedTo: Position): HubPage => ({ events: [], scannedTo, isEnd: false, isLive: false });
