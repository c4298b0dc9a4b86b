/**
 * Webhooks as Stripe sends and signs them, of any number and size. What a test wants to find again stands in the names of the
 * fields that changed: a subscriber sees it as `changedFields`, and no vendor is asked.
 */
import { createHmac } from 'node:crypto';

export interface StripeEvent {
  /** The vendor's, signed. */
  id: string;
  /** @default invoice.updated */
  type?: string;
  /** Which invoice it is about. @default one that nobody has */
  invoice?: string;
  /** @default the id */
  changed?: string;
}

export const stripeBody = ({
  id,
  type = 'invoice.updated',
  invoice = 'in_nobody',
  changed = id,
}: StripeEvent): string =>
  JSON.stringify({
    id,
    object: 'event',
    type,
    created: Math.floor(Date.now() / 1_000),
    data: { object: { id: invoice, object: 'invoice' }, previous_attributes: { [changed]: null } },
  });

/** Sends it, signed now, or when `at` says. Rejects when nobody answers. */
export async function sendStripe(gatewayUrl: string, body: string, secret: string, at?: number): Promise<number> {
  return (await postStripe(gatewayUrl, body, secret, at)).status;
}

/** The same, for who wants to see more of the answer than its status. */
export async function postStripe(gatewayUrl: string, body: string, secret: string, at?: number): Promise<Response> {
  const headers = stripeHeaders(body, secret, at);
  const response = await fetch(`${gatewayUrl}${STRIPE_PATH}`, { method: 'POST', headers, body });
  await response.arrayBuffer();
  return response;
}

export const STRIPE_PATH = '/webhooks/stripe';

/** `signedAt`: epoch milliseconds. */
export function stripeHeaders(body: string, secret: string, signedAt = Date.now()): Record<string, string> {
  const at = Math.floor(signedAt / 1_000);
  const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return { 'content-type': 'application/json', 'stripe-signature': `t=${at},v1=${signature}` };
}
