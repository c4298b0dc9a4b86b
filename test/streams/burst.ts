/** Ten times the usual load, from another process: every delivery is stored or put off, and a subscriber gets all that were stored. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BurstBook, BurstTask } from './burst-process.ts';
import { follow } from './follower.ts';
import { expectSound } from './ledger.ts';
import { processFigures, REPORTING } from './process-figures.ts';
import { residentMemory } from './resident-memory.ts';
import { startRunningGateway } from './running-gateway.ts';
import { until } from './until.ts';

const PROGRAM = fileURLToPath(import.meta.resolve('./burst-process.ts'));
const USUAL_SECONDS = 1;

export interface BurstOptions {
  env?: Record<string, string>;
  /** Ten times the usual. */
  perSecond: number;
  seconds: number;
}

export interface Burst {
  offered: number;
  answered: number;
  putOff: number;
  ackP99Ms: number;
  longestStallMs: number;
  /** At its end. */
  residentMiB: number;
}

/** Rejects when a delivery was neither stored nor put off, or the subscriber misses one. */
export async function burst({ env = {}, perSecond, seconds }: BurstOptions): Promise<Burst> {
  await using gateway = await startRunningGateway(env, {}, { node: REPORTING });
  await using follower = follow({ url: () => gateway.url, over: 'WebSocket', from: 'LATEST' });
  await follower.subscription().opened;
  const { url } = gateway;
  const usual = await sendFrom({ url, name: 'usual', perSecond: perSecond / 10, seconds: USUAL_SECONDS });
  await processFigures(gateway);
  const tenfold = await sendFrom({ url, name: 'burst', perSecond, seconds });
  const residentMiB = residentMemory(gateway.pid());
  const { longestStallMs } = await processFigures(gateway);
  for (const { faults } of [usual, tenfold]) assert.deepEqual(faults.slice(0, 3), []);
  const stored = [...usual.answered, ...tenfold.answered];
  await until(
    () => follower.received.length >= stored.length,
    () => `Only ${follower.received.length} of ${stored.length} came.`,
  );
  expectSound(follower);
  const received = new Set(follower.received);
  assert.deepEqual(
    stored.filter((id) => !received.has(id)),
    [],
    'Answered and not received.',
  );
  const { answered, putOff, ackP99Ms } = tenfold;
  return {
    ...{ offered: Math.round(perSecond * seconds), answered: answered.length, putOff },
    ...{ ackP99Ms, longestStallMs, residentMiB },
  };
}

async function sendFrom(task: BurstTask): Promise<BurstBook> {
  const child = fork(PROGRAM, { stdio: 'inherit' });
  const ended = once(child, 'exit');
  try {
    child.send(task);
    const told = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
    if (told === undefined) throw new Error('The sender died.');
    // The program sends nothing else.
    const [book] = told as [BurstBook];
    return book;
  } finally {
    child.kill();
    await ended;
  }
}
