/** How BambooHR signs a webhook: hex HMAC over the body and, right after it, the text of the timestamp header. */
import { createHmac } from 'node:crypto';

export interface Signed {
  /** The private key told once, when the webhook was made. */
  secret: string;
  /** The exact bytes sent. */
  body: string;
  /** As sent, e.g. `2026-01-01T00:00:00Z`. */
  timestamp: string;
}

export function signWebhook({ secret, body, timestamp }: Signed): Record<string, string> {
  const digest = createHmac('sha256', secret).update(body).update(timestamp).digest('hex');
  return { 'X-BambooHR-Signature': digest, 'X-BambooHR-Timestamp': timestamp };
}
