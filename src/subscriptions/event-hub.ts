/**
 * Between the log and all streams of a process. A stream that waits at the head costs no query, one that was busy for a moment
 * reads from memory, one that is behind reads the log itself, admitted through a bounded pool. Buffering is done by the log
 * on disk: nothing here grows with a reader that does not read.
 */
import type { VendorName } from '../config/vendor-name.ts';
import type { EventLog, EventPage, Position } from '../events/log.ts';
import type { Logger } from '../observe/log.ts';
import { createEventRing, type EventRingOptions } from './event-ring.ts';
import { createEventTail } from './event-tail.ts';
import { createHeldPages, type HeldPages, type HeldPagesOptions } from './held-pages.ts';
import { createInterest } from './interest.ts';
import { createLiveStreams, type LiveStreams } from './live-streams.ts';
import { createPageReader } from './page-reader.ts';
import { createPatience } from './patience.ts';
import { createSharedReads } from './shared-reads.ts';
import { endError, type StreamEndCode } from './stream-end.ts';
import type { Patient } from './waiting-readers.ts';

export interface HubPage extends EventPage {
  /** The reader is at the head or nearly: the page came from memory. */
  isLive: boolean;
}

export interface EventHub extends AsyncDisposable {
  readonly eventLog: EventLog;
  /** Those whose events it follows: a stream of another would wait for ever. */
  readonly vendors: readonly VendorName[];
  readonly streams: LiveStreams;
  readonly pages: HeldPages;
  /** Epoch milliseconds: the clock of its streams too. */
  now(): number;
  /**
   * The next page behind `after`. It may be empty: nothing of this interest lies before `scannedTo`; so it is when nothing
   * came until `until`. Waits outages of the store out. Rejects with STREAM_GAP when events behind `after` are gone, and with
   * the signal's reason.
   */
  next(patient: Patient): Promise<HubPage>;
  /** Ends every stream, each with its last good cursor, and takes no new one. */
  end(code: StreamEndCode): void;
  /** Undefined until then. */
  readonly endedWith: StreamEndCode | undefined;
}

export interface EventHubOptions {
  eventLog: EventLog;
  vendors: readonly VendorName[];
  log?: Logger;
  /** What it keeps of the newest events. */
  ring?: EventRingOptions;
  /** What its streams hold together. */
  held?: HeldPagesOptions;
  /** Page reads at the same time of streams that are behind. @default 4 */
  readsAtOnce?: number;
  /** How often it looks for itself, whatever wake-ups came, and whether the log is still the same. @default 1_000 */
  pollMs?: number;
  now?: () => number;
}

/** Disposing it ends every stream with SUBSCRIPTION_SCHEMA_RELOAD and leaves the log open. */
export function createEventHub(options: EventHubOptions): EventHub {
  const { eventLog, vendors, log, readsAtOnce = 4, pollMs = 1_000, now = Date.now } = options;
  const ring = createEventRing(options.ring);
  const streams = createLiveStreams();
  const pages = createHeldPages(options.held);
  const patience = createPatience(log);
  const readPage = createPageReader(eventLog);
  const readShared = createSharedReads(readPage, pages.room, readsAtOnce);
  const everything = createInterest(vendors.map((vendor) => ({ vendor })));
  const onBroken = (): void => {
    log?.error('the event log is not the one it was: every subscription ends with STREAM_GAP');
    streams.endAll('STREAM_GAP');
  };
  const tail = createEventTail({ log: eventLog, ring, readPage, everything, patience, onBroken, pollMs, now });

  let endedWith: StreamEndCode | undefined;
  const end = (code: StreamEndCode): void => {
    endedWith ??= code;
    streams.endAll(code);
  };

  /** Undefined: `after` lies at the head; so does `scannedTo` of a page that is live and empty. */
  const look = async (after: Position, { interest, signal }: Patient): Promise<HubPage | undefined> => {
    if (ring.covers(after)) return { ...ring.read(after, interest), isLive: true };
    if (tail.isRunning && after >= ring.to) return undefined;
    const page = await patience(() => readShared(after, interest), signal);
    return { ...page, isLive: page.events.length === 0 && page.isEnd };
  };

  return {
    eventLog,
    vendors,
    streams,
    pages,
    now,
    async next(patient) {
      for (let { after } = patient; ; ) {
        if (endedWith !== undefined) throw endError(endedWith);
        patient.signal.throwIfAborted();
        const page = await look(after, patient);
        if (page !== undefined && (page.events.length > 0 || !page.isLive)) return page;
        after = page?.scannedTo ?? after;
        if (now() >= patient.until) return { events: [], scannedTo: after, isEnd: true, isLive: true };
        after = await tail.wait(after, patient);
      }
    },
    end,
    get endedWith() {
      return endedWith;
    },
    async [Symbol.asyncDispose]() {
      end('SUBSCRIPTION_SCHEMA_RELOAD');
      await tail[Symbol.asyncDispose]();
    },
  };
}
