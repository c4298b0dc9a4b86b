/** What `/metrics` shows of events: deliveries, the log, streams. Names come from our own files and closed sets, never from a sender. */
import { Counter, Gauge, type Registry } from 'prom-client';
import { createCountTally, createDistributionTally } from './tally.ts';

/** What the event log tells of itself. */
export interface EventLogFigures {
  events: number;
  bytes: number;
  keyBytes: number;
  deadLetters: Readonly<Record<string, number>>;
  horizonAgeMs: number;
  consumers: readonly { principal: string; name: string; vendor: string; oldestUnreadAt: number }[];
}

export interface EventMetrics {
  delivery(vendor: string, result: string, bytes: number): void;
  refused(vendor: string, reason: string): void;
  verifiedBy(vendor: string, secretId: string): void;
  event(vendor: string, outcome: string): void;
  deadLetter(vendor: string, reason: string): void;
  streams(change: 1 | -1): void;
  sent(field: string): void;
  lag(field: string, ms: number): void;
  ended(code: string): void;
  /** One delivery's way to stable storage, also one that failed. */
  commitWait(ms: number): void;
  /** A group that reached stable storage with so many new events. */
  committed(events: number): void;
  /** How far retention is from the oldest unread event of named consumers, of all there are: by age, and by bytes where those are few. */
  kept(consumers: readonly ConsumerLeft[]): void;
  /** One look at what changed without a webhook. */
  reconciled(vendor: string, result: string, appended: number): void;
  /** Asked at each scrape; what cannot be had then is left as it was. */
  watch(figures: () => Promise<EventLogFigures>): void;
}

interface ConsumerLeft {
  principal: string;
  consumer: string;
  vendor: string;
  ms: number;
  bytes: number | undefined;
}

const GROUP_BUCKETS = [0, 1, 2, 5, 10, 25, 50, 100, 250, 500];
const LAG_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

