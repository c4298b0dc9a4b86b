/** HubSpot's CRM, emulated: contacts, companies, deals, owners and their ties over the shared world. Facts it is true to are in openapi.yaml and the files beside this one. */
import { timingSafeEqual } from 'node:crypto';
import type { CreateEmulator, EmulatorRequest, EmulatorResponse, Route } from '../../src/sandbox/emulator.ts';
import { createAssociationRoutes } from './sandbox-association-read.ts';
import { createErrors } from './sandbox-errors.ts';
import type { Crm } from './sandbox-handler.ts';
import { createRateLimits } from './sandbox-limits.ts';
import { createObjectRoutes } from './sandbox-objects.ts';
import { createOwnerRoutes } from './sandbox-owners.ts';
import { OBJECT_TYPES } from './sandbox-properties.ts';
import { startOwners, startState } from './sandbox-start.ts';
import { createWebhooks } from './sandbox-webhooks.ts';

const TOKEN = 'pat-na1-5a4dbf2e-7c1e-4d8a-9b1f-0c6a2e3d4f51';
const CLIENT_SECRET = '9f3c1a7e-5b2d-4e86-a1c4-7d0e8b6f2a93';
const PORTAL_ID = 46_120_731;

export const createEmulator: CreateEmulator = ({ world, now, random, recordWrite, tell, rateFactor }) => {
  const state = startState(world, now);
  const owners = startOwners(world);
  const errors = createErrors(PORTAL_ID, random);
  const limits = createRateLimits({ errors, now, rateFactor });
  const webhooks = createWebhooks({ state, secret: CLIENT_SECRET, portalId: PORTAL_ID, now, random });
  const objects: Crm = {
    state,
    errors,
    now,
    recordWrite,
    tell: (changes) => changes.length > 0 && tell?.(webhooks.ofWrite(changes)),
    ownerIds: new Set(owners.map(({ id }) => id)),
  };
  const routes = [
    ...OBJECT_TYPES.flatMap((type) => createObjectRoutes(type, objects)),
    ...createOwnerRoutes(owners, errors),
    ...createAssociationRoutes(state, errors, now),
  ];
  return {
    vendor: 'hubspot',
    credentials: { token: TOKEN },
    webhookSecret: CLIENT_SECRET,
    eventTypes: webhooks.types,
    routes: routes.map((route) => withHeaders(route, limits.headers)),
    guard: (request) => (isAuthorized(request) ? limits.take(request) : errors.unauthenticated()),
    notFound: () => errors.noSuchObject(),
    rateLimited: (request, retryAfterSeconds) => limits.refuse(request, retryAfterSeconds),
    failure: (_request, status) => errors.failure(status),
    emit: webhooks.emit,
  };
};

function isAuthorized({ headers }: EmulatorRequest): boolean {
  const [given, expected] = [Buffer.from(headers['authorization'] ?? ''), Buffer.from(`Bearer ${TOKEN}`)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function withHeaders(route: Route, headersOf: (request: EmulatorRequest) => Record<string, string>): Route {
  return {
    ...route,
    handle: async (request): Promise<EmulatorResponse> => {
      const response = await route.handle(request);
      return { ...response, headers: { ...headersOf(request), ...response.headers } };
    },
  };
}
