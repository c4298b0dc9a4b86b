/**
 * `npm run bench` runs every benchmark; `npm run bench -- NAME [--rounds N]` runs one.
 * Some take `--seconds S` for each measurement under load, `--peers a,b` to compare with these only, and `--seed N` to begin
 * there. An option that is wrong is one line and exit code 1, nothing is measured.
 */
import { parseArgs } from 'node:util';
import { runAccess } from './access.ts';
import { runAudit } from './audit.ts';
import { type Benchmark, WrongOption } from './benchmark.ts';
import { runCustomer360 } from './customer-360.ts';
import { runEvents } from './events.ts';
import { runJoins } from './joins.ts';
import { runOracle } from './oracle.ts';
import { runStartup } from './startup.ts';

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  startup: runStartup,
  'customer-360': runCustomer360,
  joins: runJoins,
  oracle: runOracle,
  access: runAccess,
  audit: runAudit,
  events: runEvents,
};

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const options = {
    rounds: readNumber('--rounds', values.rounds, 'a whole number from 1', isWholeFromOne),
    seconds: readNumber('--seconds', values.seconds, 'a number above 0', (number) => number > 0),
    seed: readNumber('--seed', values.seed, 'a whole number from 1', isWholeFromOne),
    peers: values.peers?.split(','),
    print: (text: string) => process.stdout.write(`${text}\n`),
  };
  for (const run of benchmarksOf(positionals)) await run(options);
}

function readArguments() {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      allowPositionals: true,
      options: { rounds: text, seconds: text, peers: text, seed: text },
    });
  } catch (error) {
    throw new WrongOption(error instanceof Error ? error.message : String(error));
  }
}

/** All of them when none is named. */
function benchmarksOf(names: readonly string[]): Benchmark[] {
  const wanted = names.length > 0 ? names : Object.keys(BENCHMARKS);
  return wanted.map((name) => {
    const run = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
    if (run) return run;
    throw new WrongOption(`There is no benchmark "${name}". There are: ${Object.keys(BENCHMARKS).join(', ')}.`);
  });
}

function readNumber(
  option: string,
  text: string | undefined,
  expected: string,
  fits: (number: number) => boolean,
): number | undefined {
  if (text === undefined || fits(Number(text))) return text === undefined ? undefined : Number(text);
  throw new WrongOption(`${option} takes ${expected}, not "${text}".`);
}

function isWholeFromOne(number: number): boolean {
  return Number.isInteger(number) && number > 0;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof WrongOption)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
