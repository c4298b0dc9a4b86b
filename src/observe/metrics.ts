/** What `/metrics` shows: the process, each vendor's calls, each operation. Labels are names from our own files, never from callers. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { createEventMetrics, type EventMetrics } from './event-metrics.ts';
import { createCountTally, createDistributionTally } from './tally.ts';

export interface VendorCallMeasure {
  vendor: string;
  operation: string;
  /** HTTP status; null when no answer came. */
  status: number | null;
  seconds: number;
  /** Answered by a call another field had made. */
  cached: boolean;
  attempt: number;
}

export interface Metrics {
  vendorCall(call: VendorCallMeasure): void;
  operation(transport: 'http' | 'ws' | 'mcp', outcome: 'ok' | 'errors' | 'left', seconds: number): void;
  error(code: string): void;
  /** An operation was over a limit: refused, or, where limits are measured, let through. */
  limitExceeded(limit: string, kind: string): void;
  connections(change: 1 | -1): void;
  /** By how many seconds our clock is ahead of a vendor's. */
  clockSkew(vendor: string, seconds: number): void;
  /** Somebody came without a credential that is valid. */
  authenticationFailed(transport: string): void;
  events: EventMetrics;
  audit: { written(entries: number): void; failed(): void };
  /** Prometheus text format 0.0.4. */
  text(): Promise<string>;
  contentType: string;
}

const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  const calls = rowsOf(
    createCountTally({
      name: 'vendorgraph_vendor_calls_total',
      help: 'Calls that left for a vendor, every try counted.',
      registry,
    }),
    ['vendor', 'operation', 'status'],
  );
  const shared = rowsOf(
    createCountTally({
      name: 'vendorgraph_vendor_reads_shared_total',
      help: 'Reads answered by an identical call of the same operation.',
      registry,
    }),
    ['vendor', 'operation'],
  );
  const retries = rowsOf(
    createCountTally({
      name: 'vendorgraph_vendor_retries_total',
      help: 'Vendor calls that were not the first try.',
      registry,
    }),
    ['vendor', 'operation'],
  );
  const seconds = rowsOf(
    createDistributionTally(
      { name: 'vendorgraph_vendor_call_seconds', help: 'Time from sending to the whole answer.', registry },
      BUCKETS,
    ),
    ['vendor'],
  );
  const operations = rowsOf(
    createDistributionTally(
      { name: 'vendorgraph_operation_seconds', help: 'GraphQL operations by transport and outcome.', registry },
      BUCKETS,
    ),
    ['transport', 'outcome'],
  );
  const errors = new Counter({
    name: 'vendorgraph_errors_total',
    help: 'Errors callers were given.',
    labelNames: ['code'],
    registers,
  });
  const exceeded = new Counter({
    name: 'vendorgraph_limits_exceeded_total',
    help: 'Operations over a limit, by kind of client: refused, or let through where limits are measured.',
    labelNames: ['limit', 'kind'],
    registers,
  });
  const connections = new Gauge({ name: 'vendorgraph_websockets', help: 'Open WebSocket connections.', registers });
  const skew = new Gauge({
    name: 'vendorgraph_clock_skew_seconds',
    help: 'By how much our clock is ahead of the Date of a vendor’s last answer that was looked at.',
    labelNames: ['vendor'],
    registers,
  });
  const strangers = new Counter({
    name: 'vendorgraph_authentication_failures_total',
    help: 'Requests and connections without a valid credential.',
    labelNames: ['transport'],
    registers,
  });
  const recorded = new Counter({ name: 'vendorgraph_audit_entries_total', help: 'Audit entries on disk.', registers });
  const unrecorded = new Counter({
    name: 'vendorgraph_audit_failures_total',
    help: 'Groups of audit entries that did not reach the disk at once; they are tried again.',
    registers,
  });

  return {
    vendorCall({ vendor, operation, status, seconds: took, cached, attempt }) {
      if (cached) {
        shared(vendor, operation).value += 1;
        return;
      }
      calls(vendor, operation, status === null ? 'none' : String(status)).value += 1;
      seconds(vendor).observe(took);
      if (attempt > 1) retries(vendor, operation).value += 1;
    },
    operation: (transport, outcome, took) => operations(transport, outcome).observe(took),
    error: (code) => errors.inc({ code }),
    limitExceeded: (limit, kind) => exceeded.inc({ limit, kind }),
    connections: (change) => connections.inc(change),
    clockSkew: (vendor, ahead) => skew.set({ vendor }, ahead),
    authenticationFailed: (transport) => strangers.inc({ transport }),
    events: createEventMetrics([registry]),
    audit: { written: (entries) => recorded.inc(entries), failed: () => unrecorded.inc() },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Finds a row by the values of its labels, and makes it when it is first asked for. */
function rowsOf<Row>(make: (labels: Record<string, string>) => Row, names: readonly string[]) {
  const rows = new Map<string, Row>();
  return (...values: string[]): Row => {
    const key = values.length === 1 ? (values[0] ?? '') : values.join('\n');
    const known = rows.get(key);
    if (known) return known;
    const row = make(Object.fromEntries(names.map((name, at) => [name, values[at] ?? ''])));
    rows.set(key, row);
    return row;
  };
}
