/** GraphQL over WebSocket (graphql-transport-ws), through the same pipeline as HTTP. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import { CloseCode, type SubscribePayload } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { Principal } from '../auth/principal.ts';
import type { GraphContext } from '../graph/context.ts';
import { finishResult } from '../graph/finish.ts';
import { formatError } from '../graph/mask.ts';
import type { Logger } from '../observe/log.ts';
import { GRAPHQL_PATH, type GraphqlOptions, type GraphqlServer, mayExplain } from './graphql.ts';
import { keepAlive } from './keep-alive.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { REASON_HEADER, reasonOf } from './reason.ts';
import { requestIdOf } from './request-id.ts';
import { ANSWER_HEADERS } from './security-headers.ts';
import { streamInto } from './websocket-stream.ts';

/** Largest message a client may send, bytes. */
const MOST_MESSAGE = 1_000_000;

/** Between two looks at the credentials of open connections. One that has ended, or was revoked, ends its connection. */
const RECHECK_MS = 30_000;
/** Connections that have not said who they are, at one time; each has ten seconds to say it. */
const MOST_STRANGERS = 1_000;

/** The request extension by which a client asks for answers that tell only a position (https://github.com/wundergraph/cosmo/pull/3259). */
const POSITION_FRAMES = 'delivery-guarantee';

interface ConnectionParams extends Record<string, unknown> {
  authorization?: unknown;
  'x-vendorgraph-explain'?: unknown;
  [REASON_HEADER]?: unknown;
}

/** What one connection keeps while it is open. */
interface Connection extends Record<PropertyKey, unknown> {
  principal?: Principal;
  authorization?: string | null;
  reason?: string | undefined;
  explain?: boolean;
  /** By the client's operation id. */
  running?: Map<string, Running>;
  outbox?: Outbox;
}

interface Running {
  abort: AbortController;
  requestId: string;
  /** Once it has one. */
  context?: GraphContext;
}

export interface WebsocketEdge {
  /** Waits for single answers in flight, at most `timeoutMs`; then closes every connection with 1001 (going away). */
  close(timeoutMs: number): Promise<void>;
}

export function attachWebsocket(server: Server, graphql: GraphqlServer, options: GraphqlOptions): WebsocketEdge {
  const open = new Set<Extra & Partial<Connection>>();
  const sockets = acceptSockets(server, options.log, () => sockets.clients.size - open.size < MOST_STRANGERS);
  const recheck = setInterval(() => void checkCredentials(open, options), options.recheckMs ?? RECHECK_MS).unref();
  const inFlight = new Set<Promise<unknown>>();
  const ended = useServer<ConnectionParams, Connection>(
    {
      connectionInitWaitTimeout: 10_000,
      onConnect: async ({ connectionParams, extra }) => {
        const admitted = await admit(connectionParams, extra, options);
        // Who left meanwhile is not told of any more.
        if (!admitted || extra.socket.readyState !== extra.socket.OPEN) return false;
        open.add(extra);
        options.metrics.connections(1);
        return true;
      },
      onClose({ extra }) {
        if (open.delete(extra)) options.metrics.connections(-1);
        for (const { abort } of extra.running?.values() ?? []) abort.abort();
      },
      onSubscribe: ({ extra }, id, payload) => prepare(extra, id, payload, graphql, options),
      // The enveloped functions travel with the operation: a schema reload must not change one that runs.
      execute(args) {
        const { execute, abort } = enveloped(args);
        const result = Promise.resolve(execute(args)).finally(() => inFlight.delete(result));
        inFlight.add(result);
        return oneResult(result, abort);
      },
      async subscribe(args) {
        const { subscribe, into } = enveloped(args);
        const answers = await subscribe(args);
        if (isStream(answers)) return streamInto(into.outbox, into.id, answers);
        // The context is the one `prepare` made.
        const context = args.contextValue as unknown as GraphContext;
        return refusedStream(finishResult(options, answers, { requestId: context.requestId, context }));
      },
      onNext({ extra }, id, _payload, args, result) {
        const requestId = extra.running?.get(id)?.requestId ?? requestIdOf(null);
        // The context is the one `prepare` made.
        const context = args.contextValue as unknown as GraphContext;
        const finished = finishResult(options, result as ExecutionResult, { requestId, context });
        const { errors, ...rest } = finished;
        return errors ? { ...rest, errors: errors.map(formatError) } : rest;
      },
      onError: (_context, _id, _payload, errors) => errors.map(formatError),
      onComplete({ extra }, id) {
        extra.running?.get(id)?.abort.abort();
        extra.running?.delete(id);
      },
    },
    sockets,
    // Pings are `keepAlive`'s: graphql-ws would take a slow reader for one that is gone.
    0,
  );
  return {
    async close(timeoutMs) {
      clearInterval(recheck);
      await Promise.race([Promise.allSettled(inFlight), sleep(timeoutMs, undefined, { ref: false })]);
      await ended.dispose();
    },
  };
}

