/** What the vendors publish, sign and record, against our verification. */
import { verifySlackRequest } from '@slack/bolt';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it } from 'vitest';
import bamboohr from '../../sources/bamboohr/fixtures/signed-delivery.json' with { type: 'json' };
import calcom from '../../sources/calcom/fixtures/signed-delivery.json' with { type: 'json' };
import hubspot from '../../sources/hubspot/fixtures/signed-delivery.json' with { type: 'json' };
import resend from '../../sources/resend/fixtures/signed-delivery.json' with { type: 'json' };
import slack from '../../sources/slack/fixtures/signed-delivery.json' with { type: 'json' };
import stripe from '../../sources/stripe/fixtures/signed-delivery.json' with { type: 'json' };
import zendesk from '../../sources/zendesk/fixtures/signed-delivery.json' with { type: 'json' };
import type { WebhookSchemeName } from '../../src/config/webhook.ts';
import { readTimestamp } from '../../src/webhooks/timestamp.ts';
import { type Verdict, verifyDelivery } from '../../src/webhooks/verify.ts';
import { SIGNERS, URL_OF_GATEWAY } from './signers.ts';
import published from './vectors.json' with { type: 'json' };
import { webhookOf } from './webhook-of.ts';

const { schemes: vectors } = published;

/** When the vectors were signed. */
const SIGNED_AT = Date.UTC(2026, 0, 1);

interface Signed {
  scheme: WebhookSchemeName;
  secret: string;
  headers: Record<string, string>;
  body: string;
  url?: string;
  now?: number;
}

function verify({ scheme, secret, headers, body, url = URL_OF_GATEWAY, now = SIGNED_AT }: Signed): Verdict {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return verifyDelivery(
    webhookOf({ scheme, secret }),
    { method: 'POST', url, headers: lower, raw: Buffer.from(body) },
    now,
  );
}

const accepted = { ok: true };
const refused = (reason: string) => ({ ok: false, reason });

const { resend: svixVector, hubspot: hubspotVector, sendgrid: sendgridVector, ...others } = vectors;
const VECTORS: Signed[] = [
  { ...svixVector, scheme: 'svix', headers: svixVector.expected },
  {
    ...hubspotVector,
    scheme: 'hubspot',
    headers: {
      'X-HubSpot-Signature-v3': hubspotVector.expected.v3,
      'X-HubSpot-Request-Timestamp': String(hubspotVector.timestamp),
    },
  },
  { ...sendgridVector, scheme: 'sendgrid', secret: sendgridVector.publicKey, headers: sendgridVector.expected },
  ...(['stripe', 'slack', 'zendesk', 'calcom', 'bamboohr', 'intercom', 'github', 'calendly'] as const).map(
    (scheme) => ({
      ...others[scheme],
      scheme,
      headers: others[scheme].expected as Record<string, string>, // each has names of its own
    }),
  ),
];

describe('the published vectors', () => {
  it.each(VECTORS)('$scheme is verified', (vector) => {
    expect(verify(vector)).toMatchObject(accepted);
  });

  it.each(VECTORS)('$scheme is refused with one byte more', (vector) => {
    expect(verify({ ...vector, body: `${vector.body} ` })).toEqual(refused('signature_mismatch'));
  });

  it('covers every scheme that has one', () => {
    expect(VECTORS.length).toBe(Object.keys(vectors).length);
  });
});

const RECORDED: (Signed & { at: string })[] = [
  { ...bamboohr, scheme: 'bamboohr', at: '2026-11-02T09:00:00Z' },
  { ...calcom, scheme: 'calcom', at: '2026-11-02T09:00:00Z' },
  { ...hubspot, scheme: 'hubspot', at: '2026-11-02T09:30:00Z' },
  { ...resend, scheme: 'svix', at: '2026-11-23T21:16:39Z' },
  { ...slack, scheme: 'slack', at: '2026-11-02T09:00:00Z' },
  { ...stripe, scheme: 'stripe', at: '2026-11-02T09:00:00Z' },
  { ...zendesk, scheme: 'zendesk', at: '2026-11-23T21:06:19Z' },
];

