/** Time in the world: counted in milliseconds, written as ISO text, always relative to the world's own present. */
import type { Random } from '../random.ts';
import type { Day, Instant } from '../world.ts';

export const NOW_MS = Date.parse('2026-11-02T09:00:00.000Z');
export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

export function instant(ms: number): Instant {
  return new Date(ms).toISOString();
}

export function day(ms: number): Day {
  return instant(ms).slice(0, 10);
}

/** A whole second between two moments. */
export function between(random: Random, fromMs: number, toMs: number): number {
  return Math.floor((fromMs + random.next() * (toMs - fromMs)) / 1000) * 1000;
}

/** A moment up to `maxDays` ago and at least `minDays` ago. */
export function ago(random: Random, maxDays: number, minDays = 0): number {
  return between(random, NOW_MS - maxDays * DAY_MS, NOW_MS - minDays * DAY_MS);
}

/** When a record was made and last changed; most were changed at some time, some never. */
export function lifetime(random: Random, maxDays: number, minDays = 1): { createdAt: Instant; updatedAt: Instant } {
  const created = ago(random, maxDays, minDays);
  const updated = random.chance(0.8) ? between(random, created, NOW_MS) : created;
  return { createdAt: instant(created), updatedAt: instant(updated) };
}
