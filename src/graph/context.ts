/** What one GraphQL operation carries: who asks and how, how long it may take, its vendor calls and its loaders. */
import type { DocumentNode } from 'graphql';
import type { Principal } from '../auth/principal.ts';
import { createBoundReader } from '../joins/bound-reader.ts';
import type { AckedEvents, EventAckContext } from '../joins/event-acks.ts';
import { DEFAULT_IDENTITY, type Identity } from '../joins/identity.ts';
import { createKeyedReads } from '../joins/keyed-read.ts';
import type { RestExecutor } from '../rest/executor.ts';
import type { EventStream } from '../subscriptions/event-stream.ts';
import type { VendorCallRecord } from '../vendors/call-scope.ts';
import type { LeaveSignal } from '../vendors/leave-signal.ts';
import type { OperationFacts } from './operation-facts.ts';
import { OperationScope } from './operation-scope.ts';

export type Transport = 'post' | 'get' | 'sse' | 'ws' | 'mcp';

export interface GraphContext extends EventAckContext {
  scope: OperationScope;
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
  /** Its transport has taken a request of the quota for it. */
  isCounted: boolean;
  /** What was asked, as it was sent; undefined until that is known. */
  asked?:
    | {
        document: DocumentNode;
        operationName: string | null | undefined;
        variables: Readonly<Record<string, unknown>>;
        facts: OperationFacts;
      }
    | undefined;
  /** In calls to vendors. */
  estimatedCost?: number | undefined;
  /** Of the HTTP answer: what is left of the client's quota. */
  quotaHeaders?: Readonly<Record<string, string>> | undefined;
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
  /** For one event: loaders, deadline and record of its own. Ends with `signal`, not with this subscriber: others may share it. */
  contextFor(principal: Principal, signal: AbortSignal): GraphContext;
}

export interface OperationRequest {
  requestId: string;
  principal: Principal;
  transport: Transport;
  reason?: string | undefined;
  /** Aborts when the caller leaves. */
  signal: LeaveSignal;
  explain: boolean;
  /** Whether a request of the quota was taken for it already. @default false */
  isCounted?: boolean;
  /** Milliseconds the whole operation may take; of a subscription, each event. */
  timeoutMs: number;
  /** Of transports that can carry a stream. */
  streaming?: StreamingRequest | undefined;
  ackEvents?: AckEvents | undefined;
}

/** Moves a named consumer of a principal. */
export type AckEvents = (principal: Principal, consumer: string, cursor: string) => Promise<AckedEvents>;

export function createGraphContext(
  rest: RestExecutor,
  request: OperationRequest,
  identity: Identity = DEFAULT_IDENTITY,
): GraphContext {
  const { requestId, principal, signal, timeoutMs, streaming, ackEvents } = request;
  const scope = new OperationScope({ requestId, principal, signal, deadlineAt: Date.now() + timeoutMs });
  const reads = createKeyedReads(createBoundReader(rest, scope), identity);
  scope.onWrite = () => reads.forget();
  const context: GraphContext = {
    requestId,
    principal,
    transport: request.transport,
    reason: request.reason,
    startedAt: performance.now(),
    calls: scope.calls,
    explain: request.explain,
    isCounted: request.isCounted ?? false,
    asked: undefined,
    estimatedCost: undefined,
    quotaHeaders: undefined,
    streaming: streaming && {
      ...streaming,
      contextFor(present, unwanted) {
        const own = { ...request, principal: present, signal: unwanted, streaming: undefined };
        const made = createGraphContext(rest, own, identity);
        made.scope.mostCalls = scope.mostCalls;
        return made;
      },
    },
    rest,
    scope,
    identity,
    reads,
  };
  if (ackEvents) context.ackEvents = (consumer, cursor) => ackEvents(principal, consumer, cursor);
  return context;
}

/** Calls that left for a vendor, every try counted. */
export function vendorCallsOf({ calls }: Pick<GraphContext, 'calls'>): number {
  let sent = 0;
  for (const { cached } of calls) if (!cached) sent += 1;
  return sent;
}
