/** About 200 events a second for a long time, with kills or without. */
import { setTimeout as pause } from 'node:timers/promises';
import { follow } from '../follower.ts';
import { expectBalanced } from '../ledger.ts';
import { processFigures, REPORTING } from '../process-figures.ts';
import { residentMemory } from '../resident-memory.ts';
import { startRunningGateway } from '../running-gateway.ts';
import { startSender } from '../sender.ts';

export interface SteadyLoadOptions {
  env: Record<string, string>;
  ms: number;
  /** Absent: no kills. A short load is killed at least twice. */
  killEveryMs?: number;
  print(line: string): void;
}

export interface SteadyLoad {
  answered: number;
  kills: number;
  /** Slopes behind the first third, MiB a minute; of a load without kills. */
  heapSlope: number;
  residentSlope: number;
}

interface Sample {
  minute: number;
  /** Garbage aside. */
  heapMiB: number;
  residentMiB: number;
}

/** What the heap may grow by over half an hour and longer, MiB a minute. */
const MOST_GROWTH = 0.1;
const LONG_MINUTES = 30;

/** What fills up once, MiB: answers that are shared for ten seconds (32), cursors, documents, compiled code. */
const MOST_ONCE = 48;

/** A short run is as long as its caches take to fill. */
export function mostHeapSlope(ms: number): number {
  const minutes = ms / 60_000;
  return minutes >= LONG_MINUTES ? MOST_GROWTH : MOST_GROWTH + MOST_ONCE / minutes;
}

export async function steadyLoad({ env, ms, killEveryMs, print }: SteadyLoadOptions): Promise<SteadyLoad> {
  await using gateway = await startRunningGateway(env, {}, { node: REPORTING });
  const url = () => gateway.url;
  await using bySocket = follow({ url, over: 'WebSocket', from: 'LATEST' });
  await using bySse = follow({ url, over: 'SSE', from: 'LATEST' });
  await Promise.all([bySocket, bySse].map((follower) => follower.subscription().opened));
  await using sender = startSender({ url, name: `evt-${Date.now()}`, lanes: 4, pauseMs: 18 });
  const samples: Sample[] = [];
  const begun = performance.now();
  const stepMs = killEveryMs === undefined ? Math.min(5_000, ms / 10) : Math.min(killEveryMs, ms / 3);
  let kills = 0;
  for (let at = stepMs; at < ms; at += stepMs) {
    await pause(Math.max(0, begun + at - performance.now()));
    const minute = (performance.now() - begun) / 60_000;
    const { heapMiB } = await processFigures(gateway);
    const residentMiB = residentMemory(gateway.pid());
    samples.push({ minute, heapMiB, residentMiB });
    const counted = `${sender.answered.size} answered, ${bySocket.received.length} received`;
    print(`${minute.toFixed(1)} min: ${counted}, heap ${heapMiB.toFixed(1)} of ${residentMiB.toFixed(0)} MiB`);
    if (killEveryMs === undefined) continue;
    await gateway.kill('SIGKILL');
    await gateway.start();
    kills += 1;
  }
  await sender.finish();
  await expectBalanced(bySocket, [sender]);
  await expectBalanced(bySse, [sender]);
  const warm = samples.slice(samples.length / 3);
  return {
    ...{ answered: sender.answered.size, kills },
    heapSlope: slopeOf(warm, ({ heapMiB }) => heapMiB),
    residentSlope: slopeOf(warm, ({ residentMiB }) => residentMiB),
  };
}

/** Least squares. */
function slopeOf(samples: readonly Sample[], mibOf: (sample: Sample) => number): number {
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const minute = mean(samples.map((sample) => sample.minute));
  const mib = mean(samples.map(mibOf));
  const above = samples.reduce((sum, sample) => sum + (sample.minute - minute) * (mibOf(sample) - mib), 0);
  const below = samples.reduce((sum, sample) => sum + (sample.minute - minute) ** 2, 0);
  return below === 0 ? 0 : above / below;
}
