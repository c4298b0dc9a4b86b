/** What one GraphQL operation carries: who asks and how, how long it may take, its vendor calls and its loaders. */
import type { DocumentNode } from 'graphql';
import type { Principal } from '../auth/principal.ts';
import { GatewayError } from '../errors.ts';
import { createBoundReader } from '../joins/bound-reader.ts';
import type { AckedEvents, EventAckContext } from '../joins/event-acks.ts';
import { DEFAULT_IDENTITY, type Identity } from '../joins/identity.ts';
import { createKeyedReads } from '../joins/keyed-read.ts';
import type { RestExecutor } from '../rest/executor.ts';
import type { EventStream } from '../subscriptions/event-stream.ts';
import type { CallScope, VendorCallRecord } from '../vendors/call-scope.ts';
import type { OperationFacts } from './operation-facts.ts';

export type Transport = 'post' | 'get' | 'sse' | 'ws';

export interface GraphContext extends EventAckContext {
  requestId: string;
  principal: Principal;
  transport: Transport;
  /** Why, in the caller's words; for the record. */
  reason: string | undefined;
  startedAt: number;
  /** Vendor calls in the order they ended. */
  calls: VendorCallRecord[];
  /** The caller asked for `extensions.explain`, and may have it. */
  explain: boolean;
  /** What was asked, as it was sent; undefined until that is known. */
  asked?: {
    document: DocumentNode;
    operationName: string | null | undefined;
    variables: Readonly<Record<string, unknown>>;
    facts: OperationFacts;
  };
  /** In calls to vendors. */
  estimatedCost?: number;
  /** Of the HTTP answer: what is left of the client's quota. */
  quotaHeaders?: Readonly<Record<string, string>>;
  /** How a subscription is carried on; undefined where no stream of answers can be given. */
  streaming: Streaming | undefined;
  /** The subscription, once it is open. */
  stream?: EventStream;
  /** Of a subscription: calls by vendor that its events have taken, those shared with other subscribers included. */
  eventCalls?: Record<string, number>;
  /** The record says that a write began, and not yet how it ended. */
  isWriteOpen?: boolean;
}

export interface StreamingRequest {
  /** Who the credential stands for now; null when it ended. */
  authenticate(): Promise<Principal | null> | Principal | null;
  /** Whether the caller wants to know where it stands when there is no event. */
  positionFrames: boolean;
  /** A cursor that goes before the arguments. */
  after?: string | undefined;
}

export interface Streaming extends StreamingRequest {
  /** For one event: loaders, deadline and record of its own. Does not end when this subscriber leaves: others may share it. */
  contextFor(principal: Principal): GraphContext;
}

export interface OperationRequest {
  requestId: string;
  principal: Principal;
  transport: Transport;
  reason?: string | undefined;
  /** Aborts when the caller leaves. */
  signal: AbortSignal;
  explain: boolean;
  /** Milliseconds the whole operation may take; of a subscription, each event. */
  timeoutMs: number;
  /** Of transports that can carry a stream. */
  streaming?: StreamingRequest | undefined;
  ackEvents?: AckEvents | undefined;
}

/** Moves a named consumer of a principal. */
export type AckEvents = (principal: Principal, consumer: string, cursor: string) => Promise<AckedEvents>;

/** Whoever leaves, what is shared goes on until its deadline. */
const NEVER = new AbortController().signal;

export function createGraphContext(
  rest: RestExecutor,
  request: OperationRequest,
  identity: Identity = DEFAULT_IDENTITY,
): GraphContext {
  const { requestId, principal, signal, timeoutMs, streaming, ackEvents } = request;
  const calls: VendorCallRecord[] = [];
  const scope: CallScope = {
    requestId,
    principal: principal.id,
    signal,
    deadlineAt: Date.now() + timeoutMs,
    authorize: (vendor, access) => requireScope(principal, `${vendor}:${access}`),
    reads: new Map(),
    record: (call) => calls.push(call),
  };
  return {
    requestId,
    principal,
    transport: request.transport,
    reason: request.reason,
    startedAt: performance.now(),
    calls,
    explain: request.explain,
    streaming: streaming && {
      ...streaming,
      contextFor: (present) =>
        createGraphContext(rest, { ...request, principal: present, signal: NEVER, streaming: undefined }, identity),
    },
    ...(ackEvents && { ackEvents: (consumer, cursor) => ackEvents(principal, consumer, cursor) }),
    rest,
    scope,
    identity,
    reads: createKeyedReads(createBoundReader(rest, scope), identity),
  };
}

/** Calls that left for a vendor, every try counted. */
export function vendorCallsOf({ calls }: Pick<GraphContext, 'calls'>): number {
  let sent = 0;
  for (const { cached } of calls) if (!cached) sent += 1;
  return sent;
}

function requireScope({ scopes }: Principal, needed: string): void {
  if (scopes.has(needed)) return;
  throw new GatewayError('SCOPE_MISSING', `This needs the scope ${needed}, which your key does not have.`, {
    scopes: [needed],
    retryable: false,
  });
}
