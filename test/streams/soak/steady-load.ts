/** About 200 events a second for a long time, with kills or without. */
import { setTimeout as pause } from 'node:timers/promises';
import { follow } from '../follower.ts';
import { expectBalanced } from '../ledger.ts';
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
  /** Slope of the gateway's memory behind the first third; of a load without kills. */
  mibPerMinute: number;
}

interface Sample {
  minute: number;
  mib: number;
}

export async function steadyLoad({ env, ms, killEveryMs, print }: SteadyLoadOptions): Promise<SteadyLoad> {
  await using gateway = await startRunningGateway(env);
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
    const sample = { minute: (performance.now() - begun) / 60_000, mib: residentMemory(gateway.pid()) };
    samples.push(sample);
    print(
      `${sample.minute.toFixed(1)} min: ${sender.answered.size} answered, ${bySocket.received.length} received, ${sample.mib.toFixed(0)} MiB`,
    );
    if (killEveryMs === undefined) continue;
    await gateway.kill('SIGKILL');
    await gateway.start();
    kills += 1;
  }
  await sender.finish();
  await expectBalanced(bySocket, [sender]);
  await expectBalanced(bySse, [sender]);
  return { answered: sender.answered.size, kills, mibPerMinute: slopeOf(samples.slice(samples.length / 3)) };
}

/** Least squares. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const minute = mean(samples.map((sample) => sample.minute));
  const mib = mean(samples.map((sample) => sample.mib));
  const above = samples.reduce((sum, sample) => sum + (sample.minute - minute) * (sample.mib - mib), 0);
  const below = samples.reduce((sum, sample) => sum + (sample.minute - minute) ** 2, 0);
  return below === 0 ? 0 : above / below;
}
