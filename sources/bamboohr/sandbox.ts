/** BambooHR's API and webhooks. Basic credentials: the API key as user and any password. */
import type { CreateEmulator, EmulatorRequest, EmulatorResponse } from '../../src/sandbox/emulator.ts';
import { createRateWindow } from '../../src/sandbox/rate-window.ts';
import { refuse, refuseInBody } from './sandbox-answers.ts';
import { createEmployeeRoutes } from './sandbox-employee-routes.ts';
import { createEvents } from './sandbox-events.ts';
import { signWebhook } from './sandbox-signature.ts';
import { createStaff } from './sandbox-staff.ts';
import { createTimeOffRoutes } from './sandbox-time-off.ts';

const API_KEY = 'bamboohr-sandbox-api-key';
const PRIVATE_KEY = 'bamboohr-sandbox-private-key';
/** BambooHR publishes no limit; this one is ours. */
const REQUESTS_PER_MINUTE = 300;

export const createEmulator: CreateEmulator = (kit) => {
  const staff = createStaff(kit);
  const events = createEvents(staff, kit);
  const limit = REQUESTS_PER_MINUTE * kit.rateFactor;
  const window = createRateWindow({ limit, windowMs: 60_000, now: kit.now });
  return {
    vendor: 'bamboohr',
    credentials: { username: API_KEY, password: 'x' },
    webhookSecret: PRIVATE_KEY,
    eventTypes: Object.keys(events),
    routes: [...createEmployeeRoutes(staff, kit), ...createTimeOffRoutes(staff, kit)],
    guard(request) {
      if (readUser(request) !== API_KEY) {
        return { status: 401, headers: { 'www-authenticate': 'Basic realm="BambooHR API"' } };
      }
      const ticket = window.take(API_KEY);
      return ticket.allowed ? undefined : tooMany(request, Math.max(1, Math.ceil(ticket.resetMs / 1000)));
    },
    notFound: () => refuse(404, 'Not Found'),
    rateLimited: tooMany,
    failure: (request, status) =>
      refuseAs(request, status, 'InternalError', status === 400 ? 'Malformed JSON' : 'Internal error'),
    emit(type) {
      const happen = events[type];
      if (happen === undefined) throw new Error(`BambooHR sends no event of type ${type}.`);
      const timestamp = new Date(kit.now()).toISOString().replace(/\.\d{3}Z$/, 'Z');
      const body = JSON.stringify({ type, timestamp, data: happen() });
      const headers = signWebhook({ secret: PRIVATE_KEY, body, timestamp });
      return { type, headers: { 'Content-Type': 'application/json', ...headers }, body };
    },
  };
};

function readUser({ headers }: EmulatorRequest): string | undefined {
  const encoded = /^Basic\s+(\S+)$/i.exec(headers['authorization'] ?? '')?.[1];
  if (encoded === undefined) return undefined;
  return Buffer.from(encoded, 'base64').toString('utf8').split(':')[0];
}

function tooMany(request: EmulatorRequest, seconds: number): EmulatorResponse {
  const refused = refuseAs(request, 429, 'TooManyRequests', 'Too many requests');
  return { ...refused, headers: { ...refused.headers, 'retry-after': String(seconds) } };
}

/** The list of employees is the one newer operation here. */
function refuseAs({ operation }: EmulatorRequest, status: number, code: string, message: string): EmulatorResponse {
  return operation === 'employees' ? refuseInBody(status, code, message) : refuse(status, message);
}
