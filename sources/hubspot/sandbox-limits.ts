/** A private app's limits: 190 calls in 10 seconds and 650,000 a day, searches 4 a second. Search answers carry no limit headers. */
import type { EmulatorRequest, EmulatorResponse } from '../../src/sandbox/emulator.ts';
import { createRateWindow, type RateTicket } from '../../src/sandbox/rate-window.ts';
import type { Errors } from './sandbox-errors.ts';

const DAY_MS = 86_400_000;
const INTERVAL_MS = 10_000;

export interface RateLimitOptions {
  errors: Errors;
  now(): number;
  rateFactor: number;
}

export interface RateLimits {
  /** Counts a call; the answer is the refusal, if any. */
  take(request: EmulatorRequest): EmulatorResponse | undefined;
  /** A refusal without counting. */
  refuse(request: EmulatorRequest, retryAfterSeconds: number): EmulatorResponse;
  /** How much is left, as of the last call. */
  headers(request: EmulatorRequest): Record<string, string>;
}

export function createRateLimits({ errors, now, rateFactor }: RateLimitOptions): RateLimits {
  const interval = createRateWindow({ limit: 190 * rateFactor, windowMs: INTERVAL_MS, now });
  const day = createRateWindow({ limit: 650_000 * rateFactor, windowMs: DAY_MS, now });
  const searches = createRateWindow({ limit: 4 * rateFactor, windowMs: 1_000, now });
  let last: { interval: RateTicket; day: RateTicket } | undefined;

  const headers = (request: EmulatorRequest): Record<string, string> => {
    if (last === undefined || isSearch(request)) return {};
    return {
      'X-HubSpot-RateLimit-Daily': String(last.day.limit),
      'X-HubSpot-RateLimit-Daily-Remaining': String(last.day.remaining),
      'X-HubSpot-RateLimit-Interval-Milliseconds': String(INTERVAL_MS),
      'X-HubSpot-RateLimit-Max': String(last.interval.limit),
      'X-HubSpot-RateLimit-Remaining': String(last.interval.remaining),
    };
  };
  const withHeaders = (request: EmulatorRequest, response: EmulatorResponse): EmulatorResponse => ({
    ...response,
    headers: { ...headers(request), ...response.headers },
  });
  return {
    headers,
    // HubSpot says when to come back for the ten-second limit, and nothing for the searches' own.
    refuse: (request, retryAfterSeconds) =>
      withHeaders(
        request,
        errors.rateLimited(isSearch(request) ? 'SECONDLY' : 'TEN_SECONDLY_ROLLING', retryAfterSeconds),
      ),
    take(request) {
      if (isSearch(request)) return searches.take('account').allowed ? undefined : errors.rateLimited('SECONDLY');
      last = { interval: interval.take('account'), day: day.take('account') };
      if (!last.day.allowed) return withHeaders(request, errors.rateLimited('DAILY'));
      if (last.interval.allowed) return undefined;
      return withHeaders(request, errors.rateLimited('TEN_SECONDLY_ROLLING', Math.ceil(last.interval.resetMs / 1_000)));
    },
  };
}

function isSearch({ operation }: EmulatorRequest): boolean {
  return operation.startsWith('search');
}
