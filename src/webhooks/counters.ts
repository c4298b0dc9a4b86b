/** What the receiver counts. Names come from our own files and closed sets, never from a sender. */
import type { VendorName } from '../config/vendor-name.ts';
import type { DeadLetterReason } from '../events/delivery.ts';
import type { AppendedEvent } from '../events/log.ts';
import type { RefusalReason, Result } from './outcome.ts';

export interface WebhookCounters {
  /** Every request once. `vendor` is `unknown` for a path that names none of ours; `bytes` of the body, 0 when it was not read. */
  delivery(vendor: VendorName, result: Result, bytes: number): void;
  /** Why one was not taken, beside its `delivery`. */
  refused(vendor: VendorName, reason: RefusalReason): void;
  verifiedBy(vendor: VendorName, secretId: string): void;
  event(vendor: VendorName, outcome: AppendedEvent['outcome']): void;
  deadLetter(vendor: VendorName, reason: DeadLetterReason): void;
}
