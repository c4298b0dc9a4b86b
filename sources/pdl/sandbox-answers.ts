/** People Data Labs' answers: its error bodies and the headers that tell of limits and credits. */
import type { EmulatorRequest, EmulatorResponse } from '../../src/sandbox/emulator.ts';
import { createRateWindow, type RateTicket } from '../../src/sandbox/rate-window.ts';

const ERRORS: Record<number, { type: string; message: string }> = {
  400: { type: 'invalid_request_error', message: 'Request contained either missing or invalid parameters' },
  401: { type: 'authentication_error', message: 'Request contained a missing or invalid key' },
  402: { type: 'payment_required', message: 'You have reached your account maximum (all matches used)' },
  404: { type: 'not_found', message: 'No records were found matching your request' },
  405: { type: 'invalid_request_error', message: 'Request method is not allowed on the requested resource' },
  429: { type: 'rate_limit_error', message: 'An error occurred due to requests hitting the API too quickly' },
};

export interface ErrorBody {
  status: number;
  error: { type: string; message: string };
}

export function errorBody(status: number, message?: string): ErrorBody {
  const { type, message: usual } = ERRORS[status] ?? {
    type: 'api_error',
    message: 'The server encountered an unexpected condition which prevented it from fulfilling the request',
  };
  return { status, error: { type, message: message ?? usual } };
}

export type CreditsType = 'enrichment' | 'enrichment_company' | 'search' | 'search_company';

export interface Answers {
  /** Counts the request; a response when the limit is used up. */
  take(request: EmulatorRequest): EmulatorResponse | undefined;
  /** With the limit's headers, and what the call cost: one credit for each record found. */
  found(request: EmulatorRequest, json: unknown, credits: { type: CreditsType; spent: number }): EmulatorResponse;
  error(request: EmulatorRequest, status: number, message?: string): EmulatorResponse;
  /** 429 as at the limit, over in so many seconds. */
  limited(request: EmulatorRequest, seconds: number): EmulatorResponse;
}

/** 1,000 a minute for each operation, as on a paid plan. */
export function createAnswers({ now, rateFactor }: { now(): number; rateFactor: number }): Answers {
  const limit = Math.round(1_000 * rateFactor);
  const window = createRateWindow({ limit, windowMs: 60_000, now });
  const tickets = new WeakMap<EmulatorRequest, RateTicket>();
  let creditsLeft = 100_000;

  const limitHeaders = (remaining: number, resetMs: number) => ({
    'x-ratelimit-limit': JSON.stringify({ minute: limit, day: null, month: null }),
    'x-ratelimit-remaining': JSON.stringify({ minute: remaining, day: null, month: null }),
    'x-ratelimit-reset': new Date(now() + resetMs).toISOString(),
    'x-totallimit-remaining': String(creditsLeft),
  });
  const headersOf = (request: EmulatorRequest) => {
    const { remaining = limit, resetMs = 0 } = tickets.get(request) ?? {};
    return limitHeaders(remaining, resetMs);
  };
  const error: Answers['error'] = (request, status, message) => ({
    status,
    headers: headersOf(request),
    json: errorBody(status, message),
  });

  return {
    error,
    take(request) {
      const ticket = window.take(request.operation);
      tickets.set(request, ticket);
      return ticket.allowed ? undefined : error(request, 429);
    },
    found(request, json, { type, spent }) {
      creditsLeft -= spent;
      const credits = { 'x-call-credits-spent': String(spent), 'x-call-credits-type': type };
      return { status: 200, headers: { ...headersOf(request), ...credits }, json };
    },
    limited: (_request, seconds) => ({ status: 429, headers: limitHeaders(0, seconds * 1_000), json: errorBody(429) }),
  };
}
