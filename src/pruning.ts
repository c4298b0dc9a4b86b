/**
 * Retention as the gateway runs it: every vendor the log holds anything of, also one that is no longer in the graph, and also
 * when it holds dead letters only. Says before a named consumer is passed: afterwards its next stream begins with a gap.
 */
import type { GraphSource } from './config/graph-folder.ts';
import type { VendorName } from './config/vendor-name.ts';
import type { EventLog, Retention, UnreadEvents } from './events/log.ts';
import type { Logger } from './observe/log.ts';
import { secretSpans } from './webhooks/secret-spans.ts';

export interface PruningOptions {
  sources: readonly Pick<GraphSource, 'vendor' | 'config'>[];
  /** Ids of the secrets that verify a vendor's webhooks instead of those of its source. @default those of its source */
  secretsOf?: ((vendor: VendorName) => readonly string[]) | undefined;
  eventLog: Pick<EventLog, 'vendors' | 'prune'>;
  /** Since when named consumers have unread events. */
  unread(): Promise<readonly UnreadEvents[]>;
  log: Logger;
  counters: PruningCounters;
  /** Until the first run, and between two. @default 600_000 */
  everyMs?: number;
  /** @default Date.now */
  now?: () => number;
}

export interface PruningCounters {
  /** How long the oldest unread event of each named consumer is still kept, of all there are. */
  kept(consumers: readonly { principal: string; consumer: string; vendor: VendorName; ms: number }[]): void;
}

const DAY_MS = 86_400_000;
const DAYS = 30;
const MEGABYTES = 1_024;
/** A consumer is warned of when this part of the retention is left, at most a day. */
const LEFT = 0.1;

/** One run at a time. Disposing waits for the one under way. */
export function startPruning(options: PruningOptions): AsyncDisposable {
  let run: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    run = run.then(() => prune(options));
  }, options.everyMs ?? 600_000).unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await run;
    },
  };
}

/** Never rejects: what could not be done is tried again with the next. */
async function prune(options: PruningOptions): Promise<void> {
  const { eventLog, log } = options;
  await warn(options).catch((error: unknown) => log.warn({ err: error }, 'named consumers could not be looked at'));
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

async function warn(options: PruningOptions): Promise<void> {
  const { unread, log, counters } = options;
  const consumers = (await unread()).map(({ principal, name: consumer, vendor, oldestUnreadAt }) => {
    const ms = Math.max(0, oldestUnreadAt - retentionOf(vendor, options).before);
    return { principal, consumer, vendor, ms };
  });
  counters.kept(consumers);
  for (const { principal, consumer, vendor, ms } of consumers) {
    if (ms > Math.min(DAY_MS, LEFT * daysOf(vendor, options) * DAY_MS)) continue;
    const hoursLeft = Math.floor(ms / 3_600_000);
    log.warn({ principal, consumer, vendor, hoursLeft }, 'a named consumer will soon be passed by retention');
  }
}

/** Of a vendor that is no longer in the graph: as if its source said nothing. */
function retentionOf(vendor: VendorName, options: PruningOptions): Retention & { secrets: readonly string[] } {
  const { sources, secretsOf, now = Date.now } = options;
  const webhook = sources.find((source) => source.vendor === vendor)?.config.webhook;
  const configured = webhook === undefined ? [] : secretSpans(webhook).map(({ id }) => id);
  return {
    before: now() - daysOf(vendor, options) * DAY_MS,
    maxBytes: (webhook?.retention.megabytes ?? MEGABYTES) * 1_048_576,
    secrets: secretsOf?.(vendor) ?? configured,
  };
}

function daysOf(vendor: VendorName, { sources }: PruningOptions): number {
  return sources.find((source) => source.vendor === vendor)?.config.webhook?.retention.days ?? DAYS;
}
