/**
 * Slack's Web API and Events API. Every method takes GET and POST, form or JSON, at `/api/<method>` and, for clients
 * whose base URL already ends in /api, at `/<method>`. Failures are HTTP 200 with `ok: false`, but for rate limits.
 */
import type {
  CreateEmulator,
  EmulatorKit,
  EmulatorRequest,
  EmulatorResponse,
  Route,
} from '../../src/sandbox/emulator.ts';
import { createRateWindow } from '../../src/sandbox/rate-window.ts';
import { isRecord, readArguments } from './sandbox-arguments.ts';
import { createEvents } from './sandbox-events.ts';
import { APP, BOT_TOKEN, SIGNING_SECRET, TEAM, TOKENS, VERIFICATION_TOKEN } from './sandbox-identity.ts';
import type { Caller, Method } from './sandbox-method.ts';
import { createReads } from './sandbox-reads.ts';
import { Refusal } from './sandbox-refusal.ts';
import { signRequest } from './sandbox-signature.ts';
import { createWorkspace } from './sandbox-workspace.ts';
import { createWrites } from './sandbox-writes.ts';

export const createEmulator: CreateEmulator = (kit) => {
  const workspace = createWorkspace(kit);
  const methods = [...createReads(workspace, kit.now), ...createWrites(workspace, kit)];
  const byOperation = new Map(methods.map((method) => [method.operation, method]));
  const events = createEvents(workspace, kit);
  const guardRate = createRateGuard(kit);
  return {
    vendor: 'slack',
    credentials: { token: BOT_TOKEN },
    webhookSecret: SIGNING_SECRET,
    eventTypes: Object.keys(events),
    routes: methods.flatMap(createRoutes),
    guard(request) {
      const method = byOperation.get(request.operation);
      return method === undefined ? undefined : (guardCaller(request, method) ?? guardRate(request, method));
    },
    notFound: ({ path }) => refuse('unknown_method', { req_method: path.split('/').at(-1) }),
    rateLimited: (_request, seconds) => tooMany(seconds),
    failure: (request, status) => (isMalformedJson(request, status) ? refuse('invalid_json') : fail(status)),
    emit(type) {
      const happen = events[type];
      if (happen === undefined) throw new Error(`Slack sends no event of type ${type}.`);
      const body = JSON.stringify(wrap(happen(), kit));
      const headers = signRequest({ secret: SIGNING_SECRET, body, timestamp: Math.floor(kit.now() / 1000) });
      return { type, headers: { 'Content-Type': 'application/json', ...headers }, body };
    },
  };
};

function createRoutes(method: Method): Route[] {
  const handle = (request: EmulatorRequest) => answer(method, request);
  return [`/api/${method.name}`, `/${method.name}`].map((path) => ({
    method: ['GET', 'POST'] as const,
    path,
    operation: method.operation,
    handle,
  }));
}

function answer(method: Method, request: EmulatorRequest): EmulatorResponse {
  const caller = readCaller(request);
  if (caller === undefined) return refuse('invalid_auth');
  const headers = scopeHeaders(caller, method);
  try {
    return {
      status: 200,
      headers,
      json: { ok: true, ...warn(request), ...method.call(readArguments(request), caller) },
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.retryAfterSeconds !== undefined) return tooMany(error.retryAfterSeconds);
    return { ...refuse(error.code), headers };
  }
}

function guardCaller(request: EmulatorRequest, method: Method): EmulatorResponse | undefined {
  if (readToken(request) === undefined) return refuse('not_authed');
  const caller = readCaller(request);
  if (caller === undefined) return refuse('invalid_auth');
  if (method.scope === undefined || caller.scopes.includes(method.scope)) return undefined;
  const answered = refuse('missing_scope', { needed: method.scope, provided: caller.scopes.join(',') });
  return { ...answered, headers: scopeHeaders(caller, method) };
}

/** Slack counts each method by itself, for one app in one workspace. */
function createRateGuard({ rateFactor, now }: EmulatorKit) {
  const windows = new Map<string, ReturnType<typeof createRateWindow>>();
  return (request: EmulatorRequest, { name, perMinute }: Method): EmulatorResponse | undefined => {
    const window = windows.get(name) ?? createRateWindow({ limit: perMinute * rateFactor, windowMs: 60_000, now });
    windows.set(name, window);
    const ticket = window.take(readToken(request) ?? '');
    return ticket.allowed ? undefined : tooMany(Math.max(1, Math.ceil(ticket.resetMs / 1000)));
  };
}

/** From the header, or as older clients send it: in the form or the query. */
function readToken({ headers, query, body }: EmulatorRequest): string | undefined {
  const bearer = /^Bearer\s+(.+)$/i.exec(headers['authorization'] ?? '')?.[1];
  const field = isRecord(body) ? body['token'] : undefined;
  return bearer ?? (typeof field === 'string' ? field : undefined) ?? query.get('token') ?? undefined;
}

function readCaller(request: EmulatorRequest): Caller | undefined {
  const token = readToken(request);
  const scopes = token === undefined ? undefined : TOKENS.get(token);
  return token === undefined || scopes === undefined ? undefined : { token, scopes };
}

function scopeHeaders({ scopes }: Caller, { scope }: Method): Record<string, string> {
  return { 'x-oauth-scopes': scopes.join(','), ...(scope !== undefined && { 'x-accepted-oauth-scopes': scope }) };
}

/** Slack complains about JSON without a charset, and takes it all the same. */
function warn({ headers }: EmulatorRequest): Record<string, unknown> {
  const type = headers['content-type'] ?? '';
  if (!type.startsWith('application/json') || type.includes('charset')) return {};
  return { warning: 'missing_charset', response_metadata: { warnings: ['missing_charset'] } };
}

function refuse(code: string, details: Record<string, unknown> = {}): EmulatorResponse {
  return { status: 200, json: { ok: false, error: code, ...details } };
}

function tooMany(seconds: number): EmulatorResponse {
  return { status: 429, headers: { 'retry-after': String(seconds) }, json: { ok: false, error: 'ratelimited' } };
}

function fail(status: number): EmulatorResponse {
  return { status, json: { ok: false, error: status === 503 ? 'service_unavailable' : 'internal_error' } };
}

function isMalformedJson({ headers, body, rawBody }: EmulatorRequest, status: number): boolean {
  const isJson = (headers['content-type'] ?? '').startsWith('application/json');
  return status === 400 && isJson && body === undefined && rawBody.length > 0;
}

/** The envelope around every event. `event_id` stays the same when Slack tries again. */
function wrap(event: Record<string, unknown>, { now, random }: EmulatorKit): Record<string, unknown> {
  const id = Array.from({ length: 9 }, () =>
    Math.floor(random() * 36)
      .toString(36)
      .toUpperCase(),
  ).join('');
  return {
    token: VERIFICATION_TOKEN,
    team_id: TEAM.id,
    context_team_id: TEAM.id,
    context_enterprise_id: null,
    api_app_id: APP.id,
    event,
    type: 'event_callback',
    event_id: `Ev0${id}`,
    event_time: Math.floor(now() / 1000),
    authorizations: [
      { enterprise_id: null, team_id: TEAM.id, user_id: APP.userId, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
  };
}
