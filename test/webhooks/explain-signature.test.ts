/** What a person is told about a delivery that does not verify. */
import { expect, it } from 'vitest';
import { explainSignature, parseHeaders } from '../../src/webhooks/explain-signature.ts';
import { NOW, signerOf, URL_OF_GATEWAY } from './signers.ts';
import { webhookOf } from './webhook-of.ts';

const { scheme, secret, otherSecret, sign } = signerOf('stripe');
const BODY = '{\n  "type": "a"\n}';
const question = {
  webhook: webhookOf({ scheme, secret }),
  headers: sign({ body: BODY, at: NOW }),
  body: Buffer.from(BODY),
  url: URL_OF_GATEWAY,
  now: NOW,
};
const linesOf = (change: Partial<typeof question>) => explainSignature({ ...question, ...change }).lines;

it('names the secret that matched and the age of the delivery', () => {
  expect(explainSignature({ ...question, now: NOW + 7_000 })).toEqual({
    ok: true,
    lines: [
      'Verified with the secret "default".',
      'It was signed at 2026-01-15T00:00:00.000Z, 7 s before the time it is judged by.',
    ],
  });
});

it('says when the signature is right but too old or too new, and by how much', () => {
  expect(linesOf({ now: NOW + 3_600_000 })).toEqual([
    'The signature is right, but its time is too long ago.',
    'It was signed at 2026-01-15T00:00:00.000Z, 3600 s before the time it is judged by.',
  ]);
  expect(linesOf({ now: NOW - 301_000 })[0]).toMatch(/lies in the future/);
});

it('finds what editors do to a body', () => {
  const mismatch = 'No secret that is live made this signature.';
  expect(linesOf({ body: Buffer.from(`${BODY}\n`), now: NOW + 3_600_000 })).toEqual([
    mismatch,
    'The body verifies without its last line end: the file is not what was sent.',
  ]);
  const windows = BODY.replaceAll('\n', '\r\n');
  expect(linesOf({ headers: sign({ body: windows, at: NOW }) })).toEqual([
    mismatch,
    'The body verifies with CR LF as line ends: the file is not what was sent.',
  ]);
  expect(linesOf({ body: Buffer.from('{}') })).toEqual([mismatch]);
});

it('finds a secret that matches but is not live', () => {
  const secrets = [
    { id: 'old', value: secret, notAfter: '2026-01-01T00:00:00Z' },
    { id: 'new', value: otherSecret },
  ];
  expect(linesOf({ webhook: webhookOf({ scheme, secret: secrets }) })).toContain(
    'The secret "old" made it, which is not live at this time.',
  );
});

it('says what is missing, and shows neither secrets nor signatures', () => {
  expect(linesOf({ headers: {} })).toEqual(['The header with the signature is missing.']);
  const said = JSON.stringify([linesOf({}), linesOf({ body: Buffer.from('{}') }), linesOf({ headers: {} })]);
  expect(said).not.toContain(secret);
  expect(said).not.toMatch(/v1=|[0-9a-f]{64}/);
});

it('reads headers as tools show them', () => {
  const text =
    'POST /webhooks/stripe HTTP/1.1\r\n> Host: x\n< Stripe-Signature:  t=1,v1=a=b \ncontent-type:application/json\n\n';
  expect(parseHeaders(text)).toEqual({
    host: 'x',
    'stripe-signature': 't=1,v1=a=b',
    'content-type': 'application/json',
  });
});