export function createEventMetrics(registers: [Registry]): EventMetrics {
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `vendorgraph_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `vendorgraph_${name}`, help, labelNames, registers });
  const deliveries = counter('webhook_deliveries_total', 'Webhook requests by what became of them.', [
    'vendor',
    'result',
  ]);
  const bytes = counter('webhook_bytes_total', 'Bytes of webhook bodies.', ['vendor']);
  const refusals = counter('webhook_refusals_total', 'Webhooks not taken, by reason.', ['vendor', 'reason']);
  const verified = counter('webhook_verified_total', 'Which secret verified a webhook.', ['vendor', 'secret']);
  const events = counter('events_total', 'Events that came, by what became of them.', ['vendor', 'outcome']);
  const deadLetters = counter('dead_letters_total', 'Events put aside, by reason.', ['vendor', 'reason']);
  const streams = gauge('subscriptions', 'Open subscriptions.');
  const sentRow = createCountTally({
    name: 'vendorgraph_events_sent_total',
    help: 'Events given to subscribers.',
    registry: registers[0],
  });
  const sent = rowsOf((field) => sentRow({ field }));
  const ended = counter('subscriptions_ended_total', 'Subscriptions the gateway ended, by code.', ['code']);
  const looks = counter('reconciliations_total', 'Looks for changes without a webhook.', ['vendor', 'result']);
  const missed = counter('reconciled_events_total', 'Events made of changes without a webhook.', ['vendor']);
  const lagRow = createDistributionTally(
    {
      name: 'vendorgraph_event_lag_seconds',
      help: 'From receipt to the subscriber, of events that did not come from the past.',
      registry: registers[0],
    },
    LAG_BUCKETS,
  );
  const commitWait = createDistributionTally(
    { name: 'vendorgraph_commit_wait_seconds', help: 'A delivery’s way to stable storage.', registry: registers[0] },
    LAG_BUCKETS,
  )({});
  const perCommit = createDistributionTally(
    { name: 'vendorgraph_events_per_commit', help: 'New events that shared one sync.', registry: registers[0] },
    GROUP_BUCKETS,
  )({});
  const kept = gauge(
    'consumer_retention_left_seconds',
    'How long the oldest unread event of a named consumer is still kept, by its age.',
    ['principal', 'consumer', 'vendor'],
  );
  const keptBytes = gauge(
    'consumer_retention_left_bytes',
    'How much more of the vendor may be stored before that event goes, once it is less than a tenth of what is kept.',
    ['principal', 'consumer', 'vendor'],
  );
  const lag = rowsOf((field) => lagRow({ field }));
  return {
    delivery(vendor, result, size) {
      deliveries.inc({ vendor, result });
      if (size > 0) bytes.inc({ vendor }, size);
    },
    refused: (vendor, reason) => refusals.inc({ vendor, reason }),
    verifiedBy: (vendor, secret) => verified.inc({ vendor, secret }),
    event: (vendor, outcome) => events.inc({ vendor, outcome }),
    deadLetter: (vendor, reason) => deadLetters.inc({ vendor, reason }),
    streams: (change) => streams.inc(change),
    sent(field) {
      sent(field).value += 1;
    },
    lag: (field, ms) => lag(field).observe(ms / 1_000),
    ended: (code) => ended.inc({ code }),
    commitWait: (ms) => commitWait.observe(ms / 1_000),
    committed: (count) => perCommit.observe(count),
    kept(consumers) {
      kept.reset();
      keptBytes.reset();
      for (const { ms, bytes, ...labels } of consumers) {
        kept.set(labels, ms / 1_000);
        if (bytes !== undefined) keptBytes.set(labels, bytes);
      }
    },
    reconciled(vendor, result, appended) {
      looks.inc({ vendor, result });
      if (appended > 0) missed.inc({ vendor }, appended);
    },
    watch: (figures) => watchFigures(registers, figures),
  };
}

/** Made when first asked for; fields are those of the schema. */
function rowsOf<Row>(make: (field: string) => Row): (field: string) => Row {
  const rows = new Map<string, Row>();
  return (field) => {
    const row = rows.get(field) ?? make(field);
    rows.set(field, row);
    return row;
  };
}

type MakeGauge = (name: string, help: string, labelNames?: string[]) => Gauge;

/** Each of these gauges waits for what is asked once in a scrape: one that did not would show what the last scrape found. */
function watchFigures(registers: [Registry], figures: () => Promise<EventLogFigures>): void {
  let asked: Promise<void> | undefined;
  const gauge: MakeGauge = (name, help, labelNames = []) =>
    new Gauge({
      name: `vendorgraph_${name}`,
      help,
      labelNames,
      registers,
      collect() {
        asked ??= ask().finally(() => {
          asked = undefined;
        });
        return asked;
      },
    });
  const events = gauge('event_log_events', 'Events that are kept.');
  const bytes = gauge('event_log_bytes', 'Raw bodies and events that are kept.');
  const keys = gauge('event_log_dedupe_bytes', 'Keys that events are known again by.');
  const letters = gauge('dead_letters', 'Dead letters that wait for an operator, by reason.', ['reason']);
  const horizon = gauge('event_log_horizon_age_seconds', 'Age of what holds readers back; Postgres only.');
  const unread = gauge(
    'consumer_oldest_unread_seconds',
    'Age of the oldest event of a vendor that a named consumer follows and has not acknowledged.',
    ['principal', 'consumer', 'vendor'],
  );
  const ask = async (): Promise<void> => {
    const found = await figures().catch(() => undefined);
    if (!found) return;
    events.set(found.events);
    bytes.set(found.bytes);
    keys.set(found.keyBytes);
    horizon.set(found.horizonAgeMs / 1_000);
    letters.reset();
    for (const [reason, count] of Object.entries(found.deadLetters)) letters.set({ reason }, count);
    unread.reset();
    for (const { principal, name, vendor, oldestUnreadAt } of found.consumers)
      unread.set({ principal, consumer: name, vendor }, Math.max(0, (Date.now() - oldestUnreadAt) / 1_000));
  };
}
