/** How Slack tries an address: with a signed challenge, and, for slash commands, with an unsigned look at the certificate. */
import { isObject } from '../rest/json-path.ts';
import type { Handshake, SignedRequest } from './scheme.ts';

const MOST_CHARACTERS = 1_024;

/** https://docs.slack.dev/reference/events/url_verification */
export function readUrlVerification(body: unknown): Handshake | undefined {
  if (!isObject(body) || body['type'] !== 'url_verification') return undefined;
  const { challenge } = body;
  if (typeof challenge !== 'string' || challenge.length > MOST_CHARACTERS) return undefined;
  return { type: 'text/plain', body: challenge };
}

/** Tells nothing and does nothing, so that anybody may have the answer. */
export function isSslCheck({ raw }: SignedRequest): boolean {
  return raw.length <= MOST_CHARACTERS && new URLSearchParams(raw.toString('latin1')).get('ssl_check') === '1';
}
