/** How Slack signs what it sends to an app. https://docs.slack.dev/authentication/verifying-requests-from-slack */
import { createHmac } from 'node:crypto';

export interface Signed {
  secret: string;
  /** The exact bytes sent. */
  body: string;
  /** Unix seconds. */
  timestamp: number;
}

export function signRequest({ secret, body, timestamp }: Signed): Record<string, string> {
  const digest = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'X-Slack-Signature': `v0=${digest}`, 'X-Slack-Request-Timestamp': String(timestamp) };
}
