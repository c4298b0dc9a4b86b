/** What the saved operations cost over the sandbox: vendor calls, how many of them wait for one another, and time. */
import { readOperationFiles } from '../src/graph/operation-files.ts';
import { ask, warmUpClient } from './ask.ts';
import type { BenchOptions } from './benchmark.ts';
import { ROOT } from './environment.ts';
import { startGatewayWithSandbox } from './gateway.ts';
import { median } from './median.ts';
import { table } from './table.ts';

const ROUNDS = 50;
/** Until Node has compiled what is hot. */
const WARM_UP_ROUNDS = 20;
/** So that the vendors' published rate limits are not what is measured. */
const SANDBOX_RATE = '1000000';

interface Sample {
  ms: number;
  calls: number;
  waves: number;
}

export async function runCustomer360({ rounds = ROUNDS, print }: BenchOptions): Promise<void> {
  await warmUpClient();
  await using gateway = await startGatewayWithSandbox({ SANDBOX_RATE });
  const operations = readOperationFiles(ROOT).map(({ name, text }) => ({ name, text, samples: [] as Sample[] }));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    for (const { text, samples } of operations) {
      const sample = await measure(gateway, text);
      if (round >= 0) samples.push(sample);
    }
  }
  print(`\nSaved operations over the sandbox, medians of ${rounds} interleaved rounds, nothing cached between them\n`);
  const rows = operations.map(({ name, samples }) => [
    name,
    String(median(samples.map(({ calls }) => calls))),
    String(median(samples.map(({ waves }) => waves))),
    median(samples.map(({ ms }) => ms)).toFixed(1),
    Math.min(...samples.map(({ ms }) => ms)).toFixed(1),
  ]);
  print(`${table(['', 'vendor calls', 'waves', 'ms', 'best ms'], rows)}\n`);
}

async function measure({ url, key }: { url: string; key: string }, text: string): Promise<Sample> {
  const startedAt = performance.now();
  const { extensions } = await ask(url, text, { key, headers: { 'x-vendorgraph-explain': '1' } });
  const ms = performance.now() - startedAt;
  // The contract's shape of an explanation.
  const { cost, waves } = extensions['explain'] as { cost: number; waves: number };
  return { ms, calls: cost, waves };
}
