/** What `/metrics` shows: the process, each vendor's calls, each operation. Labels are names from our own files, never from callers. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

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
  operation(transport: 'http' | 'ws', outcome: 'ok' | 'errors' | 'left', seconds: number): void;
  error(code: string): void;
  connections(change: 1 | -1): void;
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
  const calls = new Counter({
    name: 'vendorgraph_vendor_calls_total',
    help: 'Calls that left for a vendor, every try counted.',
    labelNames: ['vendor', 'operation', 'status'],
    registers,
  });
  const shared = new Counter({
    name: 'vendorgraph_vendor_reads_shared_total',
    help: 'Reads answered by an identical call of the same operation.',
    labelNames: ['vendor', 'operation'],
    registers,
  });
  const retries = new Counter({
    name: 'vendorgraph_vendor_retries_total',
    help: 'Vendor calls that were not the first try.',
    labelNames: ['vendor', 'operation'],
    registers,
  });
  const seconds = new Histogram({
    name: 'vendorgraph_vendor_call_seconds',
    help: 'Time from sending to the whole answer.',
    labelNames: ['vendor'],
    buckets: BUCKETS,
    registers,
  });
  const operations = new Histogram({
    name: 'vendorgraph_operation_seconds',
    help: 'GraphQL operations by transport and outcome.',
    labelNames: ['transport', 'outcome'],
    buckets: BUCKETS,
    registers,
  });
  const errors = new Counter({
    name: 'vendorgraph_errors_total',
    help: 'Errors callers were given.',
    labelNames: ['code'],
    registers,
  });
  const connections = new Gauge({ name: 'vendorgraph_websockets', help: 'Open WebSocket connections.', registers });
  const recorded = new Counter({ name: 'vendorgraph_audit_entries_total', help: 'Audit entries on disk.', registers });
  const unrecorded = new Counter({
    name: 'vendorgraph_audit_failures_total',
    help: 'Groups of audit entries that did not reach the disk at once; they are tried again.',
    registers,
  });

  return {
    vendorCall({ vendor, operation, status, seconds: took, cached, attempt }) {
      if (cached) {
        shared.inc({ vendor, operation });
        return;
      }
      calls.inc({ vendor, operation, status: status === null ? 'none' : String(status) });
      seconds.observe({ vendor }, took);
      if (attempt > 1) retries.inc({ vendor, operation });
    },
    operation: (transport, outcome, took) => operations.observe({ transport, outcome }, took),
    error: (code) => errors.inc({ code }),
    connections: (change) => connections.inc(change),
    audit: { written: (entries) => recorded.inc(entries), failed: () => unrecorded.inc() },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
