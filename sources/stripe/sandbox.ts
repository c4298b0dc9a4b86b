/** Stripe, emulated: API version 2023-08-16 over the world's customers, subscriptions, invoices and charges. */
import type { CreateEmulator, EmulatorRequest, EmulatorResponse, WebhookDelivery } from '../../src/sandbox/emulator.ts';
import { createRateWindow } from '../../src/sandbox/rate-window.ts';
import { CHANGES, EVENT_TYPES, type EventType } from './sandbox-events.ts';
import { failureOf, faultJson, invalid, noKey, StripeFault, tooMany, unknownUrl, wrongKey } from './sandbox-faults.ts';
import { createIdempotency } from './sandbox-idempotency.ts';
import { createReads } from './sandbox-reads.ts';
import { createResources } from './sandbox-resources.ts';
import { signStripe } from './sandbox-signature.ts';
import { createState } from './sandbox-state.ts';
import { createWrites } from './sandbox-writes.ts';

const KEY = 'sk_test_vendorgraphSandbox';
const WEBHOOK_SECRET = 'whsec_vendorgraphSandbox';
const API_VERSION = '2023-08-16';

/** Of a test-mode key; searches have a narrower limit of their own. https://docs.stripe.com/rate-limits */
const REQUESTS_PER_SECOND = 25;
const SEARCHES_PER_SECOND = 20;

export const createEmulator: CreateEmulator = (kit) => {
  const state = createState(kit);
  const idempotency = createIdempotency();
  const requests = createRateWindow({ limit: REQUESTS_PER_SECOND * kit.rateFactor, windowMs: 1000, now: kit.now });
  const searches = createRateWindow({ limit: SEARCHES_PER_SECOND * kit.rateFactor, windowMs: 1000, now: kit.now });
  let requestCount = 0;

  const nextRequestId = () => {
    requestCount += 1;
    return `req_${requestCount.toString(36).padStart(14, '0')}`;
  };

  /** Answers with what `run` returns, or with the fault it throws; every answer carries the vendor's headers. */
  const answer = (request: EmulatorRequest, run: (requestId: string) => EmulatorResponse): EmulatorResponse => {
    const requestId = nextRequestId();
    const response = caught(() => run(requestId), requestId);
    return { ...response, headers: { ...standardHeaders(request, requestId), ...response.headers } };
  };
  const refuse = (request: EmulatorRequest, fault: StripeFault) =>
    answer(request, () => {
      throw fault;
    });

  const endpoints = [
    ...createResources(state).flatMap((resource) => createReads(state, resource)),
    ...createWrites(state, kit.recordWrite),
  ];

  return {
    vendor: 'stripe',
    credentials: { token: KEY },
    webhookSecret: WEBHOOK_SECRET,
    eventTypes: EVENT_TYPES,
    routes: endpoints.map(({ method, path, operation, answer: read }) => ({
      method,
      path,
      operation,
      handle: (request) =>
        answer(request, (requestId) =>
          idempotency.once(request, requestId, () => caught(() => ({ status: 200, json: read(request) }), requestId)),
        ),
    })),
    guard(request) {
      const fault = keyFault(request.headers['authorization']) ?? versionFault(request.headers['stripe-version']);
      if (fault !== undefined) return refuse(request, fault);
      const isSearch = request.path.endsWith('/search');
      const allowed = requests.take('account').allowed && (!isSearch || searches.take('account').allowed);
      return allowed ? undefined : rateLimited(request);
    },
    notFound: (request) => refuse(request, unknownUrl(request.method, decodeSafely(request.path))),
    rateLimited,
    failure: (request, status) => refuse(request, failureOf(status)),
    emit(type) {
      const known = EVENT_TYPES.find((candidate) => candidate === type);
      if (known === undefined) throw new TypeError(`Stripe's emulator knows no event ${type}.`);
      return delivery(known);
    },
  };

  /** No `Retry-After`: the vendor documents none. */
  function rateLimited(request: EmulatorRequest): EmulatorResponse {
    const response = refuse(request, tooMany());
    return { ...response, headers: { ...response.headers, 'stripe-rate-limited-reason': 'global-rate' } };
  }

  function delivery(type: EventType): WebhookDelivery {
    const { object, previous } = CHANGES[type](state);
    const event = {
      id: state.newId('evt'),
      object: 'event',
      api_version: API_VERSION,
      created: state.now(),
      data: { object, ...(previous === undefined ? {} : { previous_attributes: previous }) },
      livemode: false,
      pending_webhooks: 1,
      request: { id: nextRequestId(), idempotency_key: null },
      type,
    };
    const body = JSON.stringify(event, null, 2);
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'stripe-signature': signStripe(body, WEBHOOK_SECRET, state.now()),
    };
    return { type, headers, body };
  }
};

function caught(run: () => EmulatorResponse, requestId: string): EmulatorResponse {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    const challenge = error.status === 401 ? { 'www-authenticate': 'Basic realm="Stripe"' } : {};
    return { status: error.status, headers: challenge, json: faultJson(error, requestId) };
  }
}

function standardHeaders(request: EmulatorRequest, requestId: string): Record<string, string> {
  const key = request.headers['idempotency-key'];
  return {
    'cache-control': 'no-cache, no-store',
    'request-id': requestId,
    'stripe-version': request.headers['stripe-version'] ?? API_VERSION,
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  };
}

/** The key as bearer token, or as the user of HTTP basic with any password. */
function keyFault(authorization: string | undefined): StripeFault | undefined {
  const [, scheme = '', value = ''] = /^(\w+)\s+(.+)$/.exec(authorization ?? '') ?? [];
  const key = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString().split(':')[0] : value.trim();
  if (key === undefined || key === '') return noKey();
  return key === KEY ? undefined : wrongKey(key);
}

/** Any dated version will do, and is answered in the shape of ours. */
function versionFault(version: string | undefined): StripeFault | undefined {
  if (version === undefined || /^\d{4}-\d{2}-\d{2}(\.\w+)?(;.*)?$/.test(version)) return undefined;
  return invalid(`Invalid Stripe API version: ${version}`);
}

function decodeSafely(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
