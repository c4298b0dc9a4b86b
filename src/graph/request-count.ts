/**
 * Whatever a known caller sends takes one request of its quota, even what is refused: it had to be read, and stands in the
 * record. Most transports take it before they read anything; the short way of plain JSON takes it with the operation.
 */
import { GraphQLError } from 'graphql';
import type { Principal } from '../auth/principal.ts';
import { DEFAULT_QUOTAS } from '../config/quota-limits.ts';
import { GatewayError } from '../errors.ts';
import type { Quota, Refused } from '../quota/quota.ts';
import { rateLimitHeaders } from '../quota/rate-limit-headers.ts';

export interface Counted {
  /** Of the HTTP answer: what is left of the client's quota. */
  headers: Readonly<Record<string, string>>;
  /** Nothing is left. */
  refusal?: GraphQLError;
}

/** Takes one request of the caller's client. */
export type CountRequest = (principal: Principal) => Counted | Promise<Counted>;

const REQUEST = { cost: 0, write: false };

export function createCountRequest(quota: Quota): CountRequest {
  return (principal) => {
    const admission = quota.admit(principal.client, quotaOf(principal), REQUEST);
    return admission instanceof Promise ? admission.then(counted) : counted(admission);
  };
}

function counted(admission: Awaited<ReturnType<Quota['admit']>>): Counted {
  const headers = rateLimitHeaders(admission);
  if (!admission.admitted) return { headers, refusal: quotaExceeded(admission, headers) };
  // What it asks for is an operation of its own, once it is known.
  admission.settle(0);
  return { headers };
}

export function quotaOf({ kind, quota = DEFAULT_QUOTAS[kind] }: Principal) {
  return quota;
}

export function quotaExceeded(
  { refusal: { quota, retryAfterMs } }: Refused,
  headers: Readonly<Record<string, string>>,
): GraphQLError {
  const advice = retryAfterMs === undefined ? 'Waiting does not help: ask for less.' : 'Try again later.';
  const message = `The client's quota of ${quota} is used up. ${advice}`;
  const retryable = retryAfterMs !== undefined;
  return new GraphQLError('', {
    originalError: new GatewayError('QUOTA_EXCEEDED', message, { retryable, ...(retryable && { retryAfterMs }) }),
    extensions: { http: { status: 429, headers } },
  });
}
