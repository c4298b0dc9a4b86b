/**
 * Whether a vendor sent this. Every live secret is tried and every signature looked at, so that the time it takes tells nothing;
 * only then the signed time is judged. Nothing is parsed before.
 */
import type { KeyObject } from 'node:crypto';
import { CLAIM_FAULTS, type Claim, type ClaimFault, type Scheme, type SignedRequest } from './scheme.ts';
import { readTimestamp, type TimestampFault, timestampFault } from './timestamp.ts';
import { isLive, type WebhookSecret } from './webhook-secret.ts';

export interface Verifiable {
  scheme: Scheme;
  /** The one that ends last first: it is named when several match. */
  secrets: readonly WebhookSecret[];
  toleranceMs: number;
}

/** The last two are faults of ours: no secret verifies now, or one cannot be read. */
export type VerifyFault = ClaimFault | TimestampFault | 'signature_mismatch' | 'no_live_secret' | 'secret_unreadable';

export const VERIFY_FAULTS: readonly VerifyFault[] = [
  ...CLAIM_FAULTS,
  'signature_mismatch',
  'timestamp_malformed',
  'timestamp_too_old',
  'timestamp_in_future',
  'no_live_secret',
  'secret_unreadable',
];

export type Verdict =
  | {
      ok: true;
      secret: WebhookSecret;
      /** Epoch milliseconds; undefined where the scheme signs no time. */
      timestamp: number | undefined;
    }
  | { ok: false; reason: VerifyFault; timestamp?: number | undefined };

/** `now` in epoch milliseconds, of the receipt: a stored delivery is never judged again. Throws nothing. */
export function verifyDelivery(
  { scheme, secrets, toleranceMs }: Verifiable,
  request: SignedRequest,
  now: number,
): Verdict {
  const claim = scheme.claim(request.headers);
  if (typeof claim === 'string') return { ok: false, reason: claim };
  const secret = signerOf(scheme, secrets, claim, request, now);
  if (typeof secret === 'string') return { ok: false, reason: secret };
  const { timestampUnit: unit } = scheme;
  if (unit === undefined) return { ok: true, secret, timestamp: undefined };
  const timestamp = readTimestamp(claim.timestamp, unit);
  const reason = timestampFault(timestamp, unit, now, toleranceMs);
  return reason === undefined ? { ok: true, secret, timestamp } : { ok: false, reason, timestamp };
}

function signerOf(
  scheme: Scheme,
  secrets: readonly WebhookSecret[],
  claim: Claim,
  request: SignedRequest,
  now: number,
): WebhookSecret | 'signature_mismatch' | 'no_live_secret' | 'secret_unreadable' {
  let signer: WebhookSecret | undefined;
  let [tried, unreadable] = [0, 0];
  for (const secret of secrets) {
    if (!isLive(secret, now)) continue;
    tried += 1;
    const key = keyOf(secret);
    if (key === undefined) unreadable += 1;
    else if (scheme.isSignedBy(key, claim, request)) signer ??= secret;
  }
  if (signer !== undefined) return signer;
  if (tried === 0) return 'no_live_secret';
  return unreadable > 0 ? 'secret_unreadable' : 'signature_mismatch';
}

function keyOf(secret: WebhookSecret): KeyObject | undefined {
  try {
    return secret.key();
  } catch {
    return undefined;
  }
}
