/** Who asks, as the plugins of the pipeline tell one another: by the request over HTTP, by the operation over WebSocket. */
import type { GraphQLError } from 'graphql';
import type { Principal } from '../auth/principal.ts';
import type { GraphContext, OperationRequest, Transport } from '../graph/context.ts';

/** What a transport hands to the pipeline; over HTTP it is made from the request. */
export interface PipelineInput {
  operation?: OperationRequest;
}

/** What yoga hands to plugins: of the request over HTTP, of the operation over WebSocket. */
export type Initial = { request?: Request } & PipelineInput;

export interface Caller {
  requestId: string;
  principal: Principal;
  transport: Transport;
  /** What is left of the client's quota after this request. */
  quotaHeaders: Readonly<Record<string, string>>;
  /** Why nothing of it is read: the client has no request left. */
  refusal?: GraphQLError | undefined;
  /** Of the request's operation, once there is one. */
  context?: GraphContext;
}

/** Callers of requests in flight over HTTP. */
export type Callers = WeakMap<Request, Caller>;
