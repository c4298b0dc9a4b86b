/**
 * What an emulated vendor is to the sandbox kernel. The kernel owns sockets, body parsing, routing, call counts,
 * faults, the write ledger and the sending of webhooks; an emulator (`sources/<vendor>/sandbox.ts`) owns the vendor's
 * state, rules, error bodies, paging and signatures.
 */
import type { VendorName } from './vendor-name.ts';
import type { World } from './world.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface EmulatorRequest {
  method: Method;
  /** Path without the query, as sent (still percent-encoded). */
  path: string;
  /** Path parameters of the matched route, percent-decoded. */
  params: Record<string, string>;
  /** Query as sent, decoded, in order; brackets stay in the names (`created[gte]`, `ids[]`). */
  query: URLSearchParams;
  /** Lower-case names. */
  headers: Record<string, string>;
  /** Parsed by content type: JSON value, or a form as nested objects (`metadata[a]=b` → `{metadata: {a: 'b'}}`). Empty: undefined. */
  body: unknown;
  /** The bytes as they came. */
  rawBody: Buffer;
  /** Name of the matched route's operation. */
  operation: string;
}

/** `json` is stringified, `text` is sent as it stands; neither: an empty body. */
export interface EmulatorResponse {
  status: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
}

export interface Route {
  method: Method | readonly Method[];
  /** Express-like pattern of whole segments: `/v1/customers/:customer`. A literal segment wins over a parameter. */
  path: string;
  /** The operationId in the vendor's `openapi.yaml`; what `/calls` counts and `/faults` names. */
  operation: string;
  handle(request: EmulatorRequest): EmulatorResponse | Promise<EmulatorResponse>;
}

/** A signed webhook, ready to be sent to `<webhook base>/<vendor>`. `body` is the exact bytes that were signed. */
export interface WebhookDelivery {
  /** The vendor's own event type(s) inside, e.g. `invoice.paid`. */
  type: string;
  headers: Record<string, string>;
  body: string;
}

export interface Emulator {
  vendor: VendorName;
  /** What `GET /world` shows under `credentials`: everything a client must send, e.g. `{ token: 'xoxb-…' }`. */
  credentials: Record<string, string>;
  /** What deliveries are signed with; undefined for a vendor without webhooks. */
  webhookSecret?: string;
  /** Event types `emit` knows, the vendor's own names. */
  eventTypes: readonly string[];
  routes: readonly Route[];
  /** Runs before the route: credentials, required headers, rate limit. A response ends the request there. */
  guard(request: EmulatorRequest): EmulatorResponse | undefined;
  /** Called when no route matches: the vendor's own 404. */
  notFound(request: EmulatorRequest): EmulatorResponse;
  /** The vendor's own 429, with its headers: for `POST /faults {kind: ratelimit, value: seconds}` and for the emulator's own limits. */
  rateLimited(request: EmulatorRequest, retryAfterSeconds: number): EmulatorResponse;
  /** The vendor's own answer for an injected failure, e.g. 500. */
  failure(request: EmulatorRequest, status: number): EmulatorResponse;
  /** An entry of a bulk answer as it is when it alone fails; undefined for a vendor whose entries have no status of their own. */
  failEntry?(entry: unknown, status: number): object;
  /** Changes the state as the event says (a new contact, a paid invoice, …) and returns the signed delivery. */
  emit(type: string, target: WebhookTarget): WebhookDelivery;
}

export interface WebhookTarget {
  /** Public URL the delivery goes to; HubSpot signs it. */
  url: string;
}

/** `attempt` counts the tries of one delivery, from 0. */
export type BuildWebhook = (target: WebhookTarget, attempt: number) => WebhookDelivery;

/** What the kernel hands to an emulator when it makes one; `POST /reset` makes all of them anew. */
export interface EmulatorKit {
  world: World;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Seeded: the same numbers in every run. In [0, 1). */
  random(): number;
  /** Records a write in the ledger `GET /writes` shows. Call it once for each effective write, never for an idempotent replay. */
  recordWrite(write: { operation: string; id: string; data: unknown }): void;
  /** Tells the receiver of a write through the API; `build` signs each try anew. Absent: this sandbox tells of what `emit` does only. */
  tell?(build: BuildWebhook): void;
  /** Multiplies the vendor's published rate limits; the sandbox uses a large one unless `SANDBOX_RATE` says 1. */
  rateFactor: number;
}

export type CreateEmulator = (kit: EmulatorKit) => Emulator;
