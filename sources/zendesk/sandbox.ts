/** Zendesk Support, emulated: credentials, the account's rate limit and its headers around the routes of each resource. */
import type {
  CreateEmulator,
  EmulatorKit,
  EmulatorRequest,
  EmulatorResponse,
  Route,
} from '../../src/sandbox/emulator.ts';
import { createRateWindow, type RateTicket } from '../../src/sandbox/rate-window.ts';
import { endpointNotFound, failed, tooManyRequests, unauthenticated } from './sandbox-errors.ts';
import { organizationRoutes } from './sandbox-organizations.ts';
import { searchRoutes } from './sandbox-search.ts';
import { createState, type State } from './sandbox-state.ts';
import { ticketRoutes } from './sandbox-tickets.ts';
import { userRoutes } from './sandbox-users.ts';
import { EVENT_TYPES, emitEvent, WEBHOOK_SECRET } from './sandbox-webhooks.ts';

const API_TOKEN = 'qTz3sandboxN8vKx2LrW5yBd7HfGm0PcJa4UeSoi';
/** Suite Enterprise; the whole account shares it. */
const CALLS_A_MINUTE = 700;

export const createEmulator: CreateEmulator = (kit) => {
  const state = createState(kit);
  const credentials = { username: `${state.me.email}/token`, password: API_TOKEN };
  const authorization = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  const limiter = createLimiter(kit);
  return {
    vendor: 'zendesk',
    credentials,
    webhookSecret: WEBHOOK_SECRET,
    eventTypes: EVENT_TYPES,
    routes: routesOf(state, kit).flatMap(withDotJson).map(limiter.showing),
    guard(request) {
      if (request.headers['authorization'] !== authorization) return unauthenticated();
      const ticket = limiter.take(request);
      if (ticket.allowed) return undefined;
      return withHeaders(tooManyRequests(Math.ceil(ticket.resetMs / 1_000)), rateHeaders(ticket));
    },
    notFound: (request) => withHeaders(endpointNotFound(), rateHeaders(limiter.last(request))),
    rateLimited: (request, retryAfterSeconds) => {
      const spent = { ...limiter.last(request), remaining: 0, resetMs: retryAfterSeconds * 1_000 };
      return withHeaders(tooManyRequests(retryAfterSeconds), rateHeaders(spent));
    },
    failure: (_request, status) => failed(status),
    emit: (type) => emitEvent(state, kit, type),
  };
};

function routesOf(state: State, kit: EmulatorKit): Route[] {
  return [
    ...ticketRoutes(state, kit),
    ...userRoutes(state, kit),
    ...organizationRoutes(state, kit),
    ...searchRoutes(state, kit),
  ];
}

/** Zendesk takes every path with and without `.json`; the community client always adds it. */
function withDotJson(route: Route): Route[] {
  const last = route.path.split('/').at(-1) ?? '';
  if (!last.startsWith(':')) return [route, { ...route, path: `${route.path}.json` }];
  const name = last.slice(1);
  const handle: Route['handle'] = (request) => {
    const value = (request.params[name] ?? '').replace(/\.json$/, '');
    return route.handle({ ...request, params: { ...request.params, [name]: value } });
  };
  return [{ ...route, handle }];
}

interface Limiter {
  take(request: EmulatorRequest): RateTicket;
  /** What the request was told; before it was counted, a full window. */
  last(request: EmulatorRequest): RateTicket;
  /** The route, its answers carrying the limit's headers. */
  showing(route: Route): Route;
}

function createLimiter({ now, rateFactor }: EmulatorKit): Limiter {
  const limit = CALLS_A_MINUTE * rateFactor;
  const window = createRateWindow({ limit, windowMs: 60_000, now });
  const tickets = new WeakMap<EmulatorRequest, RateTicket>();
  const last = (request: EmulatorRequest) =>
    tickets.get(request) ?? { allowed: true, limit, remaining: limit, resetMs: 60_000 };
  return {
    take(request) {
      const ticket = window.take('account');
      tickets.set(request, ticket);
      return ticket;
    },
    last,
    showing: (route) => ({
      ...route,
      handle: async (request) => {
        const shown = rateHeaders(last(request));
        if (route.operation === 'tickets') shown['zendesk-ratelimit-tickets-index'] = indexHeader(last(request));
        return withHeaders(await route.handle(request), shown);
      },
    }),
  };
}

function rateHeaders({ limit, remaining, resetMs }: RateTicket): Record<string, string> {
  return {
    'x-rate-limit': String(limit),
    'x-rate-limit-remaining': String(remaining),
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(Math.ceil(resetMs / 1_000)),
  };
}

function indexHeader({ limit, remaining, resetMs }: RateTicket): string {
  return `total=${limit}; remaining=${remaining}; resets=${Math.ceil(resetMs / 1_000)}`;
}

function withHeaders(response: EmulatorResponse, headers: Record<string, string>): EmulatorResponse {
  return { ...response, headers: { ...headers, ...response.headers } };
}
