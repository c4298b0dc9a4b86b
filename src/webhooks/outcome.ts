/** How a request to the receiver ends, and with what status: a closed set, for answers and for metrics. */
import type { RawBodyFault } from './raw-body.ts';
import type { Handshake } from './scheme.ts';
import type { VerifyFault } from './verify.ts';

/** 4xx only for what is the sender's fault for ever: some vendors never try those again. */
export const STATUS = {
  stored: 200,
  duplicate: 200,
  /** Authentic, but some of it became a dead letter. */
  poisoned: 200,
  /** An empty array: nothing to store. */
  empty: 200,
  handshake: 200,
  unauthentic: 401,
  forbidden: 403,
  unknown_vendor: 404,
  not_post: 405,
  too_large: 413,
  unavailable: 503,
  /** The sender went away before its body was here; nobody reads the answer. */
  left: 503,
} as const;

export type Result = keyof typeof STATUS;

export type RefusalReason =
  | VerifyFault
  | RawBodyFault
  | 'address'
  | 'mismatch_in_rotation'
  | 'rate'
  | 'too_many_waiting'
  | 'draining'
  | 'not_configured'
  | 'store';

export interface Outcome {
  result: Result;
  reason?: RefusalReason;
  retryAfterMs?: number;
  handshake?: Handshake;
}
