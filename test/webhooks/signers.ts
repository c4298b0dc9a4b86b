/** One sender for each scheme, as the vendors sign: by their own libraries where they have one that signs. */
import { createHmac, generateKeyPairSync, type KeyObject, sign as signWith } from 'node:crypto';
import { Signature } from '@hubspot/api-client';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as SvixWebhook } from 'svix';
import type { WebhookSchemeName } from '../../src/config/webhook.ts';

/** 2026-01-15T00:00:00Z. */
export const NOW = Date.UTC(2026, 0, 15);
export const URL_OF_GATEWAY = 'https://graph.example.com/webhooks/vendor';

export interface Message {
  body: string;
  /** Epoch milliseconds. */
  at: number;
  /** @default that of the signer */
  secret?: string;
  /** Of the schemes that sign one. @default msg_1 */
  id?: string;
  /** @default URL_OF_GATEWAY */
  url?: string;
}

export interface Signer {
  name: string;
  scheme: WebhookSchemeName;
  /** As the receiver's settings have it: for two schemes a public key. */
  secret: string;
  /** Another of the same kind. */
  otherSecret: string;
  isTimed: boolean;
  /** Lower-case names. */
  sign(message: Message): Record<string, string>;
}

const { webhooks } = new Stripe('sk_test_unused');
const seconds = (at: number): string => String(Math.floor(at / 1_000));
const iso = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
const hmac = (algorithm: string, secret: string, text: string) => createHmac(algorithm, secret).update(text);
const base64Secret = (name: string): string => `whsec_${Buffer.from(name.padEnd(32, '.')).toString('base64')}`;

/** Private keys by the public one that the settings hold. */
const privateKeys = new Map<string, KeyObject>();

function sendgridKey(): string {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const text = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  privateKeys.set(text, privateKey);
  return text;
}

function standardKey(): string {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const text = `whpk_${publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')}`;
  privateKeys.set(text, privateKey);
  return text;
}

function privateKeyOf(secret: string): KeyObject {
  const key = privateKeys.get(secret);
  if (key === undefined) throw new TypeError('Nobody knows the private key of this one.');
  return key;
}

type Sketch = Omit<Signer, 'name' | 'scheme' | 'secret' | 'otherSecret' | 'sign'> & {
  name?: string;
  scheme: WebhookSchemeName;
  secrets?: [string, string];
  sign(message: Required<Message>): Record<string, string>;
};

function signer({ scheme, name = scheme, secrets, isTimed, sign }: Sketch): Signer {
  const [secret, otherSecret] = secrets ?? [`${name}-secret-of-ours`, `${name}-secret-of-theirs`];
  return {
    name,
    scheme,
    secret,
    otherSecret,
    isTimed,
    sign: (message) => sign({ secret, id: 'msg_1', url: URL_OF_GATEWAY, ...message }),
  };
}

export const SIGNERS: readonly Signer[] = [
  signer({
    scheme: 'stripe',
    isTimed: true,
    sign: ({ body: payload, secret, at }) => ({
      'stripe-signature': webhooks.generateTestHeaderString({ payload, secret, timestamp: Number(seconds(at)) }),
    }),
  }),
  signer({
    scheme: 'hubspot',
    isTimed: true,
    sign: ({ body: requestBody, secret: clientSecret, at: timestamp, url }) => ({
      'x-hubspot-signature-v3': Signature.getSignature('POST', 'v3', {
        ...{ signature: '', clientSecret, requestBody, url, timestamp },
      }),
      'x-hubspot-request-timestamp': String(timestamp),
    }),
  }),
  signer({
    scheme: 'svix',
    isTimed: true,
    secrets: [base64Secret('svix ours'), base64Secret('svix theirs')],
    sign: ({ body, secret, at, id }) => ({
      'svix-id': id,
      'svix-timestamp': seconds(at),
      'svix-signature': new SvixWebhook(secret).sign(id, new Date(at), body),
    }),
  }),
  signer({
    scheme: 'standard',
    isTimed: true,
    secrets: [base64Secret('standard ours'), base64Secret('standard theirs')],
    sign: ({ body, secret, at, id }) => ({
      'webhook-id': id,
      'webhook-timestamp': seconds(at),
      'webhook-signature': new StandardWebhook(secret).sign(id, new Date(at), body),
    }),
  }),
  signer({
    name: 'standard with ed25519',
    scheme: 'standard',
    isTimed: true,
    secrets: [standardKey(), standardKey()],
    sign: ({ body, secret, at, id }) => ({
      'webhook-id': id,
      'webhook-timestamp': seconds(at),
      'webhook-signature': `v1a,${signWith(null, Buffer.from(`${id}.${seconds(at)}.${body}`), privateKeyOf(secret)).toString('base64')}`,
    }),
  }),
  signer({
    scheme: 'slack',
    isTimed: true,
    sign: ({ body, secret, at }) => ({
      'x-slack-signature': `v0=${hmac('sha256', secret, `v0:${seconds(at)}:${body}`).digest('hex')}`,
      'x-slack-request-timestamp': seconds(at),
    }),
  }),
  signer({
    scheme: 'zendesk',
    isTimed: true,
    sign: ({ body, secret, at }) => ({
      'x-zendesk-webhook-signature': hmac('sha256', secret, iso(at) + body).digest('base64'),
      'x-zendesk-webhook-signature-timestamp': iso(at),
    }),
  }),
  signer({
    scheme: 'bamboohr',
    isTimed: true,
    sign: ({ body, secret, at }) => ({
      'x-bamboohr-signature': hmac('sha256', secret, body + iso(at)).digest('hex'),
      'x-bamboohr-timestamp': iso(at),
    }),
  }),
  signer({
    scheme: 'calendly',
    isTimed: true,
    sign: ({ body, secret, at }) => ({
      'calendly-webhook-signature': `t=${seconds(at)},v1=${hmac('sha256', secret, `${seconds(at)}.${body}`).digest('hex')}`,
    }),
  }),
  signer({
    scheme: 'sendgrid',
    isTimed: true,
    secrets: [sendgridKey(), sendgridKey()],
    sign: ({ body, secret, at }) => ({
      'x-twilio-email-event-webhook-signature': signWith(
        'sha256',
        Buffer.from(seconds(at) + body),
        privateKeyOf(secret),
      ).toString('base64'),
      'x-twilio-email-event-webhook-timestamp': seconds(at),
    }),
  }),
  signer({
    scheme: 'calcom',
    isTimed: false,
    sign: ({ body, secret }) => ({ 'x-cal-signature-256': hmac('sha256', secret, body).digest('hex') }),
  }),
  signer({
    scheme: 'github',
    isTimed: false,
    sign: ({ body, secret }) => ({ 'x-hub-signature-256': `sha256=${hmac('sha256', secret, body).digest('hex')}` }),
  }),
  signer({
    scheme: 'shopify',
    isTimed: false,
    sign: ({ body, secret }) => ({ 'x-shopify-hmac-sha256': hmac('sha256', secret, body).digest('base64') }),
  }),
  signer({
    scheme: 'intercom',
    isTimed: false,
    sign: ({ body, secret }) => ({ 'x-hub-signature': `sha1=${hmac('sha1', secret, body).digest('hex')}` }),
  }),
];

export function signerOf(name: string): Signer {
  const found = SIGNERS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new TypeError(`No signer ${name}.`);
  return found;
}
