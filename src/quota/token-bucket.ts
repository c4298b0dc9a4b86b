/**
 * The buckets of one client, one for each quota over time. They fill all the time and at one pace, so a client that waits
 * a little may do a little; a full one holds what its whole window allows. Settling may take a bucket below nothing.
 */
import type { QuotaLimits } from '../config/quota-limits.ts';
import { type Asked, type PolicyStanding, QUOTA_POLICIES } from './quota.ts';

/** Sums of many small parts come out a little short. */
const DUST = 1e-6;

export class ClientBuckets {
  readonly #levels: number[];
  #limits: QuotaLimits;
  #filledAt: number;

  constructor(limits: QuotaLimits, nowMs: number) {
    this.#limits = limits;
    this.#filledAt = nowMs;
    this.#levels = QUOTA_POLICIES.map(({ limit }) => limits[limit]);
  }

  /** To be called before asking and taking. Limits that were changed hold from now on. A clock that goes back adds nothing. */
  fill(limits: QuotaLimits, nowMs: number): void {
    const elapsed = Math.max(0, nowMs - this.#filledAt);
    this.#filledAt = nowMs;
    this.#limits = limits;
    QUOTA_POLICIES.forEach(({ limit, seconds }, index) => {
      const most = limits[limit];
      this.#levels[index] = Math.min(most, this.#level(index) + (elapsed * most) / (seconds * 1_000));
    });
  }

  isFull(nowMs: number): boolean {
    this.fill(this.#limits, nowMs);
    return QUOTA_POLICIES.every(({ limit }, index) => this.#level(index) >= this.#limits[limit]);
  }

  /** The bucket that will take longest to hold what is asked, or undefined when all do. Takes nothing. */
  shortage(asked: Asked): { index: number; waitMs: number } | undefined {
    let longest: { index: number; waitMs: number } | undefined;
    QUOTA_POLICIES.forEach(({ limit, counts, seconds }, index) => {
      const units = unitsOf(asked, counts);
      const missing = units - this.#level(index);
      if (units === 0 || missing <= DUST) return;
      const most = this.#limits[limit];
      // More than a full bucket holds never comes.
      const waitMs = units > most ? Number.POSITIVE_INFINITY : (missing * seconds * 1_000) / most;
      if (longest === undefined || waitMs > longest.waitMs) longest = { index, waitMs };
    });
    return longest;
  }

  take(asked: Asked): void {
    QUOTA_POLICIES.forEach(({ counts }, index) => {
      this.#levels[index] = this.#level(index) - unitsOf(asked, counts);
    });
  }

  /** Gives back what was estimated too high, takes what was too low. */
  correctCost(surplus: number): void {
    if (surplus === 0) return;
    QUOTA_POLICIES.forEach(({ counts }, index) => {
      // What is too much now, filling cuts.
      if (counts === 'cost') this.#levels[index] = this.#level(index) + surplus;
    });
  }

  standing(): PolicyStanding[] {
    return QUOTA_POLICIES.map(({ name, limit, seconds }, index) => {
      const quota = this.#limits[limit];
      const level = this.#level(index);
      return {
        name,
        quota,
        windowSeconds: seconds,
        remaining: Math.max(0, Math.floor(level + DUST)),
        resetSeconds: quota === 0 ? 0 : Math.ceil(((quota - level) * seconds) / quota - DUST),
      };
    });
  }

  #level(index: number): number {
    return this.#levels[index] ?? 0;
  }
}

function unitsOf(
  { cost, write, isEvent, isCounted, isStream }: Asked,
  counts: (typeof QUOTA_POLICIES)[number]['counts'],
): number {
  if (counts === 'requests') return isEvent || isCounted || isStream ? 0 : 1;
  if (counts === 'cost') return cost;
  return write ? 1 : 0;
}
