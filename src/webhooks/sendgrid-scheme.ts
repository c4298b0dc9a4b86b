/**
 * SendGrid signs with a key of its own, ECDSA over P-256; the "secret" is the public key its settings show. The signed bytes
 * keep their line end. https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { decodeBase64, decodeBase64Key } from './base64.ts';
import { headerOf, type Scheme } from './scheme.ts';
import { signedContent } from './signed-content.ts';

const SIGNATURE = 'x-twilio-email-event-webhook-signature';
const TIMESTAMP = 'x-twilio-email-event-webhook-timestamp';

const content = signedContent('{timestamp}{body}');

export const SENDGRID: Scheme = {
  timestampUnit: 'seconds',
  signedIdHeader: undefined,
  keptHeaders: [TIMESTAMP],
  readKey: readPublicKey,
  claim(headers) {
    const [signature, timestamp] = [headerOf(headers, SIGNATURE), headerOf(headers, TIMESTAMP)];
    if (signature === '') return 'signature_missing';
    return timestamp === '' ? 'timestamp_missing' : { signatures: [signature], timestamp, id: '' };
  },
  isSignedBy(key, claim, request) {
    const signature = decodeBase64(claim.signatures[0] ?? '');
    if (signature === undefined) return false;
    const signed = Buffer.concat(content(claim, request).map((part) => Buffer.from(part)));
    return verify('sha256', signed, key, signature);
  },
};

function readPublicKey(text: string): KeyObject {
  const der = decodeBase64Key(text);
  if (der === undefined || der.length === 0) throw new TypeError('is not base64');
  const key = parseSpki(der);
  if (key?.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new TypeError('is not a public key of P-256 (SPKI)');
  return key;
}

function parseSpki(der: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}
