/**
 * `npm run soak` runs every long run, one after the other: hours. `npm run soak -- NAME [--minutes M] [--count N] [--seed S]`
 * runs one, or a shorter one. A verdict for each; exit code 1 when any failed, or an option is wrong.
 */
import { parseArgs } from 'node:util';
import { soakBursts } from './bursts.ts';
import { soakEvents } from './events.ts';
import { soakKills } from './kills.ts';
import { soakLeaks } from './leaks.ts';
import { soakMutants } from './mutants.ts';
import { soakOutages } from './outages.ts';
import type { Soak, SoakOptions } from './soak.ts';

const SOAKS: Readonly<Record<string, Soak>> = {
  leaks: soakLeaks,
  mutants: soakMutants,
  kills: soakKills,
  outages: soakOutages,
  bursts: soakBursts,
  events: soakEvents,
};

class WrongOption extends Error {}

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const options: SoakOptions = {
    minutes: readNumber('--minutes', values.minutes),
    count: readNumber('--count', values.count),
    seed: readNumber('--seed', values.seed) ?? 1,
    print,
  };
  for (const [name, soak] of soaksOf(positionals)) if (!(await passes(name, soak, options))) process.exitCode = 1;
}

async function passes(name: string, soak: Soak, options: SoakOptions): Promise<boolean> {
  const startedAt = performance.now();
  print(`${name}: begins`);
  const faults = await soak({ ...options, print: (line) => print(`${name}: ${line}`) }).catch((error: unknown) => [
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  ]);
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  for (const fault of faults) print(`${name}: ${fault}`);
  print(`${name}: ${faults.length === 0 ? 'PASSED' : 'FAILED'} in ${minutes} min`);
  return faults.length === 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function readArguments() {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ allowPositionals: true, options: { minutes: text, count: text, seed: text } });
  } catch (error) {
    throw new WrongOption(error instanceof Error ? error.message : String(error));
  }
}

/** All of them when none is named. */
function soaksOf(names: readonly string[]): [string, Soak][] {
  if (names.length === 0) return Object.entries(SOAKS);
  return names.map((name) => {
    const soak = Object.hasOwn(SOAKS, name) ? SOAKS[name] : undefined;
    if (soak) return [name, soak];
    throw new WrongOption(`There is no soak "${name}". There are: ${Object.keys(SOAKS).join(', ')}.`);
  });
}

function readNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined || Number(text) > 0) return text === undefined ? undefined : Number(text);
  throw new WrongOption(`${option} takes a number above 0, not "${text}".`);
}

// What was started is ended with the process, however that ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
try {
  await main();
  // A part that came to no end would keep it from ending.
  process.exit();
} catch (error) {
  if (!(error instanceof WrongOption)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
