/**
 * What a signature scheme is to the receiver: which headers make a claim, what bytes they vouch for, and whether a key agrees.
 * A scheme judges no time and knows no list of secrets; `verify.ts` does that for all alike.
 */
import type { KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { TimestampUnit } from './timestamp.ts';

export interface SignedRequest {
  method: string;
  /** The public one, from configuration: never from `Host` or `X-Forwarded-*`. */
  url: string;
  /** Lower-case names. */
  headers: Readonly<IncomingHttpHeaders>;
  raw: Buffer;
}

/** What the headers of a request assert; nothing of it is true yet. */
export interface Claim {
  /** As sent. At least one; several while the vendor rotates its secret. */
  signatures: readonly string[];
  /** As sent: the text that was signed. */
  timestamp: string;
  /** As sent; empty where the scheme signs no id. */
  id: string;
}

export const CLAIM_FAULTS = [
  'signature_missing',
  'signature_malformed',
  'timestamp_missing',
  'id_missing',
  /** The vendor was never given a secret and says so. */
  'vendor_signs_nothing',
] as const;
export type ClaimFault = (typeof CLAIM_FAULTS)[number];

/** What the vendor waits for before it sends events; answered, not stored. */
export interface Handshake {
  type: string;
  body: string;
}

export interface Scheme {
  /** Undefined: nothing signed tells the time, so a captured request verifies for as long as its secret does. */
  timestampUnit: TimestampUnit | undefined;
  /** Header of a delivery id that is signed. */
  signedIdHeader: string | undefined;
  /** Kept with the delivery, besides those every delivery keeps. Lower case; never a signature. */
  keptHeaders: readonly string[];
  /** Throws TypeError that says what is wrong with it, never its value. */
  readKey(secret: string): KeyObject;
  claim(headers: Readonly<IncomingHttpHeaders>): Claim | ClaimFault;
  /** Whether any of the claim's signatures is this key's. Looks at all of them, in constant time. */
  isSignedBy(key: KeyObject, claim: Claim, request: SignedRequest): boolean;
  /** Asked after verification, with the parsed body. */
  handshake?(body: unknown): Handshake | undefined;
  /** Asked about requests that did not verify: some vendors test an address without a signature. Answered with an empty 200. */
  isUnsignedProbe?(request: SignedRequest): boolean;
}

/** More signatures than any rotation has would only cost us work. */
export const MOST_SIGNATURES = 8;

/** A header that was sent once; Node joins repeated ones, which no scheme here takes for valid. */
export function headerOf(headers: Readonly<IncomingHttpHeaders>, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}
