/**
 * Counters and histograms for what is counted with every request. prom-client looks its labels up and checks them each time,
 * which costs more than a short vendor call; here whoever counts keeps the row it counts in. prom-client writes them out.
 */
import type { Metric, Registry } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

export interface TallyOptions {
  name: string;
  help: string;
  registry: Registry;
}

/** A row of a counter. */
export interface Count {
  value: number;
}

/** A row of a histogram: how many lay at or below each bound and above all the earlier ones, and above every bound. */
export interface Distribution {
  observe(value: number): void;
}

interface Value {
  labels: Record<string, string | number>;
  value: number;
  metricName?: string;
}

/** Labels are names from our own files: rows are few, and stay. */
export function createCountTally({ name, help, registry }: TallyOptions): (labels: Labels) => Count {
  const rows: (Count & { labels: Labels })[] = [];
  register(registry, { name, help, type: 'counter' }, () =>
    rows.map(({ labels, value }) => ({ labels: { ...labels }, value })),
  );
  return (labels) => {
    const row = { labels, value: 0 };
    rows.push(row);
    return row;
  };
}

export function createDistributionTally(
  { name, help, registry }: TallyOptions,
  bounds: readonly number[],
): (labels: Labels) => Distribution {
  const rows: { labels: Labels; counts: Float64Array; sum: number }[] = [];
  register(registry, { name, help, type: 'histogram' }, () => rows.flatMap((row) => valuesOf(name, bounds, row)));
  return (labels) => {
    const row = { labels, counts: new Float64Array(bounds.length + 1), sum: 0 };
    rows.push(row);
    return {
      observe(value) {
        let at = 0;
        while (at < bounds.length && value > (bounds[at] ?? 0)) at += 1;
        row.counts[at] = (row.counts[at] ?? 0) + 1;
        row.sum += value;
      },
    };
  };
}

/** Prometheus wants each bucket with all that lies below it. */
function valuesOf(
  name: string,
  bounds: readonly number[],
  { labels, counts, sum }: { labels: Labels; counts: Float64Array; sum: number },
): Value[] {
  let below = 0;
  const buckets = [...bounds.map(String), '+Inf'].map((le, at) => {
    below += counts[at] ?? 0;
    return { labels: { le, ...labels }, value: below, metricName: `${name}_bucket` };
  });
  return [
    ...buckets,
    { labels: { ...labels }, value: sum, metricName: `${name}_sum` },
    { labels: { ...labels }, value: below, metricName: `${name}_count` },
  ];
}

function register(
  registry: Registry,
  described: { name: string; help: string; type: 'counter' | 'histogram' },
  values: () => Value[],
): void {
  const metric = {
    ...described,
    aggregator: 'sum',
    get: async () => ({ ...described, aggregator: 'sum', values: values() }),
  };
  // What a registry asks of a metric is its name and `get`; its type lists prom-client's own classes.
  registry.registerMetric(metric as unknown as Metric);
}
