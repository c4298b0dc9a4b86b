/** A vendor's webhook as the gateway would have it, from the settings a person writes and secrets given here. */
import { type WebhookSchemeName, webhookSchema } from '../../src/config/webhook.ts';
import { type ResolvedWebhook, resolveWebhook } from '../../src/webhooks/resolved-webhook.ts';
import { schemeOf } from '../../src/webhooks/schemes.ts';
import { createWebhookSecret, type SecretSpan } from '../../src/webhooks/webhook-secret.ts';

export interface WebhookSketch {
  vendor?: string;
  scheme: WebhookSchemeName;
  /** One without an end, or several with theirs. */
  secret: string | (SecretSpan & { value: string })[];
  /** The rest of the block; `type: type` unless given. */
  settings?: Record<string, unknown>;
}

export function webhookOf({ vendor = 'vendor', scheme, secret, settings = {} }: WebhookSketch): ResolvedWebhook {
  const config = webhookSchema.parse({ scheme, secret: 'secret://env/UNUSED', type: 'type', ...settings });
  const spans = typeof secret === 'string' ? [{ id: 'default', value: secret }] : secret;
  const secrets = spans.map(({ value, ...span }) => createWebhookSecret(span, schemeOf(scheme), () => value));
  return resolveWebhook(vendor, config, secrets);
}
