/** The secrets a vendor's `webhook:` block names: their ids and lives, without their values. */
import type { WebhookConfig } from '../config/webhook.ts';
import { lifeOf, type SecretSpan, type WebhookSecret } from './webhook-secret.ts';

/** Of one alone. */
export const DEFAULT_ID = 'default';

export function secretSpans({ secrets }: Pick<WebhookConfig, 'secrets'>): Omit<WebhookSecret, 'key'>[] {
  const spans: readonly SecretSpan[] = secrets ?? [{ id: DEFAULT_ID }];
  return spans.map((span) => ({ id: span.id, ...lifeOf(span) }));
}
