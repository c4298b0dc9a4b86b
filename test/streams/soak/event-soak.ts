/**
 * The long form of the proofs of events, for `npm run soak`: a gateway killed under a steady load, a thousand subscribers that
 * come back at once, a subscriber that reads nothing for over a minute, and memory under load without a kill. Needs no test
 * runner. Rejects as soon as anything is missing, doubled, out of order or forged.
 */
import assert from 'node:assert/strict';
import { makeSharedStore } from '../databases.ts';
import { reconnectAtOnce } from '../reconnects.ts';
import { stalledForLong } from './stalled-for-long.ts';
import { mostHeapSlope, steadyLoad } from './steady-load.ts';

export interface EventSoakOptions {
  /** Of the load; the other two parts take about three minutes more. */
  minutes: number;
  engine: 'sqlite' | 'postgres';
  print(line: string): void;
  /** @default 1_000 */
  subscribers?: number;
}

export async function runEventSoak({ minutes, engine, print, subscribers = 1_000 }: EventSoakOptions): Promise<void> {
  await using store = engine === 'postgres' ? await makeSharedStore() : undefined;
  const env = store?.env ?? {};
  // Half with kills, half without.
  const killed = await steadyLoad({ env, ms: minutes * 30_000, killEveryMs: 60_000, print });
  print(`${engine}: ${killed.answered} events answered, ${killed.kills} kills: none missing, doubled or forged`);
  const calmMs = minutes * 30_000;
  const calm = await steadyLoad({ env, ms: calmMs, print });
  const [heap, resident] = [calm.heapSlope.toFixed(2), calm.residentSlope.toFixed(2)];
  print(`${engine}: ${calm.answered} events answered, heap ${heap}, resident ${resident} MiB a minute`);
  assert.ok(calm.heapSlope <= mostHeapSlope(calmMs), `The heap grows by ${heap} MiB a minute.`);
  const returned = await reconnectAtOnce({ subscribers, events: 50, env });
  print(`${engine}: ${returned} subscribers came back at once: none missing or doubled`);
  await stalledForLong({ env, stalledMs: 60_000 });
  print(`${engine}: a subscriber that read nothing ended with SLOW_CONSUMER and resumed whole`);
}
