/**
 * How each vendor signs. Facts of the vendors' documentation, one entry each; what an entry does not sign (ids and topics in
 * headers of GitHub, Shopify, Zendesk, Cal.com, BambooHR), an attacker may write.
 */
import type { WebhookSchemeName } from '../config/webhook.ts';
import { readJsonPath } from '../rest/json-path.ts';
import { hmacScheme } from './hmac-scheme.ts';
import { hubspotUrl } from './hubspot-url.ts';
import type { Scheme } from './scheme.ts';
import { SENDGRID } from './sendgrid-scheme.ts';
import { isSslCheck, readUrlVerification } from './slack-handshake.ts';
import { standardScheme } from './standard-scheme.ts';

export const SCHEMES = {
  standard: standardScheme('webhook'),
  svix: standardScheme('svix'),
  /** https://docs.stripe.com/webhooks/signature */
  stripe: hmacScheme({
    encoding: 'hex',
    signed: '{timestamp}.{body}',
    signature: { header: 'stripe-signature', fields: true },
    timestamp: { unit: 'seconds' },
  }),
  /** Version 3: the older ones sign with a plain hash and no time. https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests */
  hubspot: hmacScheme({
    encoding: 'base64',
    signed: '{method}{url}{body}{timestamp}',
    signature: { header: 'x-hubspot-signature-v3' },
    timestamp: { header: 'x-hubspot-request-timestamp', unit: 'milliseconds' },
    readUrl: hubspotUrl,
  }),
  /** https://developer.zendesk.com/documentation/webhooks/verifying/ */
  zendesk: hmacScheme({
    encoding: 'base64',
    signed: '{timestamp}{body}',
    signature: { header: 'x-zendesk-webhook-signature' },
    timestamp: { header: 'x-zendesk-webhook-signature-timestamp', unit: 'iso' },
    keptHeaders: ['x-zendesk-webhook-id', 'x-zendesk-webhook-invocation-id', 'x-zendesk-account-id'],
  }),
  /** https://docs.slack.dev/authentication/verifying-requests-from-slack */
  slack: hmacScheme({
    encoding: 'hex',
    signed: 'v0:{timestamp}:{body}',
    signature: { header: 'x-slack-signature', prefix: 'v0=' },
    timestamp: { header: 'x-slack-request-timestamp', unit: 'seconds' },
    keptHeaders: ['x-slack-retry-num', 'x-slack-retry-reason'],
    handshake: readUrlVerification,
    isUnsignedProbe: isSslCheck,
  }),
  /** https://cal.com/docs/core-features/webhooks */
  calcom: hmacScheme({
    encoding: 'hex',
    signed: '{body}',
    signature: { header: 'x-cal-signature-256' },
    keptHeaders: ['x-cal-webhook-version'],
    unsignedMark: 'no-secret-provided',
  }),
  /** https://documentation.bamboohr.com/docs/webhooks. The form of its time is not documented. */
  bamboohr: hmacScheme({
    encoding: 'hex',
    signed: '{body}{timestamp}',
    signature: { header: 'x-bamboohr-signature' },
    timestamp: { header: 'x-bamboohr-timestamp', unit: 'isoOrSeconds' },
  }),
  /** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
  github: hmacScheme({
    encoding: 'hex',
    signed: '{body}',
    signature: { header: 'x-hub-signature-256', prefix: 'sha256=' },
    keptHeaders: ['x-github-event', 'x-github-delivery', 'x-github-hook-id'],
    // Told by the signed body, not by X-GitHub-Event: only a ping has a zen.
    handshake: (body) => (readJsonPath(body, ['zen']) === undefined ? undefined : NOTHING),
  }),
  /** https://shopify.dev/docs/apps/build/webhooks/subscribe/https */
  shopify: hmacScheme({
    encoding: 'base64',
    signed: '{body}',
    signature: { header: 'x-shopify-hmac-sha256' },
    keptHeaders: ['x-shopify-topic', 'x-shopify-event-id', 'x-shopify-webhook-id', 'x-shopify-triggered-at'],
  }),
  sendgrid: SENDGRID,
  /** https://developers.intercom.com/docs/webhooks */
  intercom: hmacScheme({
    algorithm: 'sha1',
    encoding: 'hex',
    signed: '{body}',
    signature: { header: 'x-hub-signature', prefix: 'sha1=' },
    handshake: (body) => (readJsonPath(body, ['topic']) === 'ping' ? NOTHING : undefined),
  }),
  /** https://developer.calendly.com/api-docs/webhook-signatures */
  calendly: hmacScheme({
    encoding: 'hex',
    signed: '{timestamp}.{body}',
    signature: { header: 'calendly-webhook-signature', fields: true },
    timestamp: { unit: 'seconds' },
  }),
} satisfies Record<WebhookSchemeName, Scheme>;

const NOTHING = { type: 'text/plain', body: '' };

export function schemeOf(name: WebhookSchemeName): Scheme {
  return SCHEMES[name];
}