it.each(RECORDED)('a recorded delivery of $scheme is verified at its time', ({ at, ...signed }) => {
  expect(verify({ ...signed, now: Date.parse(at) })).toMatchObject(accepted);
});

describe.each(SIGNERS.filter(({ isTimed }) => isTimed))('the signed time of $name', ({ scheme, secret, sign }) => {
  const body = '{"type":"a"}';
  const signed = { scheme, secret, headers: sign({ body, at: SIGNED_AT }), body };
  const unit = scheme === 'hubspot' ? 1 : 1_000;

  it('passes 300 s from our clock, both ways', () => {
    for (const now of [SIGNED_AT + 300_000, SIGNED_AT - 300_000])
      expect(verify({ ...signed, now })).toMatchObject(accepted);
  });

  it('is refused one unit further, and is told apart from a wrong signature', () => {
    const late = verify({ ...signed, now: SIGNED_AT + 300_000 + unit });
    expect(late).toEqual({ ...refused('timestamp_too_old'), timestamp: SIGNED_AT });
    const early = verify({ ...signed, now: SIGNED_AT - 300_000 - unit });
    expect(early).toEqual({ ...refused('timestamp_in_future'), timestamp: SIGNED_AT });
  });

  it('is not looked at before the signature', () => {
    const now = SIGNED_AT + 3_600_000;
    expect(verify({ ...signed, body: '{"type":"b"}', now })).toEqual(refused('signature_mismatch'));
  });
});

describe('a time', () => {
  it.each(['1767225600.0', '+1767225600', ' 1767225600', '0x6955b900', '1e9', '', '١٧٦٧', '2026-01-01T00:00:00Z'])(
    'in seconds is digits alone: not %j',
    (text) => {
      expect(readTimestamp(text, 'seconds')).toBeUndefined();
    },
  );

  it.each([
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-01-01 00:00:00Z',
    '1767225600',
    'Jan 1 2026',
    '2026-13-01T00:00:00Z',
  ])('in ISO 8601 has a date, a time and a zone: not %j', (text) => {
    expect(readTimestamp(text, 'iso')).toBeUndefined();
  });

  it('may be a leap second, or have a zone where clocks were just changed', () => {
    expect(readTimestamp('2016-12-31T23:59:60Z', 'iso')).toBe(Date.UTC(2017, 0, 1));
    expect(readTimestamp('2026-10-25T02:30:00+02:00', 'iso')).toBe(Date.UTC(2026, 9, 25, 0, 30));
    expect(readTimestamp('2026-10-25T02:30:00+01:00', 'iso')).toBe(Date.UTC(2026, 9, 25, 1, 30));
  });
});

it('agrees with Slack’s and Svix’s own verifiers about what our test signers send', () => {
  const body = '{"type":"event_callback"}';
  const at = Date.now();
  for (const { name, secret, sign } of SIGNERS) {
    const headers = sign({ body, at });
    if (name === 'svix') new SvixWebhook(secret).verify(body, headers);
    if (name !== 'slack') continue;
    const given = {
      'x-slack-signature': headers['x-slack-signature'] ?? '',
      'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']),
    };
    verifySlackRequest({ signingSecret: secret, body, headers: given });
  }
});

it('verifies HubSpot’s address as HubSpot signs it, with some characters unescaped', () => {
  const signer = SIGNERS.find(({ scheme }) => scheme === 'hubspot');
  const body = '[]';
  const headers = signer?.sign({ body, at: SIGNED_AT, url: 'https://a.example/webhooks/hubspot?next=/x&y=%20' }) ?? {};
  const secret = signer?.secret ?? '';
  const url = 'https://a.example/webhooks/hubspot?next=%2Fx&y=%20';
  expect(verify({ scheme: 'hubspot', secret, headers, body, url })).toMatchObject(accepted);
  expect(verify({ scheme: 'hubspot', secret, headers, body, url: url.replace('a.ex', 'b.ex') })).toMatchObject({
    ok: false,
  });
});
