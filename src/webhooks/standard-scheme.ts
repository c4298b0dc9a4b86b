/**
 * Standard Webhooks, and Svix, whose headers alone have other names: `v1` is an HMAC, `v1a` an ed25519 signature. A list of
 * them means a rotation. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { createPublicKey, createSecretKey, type KeyObject, verify } from 'node:crypto';
import { decodeBase64, decodeBase64Key } from './base64.ts';
import { isAnySigned, macOf } from './hmac-scheme.ts';
import { type Claim, type ClaimFault, headerOf, MOST_SIGNATURES, type Scheme, type SignedRequest } from './scheme.ts';
import { signedContent } from './signed-content.ts';

/** What comes before the 32 bytes of an ed25519 key in SPKI. RFC 8410. */
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

const content = signedContent('{id}.{timestamp}.{body}');

/** `prefix` of the three headers: `webhook` or `svix`. */
export function standardScheme(prefix: string): Scheme {
  return {
    timestampUnit: 'seconds',
    signedIdHeader: `${prefix}-id`,
    keptHeaders: [`${prefix}-id`, `${prefix}-timestamp`],
    readKey: readStandardKey,
    claim: (headers) => claimOf(prefix, headers),
    isSignedBy: (key, claim, request) =>
      key.type === 'secret' ? isSignedSymmetric(key, claim, request) : isSignedAsymmetric(key, claim, request),
  };
}

function isSignedSymmetric(key: KeyObject, claim: Claim, request: SignedRequest): boolean {
  return isAnySigned({ signatures: versioned(claim, 'v1') }, macOf('sha256', key, content(claim, request), 'base64'));
}

function isSignedAsymmetric(key: KeyObject, claim: Claim, request: SignedRequest): boolean {
  const signed = Buffer.concat(content(claim, request).map((part) => Buffer.from(part)));
  let found = false;
  for (const text of versioned(claim, 'v1a')) {
    const signature = decodeBase64(text);
    found = (signature?.length === 64 && verify(null, signed, key, signature)) || found;
  }
  return found;
}

function versioned({ signatures }: Claim, version: string): string[] {
  const start = `${version},`;
  return signatures.filter((text) => text.startsWith(start)).map((text) => text.slice(start.length));
}

function claimOf(prefix: string, headers: SignedRequest['headers']): Claim | ClaimFault {
  const value = headerOf(headers, `${prefix}-signature`);
  const id = headerOf(headers, `${prefix}-id`);
  const timestamp = headerOf(headers, `${prefix}-timestamp`);
  if (value === '') return 'signature_missing';
  if (id === '') return 'id_missing';
  if (timestamp === '') return 'timestamp_missing';
  const signatures = value.split(' ', MOST_SIGNATURES + 1);
  const isOdd = signatures.length > MOST_SIGNATURES || signatures.includes('');
  // A point in the id would let bytes move between id, time and body.
  return isOdd || id.includes('.') ? 'signature_malformed' : { signatures, timestamp, id };
}

/** `whsec_` and base64: a shared secret; `whpk_` and base64: an ed25519 public key. */
function readStandardKey(secret: string): KeyObject {
  const isPublic = secret.startsWith('whpk_');
  const bytes = decodeBase64Key(secret.replace(/^wh(sec|pk)_/, ''));
  if (secret.startsWith('whsk_'))
    throw new TypeError('is the key the vendor signs with; expected its public key, whpk_…');
  if (bytes === undefined) throw new TypeError('is not base64 after its prefix');
  if (bytes.length === 0) throw new TypeError('is empty');
  if (!isPublic) return createSecretKey(bytes);
  if (bytes.length !== 32) throw new TypeError('is not an ed25519 public key of 32 bytes');
  return createPublicKey({ key: Buffer.concat([SPKI_ED25519, bytes]), format: 'der', type: 'spki' });
}
