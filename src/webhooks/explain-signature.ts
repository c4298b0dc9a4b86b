/**
 * Why a delivery verifies or does not, in sentences for the person who sets up a webhook. Says more than the receiver ever
 * answers (also of secrets that are not live), so it is for the command line only.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { ResolvedWebhook } from './resolved-webhook.ts';
import type { SignedRequest } from './scheme.ts';
import { type VerifyFault, verifyDelivery } from './verify.ts';
import { isLive } from './webhook-secret.ts';

export interface SignatureQuestion {
  webhook: ResolvedWebhook;
  /** As `parseHeaders` reads them. */
  headers: Readonly<IncomingHttpHeaders>;
  body: Buffer;
  /** The address the vendor was given. */
  url: string;
  /** @default POST */
  method?: string;
  /** When it was received, epoch milliseconds. */
  now: number;
}

export interface SignatureAnswer {
  ok: boolean;
  /** No secret, no signature. */
  lines: string[];
}

const FAULTS: Record<VerifyFault, string> = {
  signature_missing: 'The header with the signature is missing.',
  signature_malformed: 'The header with the signature does not have the form of this scheme.',
  timestamp_missing: 'The signed time is missing.',
  id_missing: 'The signed id is missing.',
  vendor_signs_nothing: 'The vendor says that it has no secret: set one on its side.',
  signature_mismatch: 'No secret that is live made this signature.',
  timestamp_malformed: 'The signature is right, but the signed time cannot be read.',
  timestamp_too_old: 'The signature is right, but its time is too long ago.',
  timestamp_in_future: 'The signature is right, but its time lies in the future. Check both clocks.',
  no_live_secret: 'No secret is live at this time.',
  secret_unreadable: 'No secret that can be read made this signature.',
};

export function explainSignature(question: SignatureQuestion): SignatureAnswer {
  const { webhook, headers, body, url, method = 'POST', now } = question;
  const request = { method, url, headers, raw: body };
  const verdict = verifyDelivery(webhook, request, now);
  if (verdict.ok)
    return { ok: true, lines: [`Verified with the secret "${verdict.secret.id}".`, ...age(verdict, now)] };
  const lines = [FAULTS[verdict.reason], ...age(verdict, now)];
  if (verdict.reason === 'signature_mismatch' || verdict.reason === 'no_live_secret')
    lines.push(...hints(webhook, request, now));
  return { ok: false, lines };
}

/** `Name: value` on each line, as `curl -v` and vendors' pages show them, their marks (`<`, `>`) included. */
export function parseHeaders(text: string): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name, value] = /^[<>]?\s*([\w-]+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) headers[name.toLowerCase()] = value;
  }
  return headers;
}

function age({ timestamp }: { timestamp?: number | undefined }, now: number): string[] {
  if (timestamp === undefined) return [];
  const seconds = Math.round((now - timestamp) / 1_000);
  const distance = seconds < 0 ? `${-seconds} s after` : `${seconds} s before`;
  return [`It was signed at ${new Date(timestamp).toISOString()}, ${distance} the time it is judged by.`];
}

/** What mostly went wrong when a copied delivery does not verify. */
function hints(webhook: ResolvedWebhook, request: SignedRequest, now: number): string[] {
  const found = webhook.secrets.flatMap((secret) => {
    if (isLive(secret, now)) return [];
    const always = { ...secret, notBefore: Number.NEGATIVE_INFINITY, notAfter: Number.POSITIVE_INFINITY };
    return isSigned({ ...webhook, secrets: [always] }, request, now)
      ? [`The secret "${secret.id}" made it, which is not live at this time.`]
      : [];
  });
  const text = request.raw.toString('latin1');
  const changed = {
    'without its last line end': text.replace(/\r?\n$/, ''),
    'with CR LF as line ends': text.replace(/\r?\n/g, '\r\n'),
  };
  for (const [how, body] of Object.entries(changed)) {
    if (body !== text && isSigned(webhook, { ...request, raw: Buffer.from(body, 'latin1') }, now)) {
      found.push(`The body verifies ${how}: the file is not what was sent.`);
    }
  }
  return found;
}

/** Whatever its time. */
function isSigned(webhook: ResolvedWebhook, request: SignedRequest, now: number): boolean {
  const verdict = verifyDelivery(webhook, request, now);
  return verdict.ok || verdict.reason.startsWith('timestamp_too') || verdict.reason === 'timestamp_in_future';
}
