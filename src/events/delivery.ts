/** What a receiver hands to the log: a vendor's delivery, verified and split into events. */
import type { VendorName } from '../config/vendor-name.ts';

/** What a vendor sent, verified and split. Times here and below are epoch milliseconds. */
export interface Delivery {
  /** Made by the receiver; unique for ever. */
  id: string;
  vendor: VendorName;
  receivedAt: number;
  /** Those of the allow-list only, lower case; never a credential or a signature. */
  headers: Readonly<Record<string, string>>;
  /** The bytes as they came. */
  raw: Uint8Array;
  /** Id of the secret that verified it, or `reconciliation`. */
  verifiedBy: string;
  remoteIp?: string | undefined;
  events: readonly NewEvent[];
  deadLetters: readonly NewDeadLetter[];
}

export interface NewEvent {
  /** Place in the delivery, from 0; `events` are in its order. */
  ix: number;
  /** The vendor's own name: `invoice.paid`. */
  type: string;
  /** The vendor's id, or the hash that stands for it. */
  eventId: string;
  /** Any of them known with the same `bodySha256`: a duplicate. Known with another body: `id_conflict`. At least one. */
  dedupeKeys: readonly DedupeKey[];
  /** Of `body`, hexadecimal; without what differs between two tries of the same event, e.g. a count of attempts. */
  bodySha256: string;
  /** When it happened, by the vendor's clock. */
  vendorTime?: number | undefined;
  /** The element as JSON text. */
  body: string;
  /** Names of what was taken from unsigned headers. */
  unsigned: readonly string[];
}

export interface DedupeKey {
  key: string;
  /** The key already names the body (a hash of it), so that no other body can have it. */
  isBodyHash: boolean;
  /** Kept at least until then. */
  expiresAt: number;
  /** Id of a secret: kept as long as it is among `Retention.secrets`, too. Of several that came with a key the last counts. */
  secret?: string | null | undefined;
}

export const DEAD_LETTER_REASONS = ['unreadable', 'no_type', 'too_deep', 'id_conflict'] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

export interface NewDeadLetter {
  /** The element it stands for; null: the delivery as a whole. */
  ix: number | null;
  reason: DeadLetterReason;
  /** For an operator; holds nothing of the body. */
  detail: string;
}
