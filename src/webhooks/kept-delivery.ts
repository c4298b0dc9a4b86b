/** What the log keeps of a delivery, as far as its events depend on it. */
import type { WebhookSecret } from './webhook-secret.ts';

export interface KeptDelivery {
  raw: Buffer;
  /** As kept with the delivery: lower case. */
  headers: Readonly<Record<string, string>>;
  /** Epoch milliseconds, from which dedupe keys live: of the receipt, or of the redrive. */
  receivedAt: number;
  /** What verified it; undefined: nothing did, it was never on the wire, or the secret is retired. */
  secret?: Pick<WebhookSecret, 'id' | 'notAfter'> | undefined;
}
