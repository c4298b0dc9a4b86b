/**
 * 100,000 random queries against a plain oracle (test/joins/random): how many answers differ. None may. Goes seed by seed and
 * says every 5,000 queries how to go on from there, since it takes long: `npm run bench -- oracle --seed N --rounds N`.
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { type Behaviour, type Proof, proveSeed, startSubjects } from '../test/joins/random/proof.ts';
import type { BenchOptions } from './benchmark.ts';
import { table } from './table.ts';

/** A round is a thousand queries. */
const ROUNDS = 100;
const ROUND = 1_000;
const STEP = 5 * ROUND;
/** Of five seeds: vendors behave, shuffle and double rows, or lose rows and fail. */
const BEHAVIOURS: readonly Behaviour[] = ['well', 'well', 'well', 'shuffled', 'lossy'];
const MOST_WORKERS = 4;
/** Of one worker. Half of it is in use, in caches that are full by then; without a limit the heap grows to gigabytes before it is swept. */
const HEAP_MB = 1_024;

/** A seed's queries. */
interface Result extends Proof {
  behaviour: Behaviour;
  ms: number;
}

export async function runOracle({ rounds = ROUNDS, seed = 1, print }: BenchOptions): Promise<void> {
  const workers = Math.min(MOST_WORKERS, availableParallelism());
  const run = createRun(rounds * ROUND, seed, print);
  print(`\nRandom queries, gateway beside oracle, ${workers} at once, from seed ${seed} on`);
  await Promise.all(Array.from({ length: workers }, () => inWorker(run)));
  print(`\n${run.describe()}\n`);
  if (run.differences > 0) throw new Error(`${run.differences} differences: the gateway and the oracle do not agree.`);
}

interface Run {
  /** The next seed; undefined when enough was asked. */
  take(): number | undefined;
  finish(seed: number, result: Result): void;
  describe(): string;
  /** So far. */
  readonly differences: number;
}

function createRun(wanted: number, firstSeed: number, print: (text: string) => void): Run {
  const results: Result[] = [];
  const open = new Set<number>();
  let next = firstSeed;
  let asked = 0;
  let told = { asked: 0, at: performance.now() };
  const tell = () => {
    const perRound = (performance.now() - told.at) / (asked - told.asked);
    told = { asked, at: performance.now() };
    const left = Math.max(0, Math.ceil((wanted - asked) / ROUND));
    const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
    const goOn = left > 0 ? ` · to go on from here: --seed ${Math.min(next, ...open)} --rounds ${left}` : '';
    print(`${asked} queries · ${perRound.toFixed(1)} s per 1,000 · ${megabytes} MB resident${goOn}`);
  };
  return {
    take() {
      if (asked >= wanted) return undefined;
      open.add(next);
      next += 1;
      return next - 1;
    },
    finish(seed, result) {
      open.delete(seed);
      results.push(result);
      asked += result.queries;
      for (const difference of result.differences) print(`${difference}\n`);
      if (asked - told.asked >= STEP) tell();
    },
    get differences() {
      return results.reduce((sum, result) => sum + result.differences.length, 0);
    },
    describe: () => table(['', 'queries', 'differences', 'ms each'], [...new Set(BEHAVIOURS)].map(rowOf(results))),
  };
}

const rowOf =
  (results: readonly Result[]) =>
  (behaviour: Behaviour): string[] => {
    const own = results.filter((result) => result.behaviour === behaviour);
    const sum = (count: (result: Result) => number) => own.reduce((total, result) => total + count(result), 0);
    const queries = sum((result) => result.queries);
    const each = queries === 0 ? '–' : (sum(({ ms }) => ms) / queries).toFixed(1);
    return [`vendors behave: ${behaviour}`, String(queries), String(sum((one) => one.differences.length)), each];
  };

/** With a gateway and a sandbox of its own. One that fails ends the run. */
async function inWorker(run: Run): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
  const gone = new AbortController();
  const ended = once(worker, 'exit').then(([code]) => gone.abort(new Error(`A worker ended early, with ${code}.`)));
  for (let seed = run.take(); seed !== undefined; seed = run.take()) {
    worker.postMessage(seed);
    // The worker below answers each seed with one result; one that fails, or ends without a word, rejects this.
    const [result] = (await once(worker, 'message', { signal: gone.signal })) as [Result];
    run.finish(seed, result);
  }
  worker.postMessage(null);
  await ended;
}

async function work(): Promise<void> {
  if (!parentPort) return;
  const port = parentPort;
  const ended = Promise.withResolvers<void>();
  await using subjects = await startSubjects();
  port.on('message', async (seed: number | null) => {
    if (seed === null) return ended.resolve();
    const behaviour = BEHAVIOURS[seed % BEHAVIOURS.length] ?? 'well';
    const startedAt = performance.now();
    const proof = await proveSeed(subjects.of(behaviour), behaviour, seed);
    port.postMessage({ ...proof, behaviour, ms: performance.now() - startedAt } satisfies Result);
  });
  await ended.promise;
  port.close();
}

// A bench never runs in a worker.
if (!isMainThread) await work();
