/**
 * Retention as the gateway runs it: every vendor the log holds anything of, also one that is no longer in the graph, and also
 * when it holds dead letters only. Says before a named consumer is passed: afterwards its next stream begins with a gap.
 */
import type { GraphSource } from './config/graph-folder.ts';
import type { VendorName } from './config/vendor-name.ts';
import type { EventLog, Retention, UnreadEvents } from './events/log.ts';
import { createRetentionClock } from './events/retention-clock.ts';
import type { Logger } from './observe/log.ts';
import { secretSpans } from './webhooks/secret-spans.ts';

export interface PruningOptions {
  sources: readonly Pick<GraphSource, 'vendor' | 'config'>[];
  /** Ids of the secrets that verify a vendor's webhooks instead of those of its source. @default those of its source */
  secretsOf?: ((vendor: VendorName) => readonly string[]) | undefined;
  eventLog: Pick<EventLog, 'vendors' | 'prune' | 'bytesLeft'>;
  /** Since when named consumers have unread events. */
  unread(): Promise<readonly UnreadEvents[]>;
  log: Logger;
  counters: PruningCounters;
  /** Until the first run, and between two. @default 600_000 */
  everyMs?: number;
  /** @default that of `retention-clock.ts` */
  now?: () => number;
}

export interface PruningCounters {
  /** How far retention is from the oldest unread event of each named consumer, of all there are. */
  kept(consumers: readonly ConsumerLeft[]): void;
}

/** What is left until retention takes the oldest unread event of a named consumer. */
export interface ConsumerLeft {
  principal: string;
  consumer: string;
  vendor: VendorName;
  /** By its age. */
  ms: number;
  /** By what is stored meanwhile; undefined: more than a tenth of what is kept. */
  bytes: number | undefined;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const DAYS = 30;
const MEGABYTES = 1_024;
const BYTES_PER_MEGABYTE = 1_048_576;
/** A consumer is warned of when this part of the retention is left, by age at most a day … */
const LEFT = 0.1;
/** … and again when it still is so much later. */
const WARN_AGAIN_MS = HOUR_MS;
const SOON = 'a named consumer will soon be passed by retention';

/** One run at a time. Disposing waits for the one under way. */
export function startPruning(given: PruningOptions): AsyncDisposable {
  const options: Clocked = { now: createRetentionClock({ log: given.log }), ...given };
  let run: Promise<void> = Promise.resolve();
  const warned: Warned = new Map();
  const timer = setInterval(() => {
    run = run.then(() => prune(options, warned));
  }, options.everyMs ?? 600_000).unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await run;
    },
  };
}

/** Never rejects: what could not be done is tried again with the next. */
async function prune(options: Clocked, warned: Warned): Promise<void> {
  const { eventLog, log } = options;
  await warn(options, warned).catch((error: unknown) =>
    log.warn({ err: error }, 'named consumers could not be looked at'),
  );
  // Nothing in it: nothing to wake the log for.
  const vendors = await eventLog.vendors().catch((error: unknown) => {
    log.warn({ err: error }, 'old events could not be deleted; tried again later');
    return [];
  });
  for (const vendor of vendors) {
    try {
      const gone = await eventLog.prune(vendor, retentionOf(vendor, options));
      if (gone > 0) log.info({ vendor, events: gone }, 'events were kept long enough');
    } catch (error) {
      log.warn({ vendor, err: error }, 'old events could not be deleted; tried again later');
    }
  }
}

type Clocked = PruningOptions & Required<Pick<PruningOptions, 'now'>>;

/** When the log was told last that a consumer, of a vendor, will be passed: by its age, by bytes. */
type Warned = Map<string, number>;

async function warn(options: Clocked, warned: Warned): Promise<void> {
  const { log, counters, now } = options;
  const consumers = await leftOf(options);
  counters.kept(consumers);
  const due = new Set<string>();
  const say = (left: ConsumerLeft, what: { hoursLeft: number } | { megabytesLeft: number }): void => {
    const { principal, consumer, vendor } = left;
    const key = JSON.stringify([principal, consumer, vendor, ...Object.keys(what)]);
    due.add(key);
    if (now() - (warned.get(key) ?? Number.NEGATIVE_INFINITY) < WARN_AGAIN_MS) return;
    warned.set(key, now());
    log.warn({ principal, consumer, vendor, ...what }, SOON);
  };
  for (const left of consumers) {
    const { vendor, ms, bytes } = left;
    if (ms <= Math.min(DAY_MS, LEFT * daysOf(vendor, options) * DAY_MS))
      say(left, { hoursLeft: Math.floor(ms / HOUR_MS) });
    if (bytes !== undefined) say(left, { megabytesLeft: Math.floor(bytes / BYTES_PER_MEGABYTE) });
  }
  for (const key of warned.keys()) if (!due.has(key)) warned.delete(key);
}

async function leftOf(options: Clocked): Promise<ConsumerLeft[]> {
  const unread = Map.groupBy(await options.unread(), ({ vendor }) => vendor);
  const consumers: ConsumerLeft[] = [];
  for (const [vendor, ofVendor] of unread) {
    const { before, maxBytes } = retentionOf(vendor, options);
    const positions = ofVendor.map(({ oldestUnread }) => oldestUnread);
    const bytes = await options.eventLog.bytesLeft(vendor, { maxBytes, within: LEFT * maxBytes, positions });
    for (const [index, { principal, name: consumer, oldestUnreadAt }] of ofVendor.entries())
      consumers.push({ principal, consumer, vendor, ms: Math.max(0, oldestUnreadAt - before), bytes: bytes[index] });
  }
  return consumers;
}

/** Of a vendor that is no longer in the graph: as if its source said nothing. */
function retentionOf(vendor: VendorName, options: Clocked): Retention & { secrets: readonly string[] } {
  const { sources, secretsOf } = options;
  const webhook = sources.find((source) => source.vendor === vendor)?.config.webhook;
  const configured = webhook === undefined ? [] : secretSpans(webhook).map(({ id }) => id);
  const now = options.now();
  return {
    now,
    before: now - daysOf(vendor, options) * DAY_MS,
    maxBytes: (webhook?.retention.megabytes ?? MEGABYTES) * BYTES_PER_MEGABYTE,
    secrets: secretsOf?.(vendor) ?? configured,
  };
}

function daysOf(vendor: VendorName, { sources }: PruningOptions): number {
  return sources.find((source) => source.vendor === vendor)?.config.webhook?.retention.days ?? DAYS;
}
