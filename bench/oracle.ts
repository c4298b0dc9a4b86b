/** 100,000 random queries against a plain oracle (test/joins/random): how many answers differ. None may. */

import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Behaviour, type Proof, prove, startSubject } from '../test/joins/random/proof.ts';
import type { BenchOptions } from './benchmark.ts';
import { table } from './table.ts';

/** A round is a thousand queries: 600 over vendors that behave, 200 over those that shuffle, 200 over those that lose rows and fail. */
const ROUNDS = 100;
const SHARES: readonly { behaviour: Behaviour; ofRound: number }[] = [
  { behaviour: 'well', ofRound: 600 },
  { behaviour: 'shuffled', ofRound: 200 },
  { behaviour: 'lossy', ofRound: 200 },
];
/** Seeds of one worker do not reach the next one's. */
const SEEDS = 100_000;
const MOST_WORKERS = 4;

interface Task {
  behaviour: Behaviour;
  queries: number;
  seed: number;
}

export async function runOracle({ rounds = ROUNDS, print }: BenchOptions): Promise<void> {
  const workers = Math.min(MOST_WORKERS, availableParallelism());
  const rows: string[][] = [];
  const differences: string[] = [];
  for (const { behaviour, ofRound } of SHARES) {
    const startedAt = performance.now();
    const queries = Math.ceil((rounds * ofRound) / workers);
    const proofs = await Promise.all(
      Array.from({ length: workers }, (_, index) => inWorker({ behaviour, queries, seed: 1 + index * SEEDS })),
    );
    const found = proofs.flatMap((proof) => proof.differences);
    differences.push(...found);
    const asked = proofs.reduce((sum, proof) => sum + proof.queries, 0);
    const seconds = (performance.now() - startedAt) / 1_000;
    rows.push([`vendors behave: ${behaviour}`, String(asked), String(found.length), seconds.toFixed(0)]);
  }
  print(`\nRandom queries, gateway beside oracle, ${workers} at once\n`);
  print(`${table(['', 'queries', 'differences', 'seconds'], rows)}\n`);
  for (const difference of differences) print(`${difference}\n`);
}

/** Each with a gateway and a sandbox of its own. */
async function inWorker(task: Task): Promise<Proof> {
  const worker = new Worker(new URL(import.meta.url), { workerData: task });
  // The worker below sends one proof and nothing else; a failing one rejects this.
  const [proof] = (await once(worker, 'message')) as [Proof];
  await once(worker, 'exit');
  return proof;
}

async function work({ behaviour, queries, seed }: Task): Promise<void> {
  await using subject = await startSubject();
  parentPort?.postMessage(await prove(subject, behaviour, { queries, seed, goesOn: true }));
}

// Whoever starts this file as a worker gives it a task; a bench never runs in one.
if (!isMainThread) await work(workerData as Task);
