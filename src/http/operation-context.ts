/** Fresh loaders, deadline and record for each operation. */
import type { Plugin } from 'graphql-yoga';
import type { Authenticate } from '../auth/principal.ts';
import { type AckEvents, createGraphContext, type GraphContext, type StreamingRequest } from '../graph/context.ts';
import { REASON_HEADER, reasonOf } from '../graph/reason.ts';
import type { Identity } from '../joins/identity.ts';
import type { RestExecutor } from '../rest/executor.ts';
import type { Callers, Initial } from './caller.ts';
import { EXPLAIN_HEADER, type ExplainOptions, mayExplain } from './explain-header.ts';

export interface OperationContextOptions extends ExplainOptions {
  rest: RestExecutor;
  /** How people and accounts are recognised. */
  identity: Identity;
  authenticate: Authenticate;
  /** Moves a named consumer of events; undefined where the graph has none. */
  ackEvents?: AckEvents | undefined;
  /** Milliseconds a whole operation may take. */
  operationTimeoutMs: number;
}

export function useOperationContext(options: OperationContextOptions, callers: Callers): Plugin {
  return {
    onContextBuilding({ context, extendContext }) {
      // What a transport put in beside yoga's own context.
      const initial = context as Initial;
      // yoga's type knows its own fields alone.
      extendContext(contextOf(initial, options, callers) as unknown as typeof context);
      const caller = initial.request && callers.get(initial.request);
      // The object itself: what the operation notes down in it is read when its answer leaves.
      if (caller) caller.context = context as unknown as GraphContext;
    },
  };
}

function contextOf(initial: Initial, options: OperationContextOptions, callers: Callers): GraphContext {
  const { rest, identity } = options;
  if (initial.operation) return createGraphContext(rest, initial.operation, identity);
  const caller = initial.request && callers.get(initial.request);
  if (!initial.request || !caller) throw new TypeError('An operation reached the pipeline without a caller.');
  const { headers, signal } = initial.request;
  const { requestId, principal, transport } = caller;
  const operation = {
    ...{ requestId, principal, transport, signal },
    reason: reasonOf(headers.get(REASON_HEADER)),
    explain: mayExplain(options, headers.get(EXPLAIN_HEADER), principal),
    isCounted: true,
    timeoutMs: options.operationTimeoutMs,
    streaming: transport === 'sse' ? streamingOf(options, headers) : undefined,
    ackEvents: options.ackEvents,
  };
  return createGraphContext(rest, operation, identity);
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header */
function streamingOf({ authenticate }: OperationContextOptions, headers: Headers): StreamingRequest {
  const authorization = headers.get('authorization');
  return {
    authenticate: () => authenticate(authorization),
    positionFrames: true,
    after: headers.get('last-event-id') || undefined,
  };
}
