import { createHmac } from 'node:crypto';

/**
 * Value of `Stripe-Signature`. The key is the whole secret, `whsec_` included; `timestamp` is in seconds.
 * https://docs.stripe.com/webhooks/signature
 */
export function signStripe(body: string, secret: string, timestamp: number): string {
  const digest = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return `t=${timestamp},v1=${digest}`;
}
