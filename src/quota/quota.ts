/**
 * How much a client may still ask for. One operation is admitted or refused as a whole: one that is refused takes its request,
 * where there is one left, and nothing else. What it really cost is told when it has ended, because calls to vendors are only
 * estimated before.
 */
import type { QuotaLimits } from '../config/quota-limits.ts';

export interface Quota {
  /** Asks to run one operation of a client. In memory the answer is there at once; a store that processes share answers later. */
  admit(client: string, limits: QuotaLimits, asked: Asked): Admission | Promise<Admission>;
}

export interface Asked {
  /** Estimated calls to vendors. */
  cost: number;
  /** Whether it is a mutation. */
  write: boolean;
  /** An event of a subscription that was admitted before: no request, and no operation at the same time as others. */
  isEvent?: boolean;
  /** Its request was taken when it came in. */
  isCounted?: boolean;
  /** To stay open, of a subscription that was admitted before: takes nothing, and counts among the open ones until it is settled. */
  isStream?: boolean;
}

export type Admission = Admitted | Refused;

export interface Admitted {
  admitted: true;
  standing: Standing;
  /** To be called when the operation has ended, with the calls it took; further calls change nothing. */
  settle(actualCost: number): void;
}

export interface Refused {
  admitted: false;
  standing: Standing;
  refusal: {
    /** For a sentence: `requests per minute`. */
    quota: string;
    /** Absent: waiting does not help. */
    retryAfterMs?: number;
  };
}

/** What is left of each quota that counts over time, in the order of `QUOTA_POLICIES`. */
export interface Standing {
  policies: readonly PolicyStanding[];
}

export interface PolicyStanding {
  name: string;
  quota: number;
  windowSeconds: number;
  /** Whole units, never below 0. */
  remaining: number;
  /** Until all of it is there again, rounded up. */
  resetSeconds: number;
}

/** What each quota over time counts. `name` stands in headers. */
export const QUOTA_POLICIES = [
  { name: 'requests-minute', limit: 'requestsPerMinute', counts: 'requests', seconds: 60 },
  { name: 'requests-day', limit: 'requestsPerDay', counts: 'requests', seconds: 86_400 },
  { name: 'cost-minute', limit: 'costPerMinute', counts: 'cost', seconds: 60 },
  { name: 'cost-day', limit: 'costPerDay', counts: 'cost', seconds: 86_400 },
  { name: 'writes-minute', limit: 'writesPerMinute', counts: 'writes', seconds: 60 },
  { name: 'writes-day', limit: 'writesPerDay', counts: 'writes', seconds: 86_400 },
] as const satisfies readonly {
  name: string;
  limit: keyof QuotaLimits;
  counts: 'requests' | 'cost' | 'writes';
  seconds: number;
}[];