/** `hasRoom`: for one more connection that has yet to say who it is. */
function acceptSockets(server: Server, log: Logger, hasRoom: () => boolean): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_MESSAGE });
  // ws would explain itself in HTML.
  sockets.on('wsClientError', (_error, socket) => refuseUpgrade(socket, '400 Bad Request'));
  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    const refusal =
      pathOf(request) !== GRAPHQL_PATH ? '404 Not Found' : hasRoom() ? undefined : '503 Service Unavailable';
    if (refusal !== undefined) {
      refuseUpgrade(socket, refusal);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      sockets.emit('connection', ws, request);
      keepAlive(ws);
      // graphql-ws would print what a client did wrong with a stack; ws has closed the socket with the right code by then.
      ws.removeAllListeners('error');
      ws.on('error', ({ message }) => log.debug({ reason: message }, 'websocket closed'));
    });
  });
  return sockets;
}

function refuseUpgrade(socket: Duplex, status: string): void {
  // Node has taken its own listener off: without one, a client that resets the connection would end the process.
  socket.on('error', () => socket.destroy());
  const headers = { ...ANSWER_HEADERS, connection: 'close', 'content-length': 0 };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`);
}

async function admit(
  params: ConnectionParams | undefined,
  extra: Extra & Partial<Connection>,
  options: GraphqlOptions,
): Promise<boolean> {
  const authorization = textOf(params?.authorization);
  const principal = await options.authenticate(authorization);
  if (!principal) {
    extra.socket.close(CloseCode.Forbidden, 'UNAUTHENTICATED: no valid credential in connectionParams.authorization');
    return false;
  }
  extra.principal = principal;
  extra.authorization = authorization;
  extra.explain = mayExplain(options, textOf(params?.['x-vendorgraph-explain']), principal);
  extra.reason = reasonOf(params?.[REASON_HEADER]);
  extra.running = new Map();
  extra.outbox = createOutbox(extra.socket, extra.request.socket);
  return true;
}

/** A connection outlives many requests: what its credential opens is looked up again. */
async function checkCredentials(
  open: ReadonlySet<Extra & Partial<Connection>>,
  { authenticate }: GraphqlOptions,
): Promise<void> {
  for (const extra of open) {
    const principal = await authenticate(extra.authorization);
    if (principal) extra.principal = principal;
    else void closeForbidden(extra);
  }
}

/** Each subscription learns first where it stands, and then that it is over. */
async function closeForbidden({ socket, running }: Extra & Partial<Connection>): Promise<void> {
  const streams = Array.from(running?.values() ?? [], ({ context }) => context?.stream).filter(
    (one) => one !== undefined,
  );
  await Promise.all(streams.map((stream) => stream.recheck()));
  await Promise.race([Promise.all(streams.map(({ ended }) => ended)), sleep(LAST_WORDS_MS, undefined, { ref: false })]);
  // What they ended with is written in the same turn.
  setImmediate(() => socket.close(CloseCode.Forbidden, 'UNAUTHENTICATED: the credential has ended or was revoked'));
}

/** How long a connection that has to end waits for its subscriptions to say where they stand. */
const LAST_WORDS_MS = 1_000;

/** What yoga does with a request: parse, validate, context. A refusal is a list of errors, and the socket lives on. */
async function prepare(
  { principal, authorization, explain = false, reason, running, outbox }: Partial<Connection>,
  id: string,
  payload: SubscribePayload,
  graphql: GraphqlServer,
  options: GraphqlOptions,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  if (!principal || !running || !outbox) throw new TypeError('An operation came before its connection was admitted.');
  const abort = new AbortController();
  const requestId = requestIdOf(null);
  const timeoutMs = options.operationTimeoutMs;
  const entry: Running = { abort, requestId };
  running.set(id, entry);
  const refuse = (errors: readonly GraphQLError[]): readonly GraphQLError[] => {
    running.delete(id);
    return finishResult(options, { errors }, { requestId, caller: { principal, transport: 'ws' } }).errors ?? [];
  };
  try {
    const { refusal } = await options.countRequest(principal);
    if (refusal) return refuse([refusal]);
    const transport = 'ws';
    const streaming = {
      authenticate: () => options.authenticate(authorization),
      positionFrames: payload.extensions?.[POSITION_FRAMES] !== undefined,
    };
    const { signal } = abort;
    const { ackEvents } = options;
    const who = { requestId, principal, transport, reason, streaming, ackEvents } as const;
    const operation = { ...who, signal, explain, isCounted: true, timeoutMs };
    const { schema, parse, validate, contextFactory, execute, subscribe } = graphql.getEnveloped({ operation });
    // graphql-ws wants a query of every operation: an empty one stands beside an id.
    const document = parse(options.saved.textOf(payload, principal) ?? '');
    const errors = validate(schema, document);
    if (errors.length > 0) return refuse(errors);
    const { operationName, variables: variableValues } = payload;
    if (!getOperationAST(document, operationName)) {
      return refuse([new GraphQLError('Could not determine what operation to execute.')]);
    }
    const contextValue = await contextFactory();
    // What the context plugin made.
    entry.context = contextValue as unknown as GraphContext;
    const rootValue: Enveloped = { execute, subscribe, abort, into: { outbox, id } };
    return { schema, document, operationName, variableValues, contextValue, rootValue };
  } catch (error) {
    return refuse([asGraphQLError(error)]);
  }
}

interface Enveloped {
  abort: AbortController;
  execute(args: unknown): ExecutionResult | Promise<ExecutionResult>;
  subscribe(args: unknown): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult>;
  /** Where a stream goes, and the client's id of it. */
  into: { outbox: Outbox; id: string };
}

function isStream(
  answers: AsyncIterableIterator<ExecutionResult> | ExecutionResult,
): answers is AsyncIterableIterator<ExecutionResult> {
  return Symbol.asyncIterator in answers;
}

/** `rootValue` is ours: no resolver of this graph reads it. */
function enveloped(args: ExecutionArgs): Enveloped {
  return args.rootValue as Enveloped;
}

/** Fails at once: graphql-ws makes an `error` message of it, and none of the kind that clients take for an answer. */
function refusedStream({ errors = [] }: ExecutionResult): AsyncIterableIterator<ExecutionResult> {
  return {
    next: () => Promise.reject(errors[0] ?? new GraphQLError('The subscription was refused.')),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A result as a stream of one: graphql-ws tells a stream, and nothing else, that its client has completed it. */
function oneResult(
  result: ExecutionResult | Promise<ExecutionResult>,
  abort: AbortController,
): AsyncIterableIterator<ExecutionResult> {
  let given = false;
  return {
    async next() {
      if (given) return { value: undefined, done: true };
      given = true;
      return { value: await result, done: false };
    },
    async return() {
      given = true;
      abort.abort();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError('', { originalError: error instanceof Error ? error : new Error(String(error)) });
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?')[0] ?? '';
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
