/**
 * Schemes that sign with a shared secret: all but two. They differ in headers, alphabet and what is signed, which is data.
 * Signatures are compared as text, so that another spelling of the same bytes is no second valid signature.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { isSameSignature } from './constant-time.ts';
import { type Claim, type ClaimFault, headerOf, MOST_SIGNATURES, type Scheme, type SignedRequest } from './scheme.ts';
import { signedContent } from './signed-content.ts';
import type { TimestampUnit } from './timestamp.ts';

export interface HmacSpec {
  /** @default sha256 */
  algorithm?: 'sha256' | 'sha1';
  encoding: 'hex' | 'base64';
  /** As in `{timestamp}.{body}`. */
  signed: string;
  /** Lower-case name. `fields`: the header holds the time too, as in `t=…,v1=…`. */
  signature: { header: string; prefix?: string; fields?: boolean };
  timestamp?: { header?: string; unit: TimestampUnit };
  keptHeaders?: readonly string[];
  /** What stands in place of a signature when the vendor has no secret. */
  unsignedMark?: string;
  /** Turns the URL into the one the vendor signs. */
  readUrl?(url: string): string;
  handshake?: Scheme['handshake'];
  isUnsignedProbe?: Scheme['isUnsignedProbe'];
}

export function hmacScheme(spec: HmacSpec): Scheme {
  const { algorithm = 'sha256', encoding, timestamp, readUrl = (url) => url, handshake, isUnsignedProbe } = spec;
  const content = signedContent(spec.signed);
  return {
    timestampUnit: timestamp?.unit,
    signedIdHeader: undefined,
    keptHeaders: [...(spec.keptHeaders ?? []), ...(timestamp?.header === undefined ? [] : [timestamp.header])],
    readKey: (secret) => readTextKey(secret, spec.unsignedMark),
    claim: (headers) => (spec.signature.fields ? claimOfFields(spec, headers) : claimOfHeaders(spec, headers)),
    isSignedBy(key, claim, request) {
      const signed = content(claim, { ...request, url: readUrl(request.url) });
      return isAnySigned(claim, macOf(algorithm, key, signed, encoding));
    },
    ...(handshake && { handshake }),
    ...(isUnsignedProbe && { isUnsignedProbe }),
  };
}

export function macOf(
  algorithm: string,
  key: KeyObject,
  content: readonly (string | Buffer)[],
  encoding: 'hex' | 'base64',
): string {
  const mac = createHmac(algorithm, key);
  for (const part of content) mac.update(part);
  return mac.digest(encoding);
}

export function isAnySigned({ signatures }: Pick<Claim, 'signatures'>, expected: string): boolean {
  let found = false;
  for (const signature of signatures) found = isSameSignature(signature, expected) || found;
  return found;
}

/** The secret's text is the key, whatever its prefix looks like. */
function readTextKey(secret: string, unsignedMark: string | undefined): KeyObject {
  if (secret.trim() === '') throw new TypeError('is empty');
  if (secret === unsignedMark) throw new TypeError('is what the vendor sends when it has no secret');
  return createSecretKey(Buffer.from(secret, 'utf8'));
}

function claimOfHeaders({ signature, timestamp, unsignedMark }: HmacSpec, headers: SignedRequest['headers']) {
  const value = headerOf(headers, signature.header);
  if (value === '') return 'signature_missing';
  if (value === unsignedMark) return 'vendor_signs_nothing';
  const { prefix = '' } = signature;
  if (!value.startsWith(prefix)) return 'signature_malformed';
  const time = timestamp?.header === undefined ? '' : headerOf(headers, timestamp.header);
  if (timestamp !== undefined && time === '') return 'timestamp_missing';
  return { signatures: [value.slice(prefix.length)], timestamp: time, id: '' } satisfies Claim;
}

/** `t=1767225600,v1=…,v1=…`: fields of other names are left alone, as the vendors ask. */
function claimOfFields({ signature }: HmacSpec, headers: SignedRequest['headers']): Claim | ClaimFault {
  const value = headerOf(headers, signature.header);
  if (value === '') return 'signature_missing';
  const fields = value.split(',', 2 * MOST_SIGNATURES + 2);
  if (!fields.every((field) => /^\w+=./.test(field))) return 'signature_malformed';
  const valuesOf = (start: string) =>
    fields.flatMap((field) => (field.startsWith(start) ? field.slice(start.length) : []));
  const [timestamp, ...others] = valuesOf('t=');
  const signatures = valuesOf('v1=');
  if (timestamp === undefined) return 'timestamp_missing';
  if (others.length > 0 || signatures.length === 0 || signatures.length > MOST_SIGNATURES) return 'signature_malformed';
  return { signatures, timestamp, id: '' };
}
