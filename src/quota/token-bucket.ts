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
  /** Of each policy, from `#limits`: asked for several times with every request. */
  #most: readonly number[];
  #filledAt: number;

  constructor(limits: QuotaLimits, nowMs: number) {
    this.#limits = limits;
    this.#most = mostOf(limits);
    this.#filledAt = nowMs;
    this.#levels = [...this.#most];
  }

  /** To be called before asking and taking. Limits that were changed hold from now on. A clock that goes back adds nothing. */
  fill(limits: QuotaLimits, nowMs: number): void {
    const elapsed = Math.max(0, nowMs - this.#filledAt);
    this.#filledAt = nowMs;
    if (limits !== this.#limits) this.#most = mostOf(limits);
    this.#limits = limits;
    for (let index = 0; index < QUOTA_POLICIES.length; index += 1) {
      const most = this.#mostOf(index);
      this.#levels[index] = Math.min(most, this.#level(index) + (elapsed * most) / (secondsOf(index) * 1_000));
    }
  }

  isFull(nowMs: number): boolean {
    this.fill(this.#limits, nowMs);
    return this.#most.every((most, index) => this.#level(index) >= most);
  }

  /** The bucket that will take longest to hold what is asked, or undefined when all do. Takes nothing. */
  shortage(asked: Asked): { index: number; waitMs: number } | undefined {
    let longest: { index: number; waitMs: number } | undefined;
    for (let index = 0; index < QUOTA_POLICIES.length; index += 1) {
      const units = unitsOf(asked, index);
      const missing = units - this.#level(index);
      if (units === 0 || missing <= DUST) continue;
      const most = this.#mostOf(index);
      // More than a full bucket holds never comes.
      const waitMs = units > most ? Number.POSITIVE_INFINITY : (missing * secondsOf(index) * 1_000) / most;
      if (longest === undefined || waitMs > longest.waitMs) longest = { index, waitMs };
    }
    return longest;
  }

  take(asked: Asked): void {
    for (let index = 0; index < QUOTA_POLICIES.length; index += 1)
      this.#levels[index] = this.#level(index) - unitsOf(asked, index);
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
    return QUOTA_POLICIES.map(({ name, seconds }, index) => {
      const quota = this.#mostOf(index);
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

  #mostOf(index: number): number {
    return this.#most[index] ?? 0;
  }
}

function mostOf(limits: QuotaLimits): readonly number[] {
  return QUOTA_POLICIES.map(({ limit }) => limits[limit]);
}

function secondsOf(index: number): number {
  return QUOTA_POLICIES[index]?.seconds ?? 0;
}

function unitsOf({ cost, write, isEvent, isCounted, isStream }: Asked, index: number): number {
  const counts = QUOTA_POLICIES[index]?.counts;
  if (counts === 'requests') return isEvent || isCounted || isStream ? 0 : 1;
  if (counts === 'cost') return cost;
  return write ? 1 : 0;
}
