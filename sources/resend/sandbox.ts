/** Resend, emulated: credentials, the team's rate limit and its headers around the routes of each resource. */
import type {
  CreateEmulator,
  EmulatorKit,
  EmulatorRequest,
  EmulatorResponse,
  Route,
} from '../../src/sandbox/emulator.ts';
import { createRateWindow, type RateTicket } from '../../src/sandbox/rate-window.ts';
import { contactRoutes } from './sandbox-contacts.ts';
import { domainRoutes } from './sandbox-domains.ts';
import { emailRoutes } from './sandbox-emails.ts';
import { failed, forbiddenClient, invalidKey, missingKey, tooManyRequests, unknownEndpoint } from './sandbox-errors.ts';
import { createState } from './sandbox-state.ts';
import { EVENT_TYPES, emitEvent, WEBHOOK_SECRET } from './sandbox-webhooks.ts';

const API_KEY = 're_Sandbox1_9hWqT4xKpYc7VdLzBn2Rm6Jf';
/** For the whole team. */
const CALLS_A_SECOND = 5;

export const createEmulator: CreateEmulator = (kit) => {
  const state = createState(kit);
  const limiter = createLimiter(kit);
  const routes = [...emailRoutes(state, kit), ...contactRoutes(state, kit), ...domainRoutes(state)];
  return {
    vendor: 'resend',
    credentials: { token: API_KEY },
    webhookSecret: WEBHOOK_SECRET,
    eventTypes: EVENT_TYPES,
    routes: routes.map(limiter.showing),
    guard(request) {
      const { authorization } = request.headers;
      if (request.headers['user-agent'] === undefined) return forbiddenClient();
      if (authorization === undefined) return missingKey();
      if (authorization !== `Bearer ${API_KEY}`) return invalidKey();
      const ticket = limiter.take(request);
      return ticket.allowed ? undefined : refuse(ticket);
    },
    notFound: unknownEndpoint,
    rateLimited: (_request, seconds) =>
      refuse({ allowed: false, limit: limiter.limit, remaining: 0, resetMs: seconds * 1_000 }),
    failure: (_request, status) => failed(status),
    emit: (type) => emitEvent(state, kit, type),
  };
};

interface Limiter {
  limit: number;
  take(request: EmulatorRequest): RateTicket;
  /** The route, its answers carrying the limit's headers. */
  showing(route: Route): Route;
}

function createLimiter({ now, rateFactor }: EmulatorKit): Limiter {
  const limit = CALLS_A_SECOND * rateFactor;
  const window = createRateWindow({ limit, windowMs: 1_000, now });
  const tickets = new WeakMap<EmulatorRequest, RateTicket>();
  return {
    limit,
    take(request) {
      const ticket = window.take('team');
      tickets.set(request, ticket);
      return ticket;
    },
    showing: (route) => ({
      ...route,
      handle: async (request) => {
        const response = await route.handle(request);
        const ticket = tickets.get(request);
        return ticket === undefined ? response : { ...response, headers: rateHeaders(ticket) };
      },
    }),
  };
}

function refuse(ticket: RateTicket): EmulatorResponse {
  const seconds = Math.ceil(ticket.resetMs / 1_000);
  return { ...tooManyRequests(ticket.limit), headers: { ...rateHeaders(ticket), 'retry-after': String(seconds) } };
}

function rateHeaders({ limit, remaining, resetMs }: RateTicket): Record<string, string> {
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-policy': `${limit};w=1`,
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(Math.ceil(resetMs / 1_000)),
  };
}
