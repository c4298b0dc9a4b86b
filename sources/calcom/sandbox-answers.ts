/** Cal.com's answers: the success and error envelopes, the version header, and the headers of the rate limit. */
import type { EmulatorRequest, EmulatorResponse } from '../../src/sandbox/emulator.ts';
import { createRateWindow, type RateTicket } from '../../src/sandbox/rate-window.ts';

/** A request Cal.com refuses; thrown by the rules, turned into an answer at the route. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Names of NestJS' exceptions, which Cal.com shows as `error.code`. */
const CODES: Record<number, readonly [code: string, reason: string]> = {
  400: ['BadRequestException', 'Bad Request'],
  401: ['UnauthorizedException', 'Unauthorized'],
  403: ['ForbiddenException', 'Forbidden'],
  404: ['NotFoundException', 'Not Found'],
  409: ['ConflictException', 'Conflict'],
  413: ['PayloadTooLargeException', 'Payload Too Large'],
  429: ['ThrottlerException', 'Too Many Requests'],
};

export interface Answers {
  /** Counts the request; a response when the limit is used up. */
  take(request: EmulatorRequest): EmulatorResponse | undefined;
  success(
    request: EmulatorRequest,
    data: unknown,
    options?: { status?: number; pagination?: unknown },
  ): EmulatorResponse;
  error(request: EmulatorRequest, status: number, message?: string): EmulatorResponse;
  /** 429 as at the limit, over in so many seconds. */
  limited(request: EmulatorRequest, seconds: number): EmulatorResponse;
}

/** 120 a minute for each key. */
export function createAnswers({ now, rateFactor }: { now(): number; rateFactor: number }): Answers {
  const limit = Math.round(120 * rateFactor);
  const window = createRateWindow({ limit, windowMs: 60_000, now });
  const tickets = new WeakMap<EmulatorRequest, RateTicket>();

  const headersOf = (request: EmulatorRequest) => {
    const { remaining = limit, resetMs = 60_000 } = tickets.get(request) ?? {};
    return limitHeaders(limit, remaining, resetMs);
  };
  const error: Answers['error'] = (request, status, message) => ({
    status,
    headers: headersOf(request),
    json: errorBody(request, status, message, now()),
  });

  return {
    error,
    take(request) {
      const ticket = window.take(request.headers['authorization'] ?? '');
      tickets.set(request, ticket);
      return ticket.allowed ? undefined : error(request, 429);
    },
    success: (request, data, { status = 200, pagination } = {}) => ({
      status,
      headers: headersOf(request),
      json: { status: 'success', data, ...(pagination === undefined ? {} : { pagination }) },
    }),
    limited: (request, seconds) => ({
      status: 429,
      headers: limitHeaders(limit, 0, seconds * 1_000),
      json: errorBody(request, 429, undefined, now()),
    }),
  };
}

function limitHeaders(limit: number, remaining: number, resetMs: number): Record<string, string> {
  return {
    'x-ratelimit-limit-default': String(limit),
    'x-ratelimit-remaining-default': String(remaining),
    'x-ratelimit-reset-default': String(Math.ceil(resetMs / 1_000)),
  };
}

function errorBody(request: EmulatorRequest, status: number, message: string | undefined, nowMs: number) {
  const [code, reason] = CODES[status] ?? ['InternalServerErrorException', 'Internal Server Error'];
  const text = message ?? (status === 429 ? 'ThrottlerException: Too Many Requests' : reason);
  const query = request.query.toString();
  return {
    status: 'error',
    timestamp: new Date(nowMs).toISOString(),
    path: query === '' ? request.path : `${request.path}?${query}`,
    error: { code, message: text, details: { message: text, error: reason, statusCode: status } },
  };
}
