/**
 * `npm run bench` runs every benchmark; `npm run bench -- NAME [--rounds N]` runs one.
 * Some take `--seconds S` for each measurement under load, and `--peers a,b` to compare with these only.
 */
import { parseArgs } from 'node:util';
import { runAudit } from './audit.ts';
import type { Benchmark } from './benchmark.ts';
import { runCustomer360 } from './customer-360.ts';
import { runJoins } from './joins.ts';
import { runOracle } from './oracle.ts';
import { runStartup } from './startup.ts';

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  startup: runStartup,
  'customer-360': runCustomer360,
  joins: runJoins,
  oracle: runOracle,
  audit: runAudit,
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string' }, seconds: { type: 'string' }, peers: { type: 'string' } },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS);
  const unknown = names.find((name) => !Object.hasOwn(BENCHMARKS, name));
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
  if (unknown !== undefined)
    return complain(`There is no benchmark "${unknown}". There are: ${Object.keys(BENCHMARKS).join(', ')}.`);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))
    return complain(`--rounds takes a whole number from 1, not "${values.rounds}".`);
  if (seconds !== undefined && !(seconds > 0))
    return complain(`--seconds takes a number above 0, not "${values.seconds}".`);
  const print = (text: string) => process.stdout.write(`${text}\n`);
  for (const name of names) await BENCHMARKS[name]?.({ rounds, seconds, peers: values.peers?.split(','), print });
  return 0;
}

function complain(text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}

process.exitCode = await main();
