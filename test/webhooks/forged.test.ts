/** Whatever is not exactly what a vendor signed with our secret is refused. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { WEBHOOK_SCHEMES } from '../../src/config/webhook.ts';
import { schemeOf } from '../../src/webhooks/schemes.ts';
import { verifyDelivery } from '../../src/webhooks/verify.ts';
import { runMutants } from './mutants.ts';
import { NOW, SIGNERS, signerOf, URL_OF_GATEWAY } from './signers.ts';
import { webhookOf } from './webhook-of.ts';

const COUNT = Number(process.env['VENDORGRAPH_MUTANTS'] ?? 10_000);
const BODY = '{"id":"evt_1","type":"invoice.paid"}';

const requestOf = (headers: Record<string, string>, body = BODY) => ({
  method: 'POST',
  url: URL_OF_GATEWAY,
  headers,
  raw: Buffer.from(body),
});

it('has a genuine sender for every scheme there is', () => {
  expect(new Set(SIGNERS.map(({ scheme }) => scheme))).toEqual(new Set(WEBHOOK_SCHEMES));
});

it(`accepts none of ${COUNT} changed deliveries`, () => {
  const { tried, accepted, kinds, refused } = runMutants({ count: COUNT, seed: Date.now() });
  expect(accepted).toEqual([]);
  expect(tried).toBe(COUNT);
  expect(Object.keys(kinds).length).toBe(17);
  expect(Object.keys(refused)).toEqual(
    expect.arrayContaining(['signature_mismatch', 'signature_missing', 'timestamp_too_old', 'timestamp_in_future']),
  );
}, 600_000);

describe.each(SIGNERS)('$name', (signer) => {
  const { scheme, secret, otherSecret, sign } = signer;
  const webhook = webhookOf({ scheme, secret });
  const reasonOf = (headers: Record<string, string>, body?: string) => {
    const verdict = verifyDelivery(webhook, requestOf(headers, body), NOW);
    return verdict.ok ? 'accepted' : verdict.reason;
  };

  it('accepts what its vendor signed', () => {
    expect(reasonOf(sign({ body: BODY, at: NOW }))).toBe('accepted');
  });

  it('refuses another’s key, another’s body and an unsigned request, each for its reason', () => {
    expect(reasonOf(sign({ body: BODY, at: NOW, secret: otherSecret }))).toBe('signature_mismatch');
    expect(reasonOf(sign({ body: `${BODY} `, at: NOW }))).toBe('signature_mismatch');
    expect(reasonOf({})).toBe('signature_missing');
  });

  it('refuses every other scheme’s signature over the same body', () => {
    const accepted = SIGNERS.filter((other) => other !== signer).filter(
      (other) => reasonOf(other.sign({ body: BODY, at: NOW })) === 'accepted',
    );
    expect(accepted).toEqual([]);
  });

  it('takes no empty secret for a key', () => {
    for (const empty of ['', ' ', 'whsec_', 'whpk_']) {
      if (empty.trim() !== '' && !['svix', 'standard'].includes(scheme)) continue;
      expect(() => schemeOf(scheme).readKey(empty)).toThrow(TypeError);
    }
  });
});

it('does not take Cal.com’s word for a missing secret for a signature, nor for a secret', () => {
  const { secret } = signerOf('calcom');
  const request = requestOf({ 'x-cal-signature-256': 'no-secret-provided' });
  expect(verifyDelivery(webhookOf({ scheme: 'calcom', secret }), request, NOW)).toEqual({
    ok: false,
    reason: 'vendor_signs_nothing',
  });
  expect(() => schemeOf('calcom').readKey('no-secret-provided')).toThrow(/when it has no secret/);
});

it('accepts no older signature of HubSpot, which a body and a secret without a time make', () => {
  const headers = { 'x-hubspot-signature': 'a'.repeat(64), 'x-hubspot-signature-version': 'v2' };
  const { secret } = signerOf('hubspot');
  expect(verifyDelivery(webhookOf({ scheme: 'hubspot', secret }), requestOf(headers), NOW).ok).toBe(false);
});

it('looks at no more signatures than a rotation has', () => {
  const { secret, sign } = signerOf('svix');
  const headers = sign({ body: BODY, at: NOW });
  const many = { ...headers, 'svix-signature': `${'v1,AAAA '.repeat(8)}${headers['svix-signature']}` };
  const verdict = verifyDelivery(webhookOf({ scheme: 'svix', secret }), requestOf(many), NOW);
  expect(verdict).toEqual({ ok: false, reason: 'signature_malformed' });
});

it('takes no header with two times, and no id whose bytes could be those of a time', () => {
  const stripe = signerOf('stripe');
  const twice = { 'stripe-signature': `${stripe.sign({ body: BODY, at: NOW })['stripe-signature']},t=1` };
  const standard = signerOf('standard');
  const dotted = standard.sign({ body: BODY, at: NOW, id: 'msg.1' });
  for (const [{ scheme, secret }, headers] of [
    [stripe, twice],
    [standard, dotted],
  ] as const) {
    const verdict = verifyDelivery(webhookOf({ scheme, secret }), requestOf(headers), NOW);
    expect(verdict).toEqual({ ok: false, reason: 'signature_malformed' });
  }
});

it('compares signatures in one place only, in constant time', () => {
  const folder = fileURLToPath(new URL('../../src/webhooks', import.meta.url));
  const texts = readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
  const using = (pattern: RegExp) => texts.filter(({ text }) => pattern.test(text)).map(({ file }) => file);
  expect(using(/timingSafeEqual/)).toEqual(['constant-time.ts']);
  expect(using(/isSameSignature\(/).toSorted()).toEqual(['constant-time.ts', 'hmac-scheme.ts']);
  // Whoever makes a MAC could compare it by itself.
  expect(using(/createHmac\(/)).toEqual(['hmac-scheme.ts']);
  expect(using(/\.digest\(/)).toEqual(['hmac-scheme.ts']);
  const comparing = /(signature|digest|expected|mac)\w*\s*[!=]==?(?!=|\s*(''|undefined|'string'))|\.equals\(/i;
  expect(using(comparing)).toEqual([]);
});
