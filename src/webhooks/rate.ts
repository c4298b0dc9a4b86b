/** A token bucket for each vendor that has a rate. Only what was verified takes from it: forgers cannot use up a vendor's share. */
import type { VendorName } from '../config/vendor-name.ts';

export interface Rate {
  perSecond: number;
  /** What a full bucket holds. */
  burst: number;
}

interface Bucket {
  level: number;
  filledAt: number;
}

export class VendorRates {
  readonly #buckets = new Map<VendorName, Bucket>();

  /** Takes one; or says how many milliseconds until there is one. A clock that goes back adds nothing. */
  waitMs(vendor: VendorName, rate: Rate | undefined, now: number): number {
    if (rate === undefined) return 0;
    const bucket = this.#buckets.get(vendor) ?? { level: rate.burst, filledAt: now };
    const gained = (Math.max(0, now - bucket.filledAt) * rate.perSecond) / 1_000;
    const level = Math.min(rate.burst, bucket.level + gained);
    const isThere = level >= 1;
    this.#buckets.set(vendor, { level: isThere ? level - 1 : level, filledAt: now });
    return isThere ? 0 : ((1 - level) * 1_000) / rate.perSecond;
  }
}
