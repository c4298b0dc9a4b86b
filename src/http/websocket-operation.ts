/** One operation over WebSocket: what yoga does with a request, and how its end is told from its client's leaving. */
import { type ExecutionArgs, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { AnswerStream } from '../graph/answer-stream.ts';
import type { GraphContext } from '../graph/context.ts';
import { finishResult } from '../graph/finish.ts';
import type { GraphqlOptions, GraphqlServer } from './graphql.ts';
import type { Outbox } from './outbox.ts';
import { requestIdOf } from './request-id.ts';
import type { Connection, Running } from './websocket-connection.ts';

/** The request extension by which a client asks for answers that tell only a position (https://github.com/wundergraph/cosmo/pull/3259). */
const POSITION_FRAMES = 'delivery-guarantee';

export interface Subscribing {
  /** The client's id of it. */
  id: string;
  payload: SubscribePayload;
  /** The client has completed it, or left. */
  isGone(): boolean;
}

/** What travels with an operation: a schema reload must not change one that runs. */
export interface Enveloped {
  abort: AbortController;
  execute(args: unknown): ExecutionResult | Promise<ExecutionResult>;
  subscribe(args: unknown): Promise<AnswerStream | ExecutionResult>;
  /** Where a stream goes, and the client's id of it. */
  into: { outbox: Outbox; id: string };
}

/** `rootValue` is ours: no resolver of this graph reads it. */
export function envelopedOf({ rootValue }: ExecutionArgs): Enveloped {
  return rootValue as Enveloped;
}

/** What yoga does with a request: parse, validate, context. A refusal is a list of errors, and the socket lives on. */
export async function prepareOperation(
  { principal, authorization, explain = false, reason, running, outbox }: Partial<Connection>,
  { id, payload, isGone }: Subscribing,
  graphql: GraphqlServer,
  options: GraphqlOptions,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  if (!principal || !running || !outbox) throw new TypeError('An operation came before its connection was admitted.');
  const abort = new AbortController();
  const requestId = requestIdOf(null);
  const timeoutMs = options.operationTimeoutMs;
  const entry: Running = { abort, requestId };
  running.set(payload, entry);
  const refuse = (errors: readonly GraphQLError[]): readonly GraphQLError[] => {
    running.delete(payload);
    return finishResult(options, { errors }, { requestId, caller: { principal, transport: 'ws' } }).errors ?? [];
  };
  try {
    // Who does not read its answers asks nothing more.
    await outbox.room();
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
    // graphql-ws would execute it all the same. It never began: there is nobody to tell, and nothing to record.
    if (isGone()) {
      running.delete(payload);
      return [new GraphQLError('The operation was completed before it began.')];
    }
    // What the context plugin made.
    entry.context = contextValue as unknown as GraphContext;
    const rootValue: Enveloped = { execute, subscribe, abort, into: { outbox, id } };
    return { schema, document, operationName, variableValues, contextValue, rootValue };
  } catch (error) {
    return refuse([asGraphQLError(error)]);
  }
}

/**
 * Executes, and finishes the result here, where it is certain to come by: of an operation that its client has completed
 * meanwhile, graphql-ws drops the answer. Never rejects.
 */
export async function executeAndFinish(args: ExecutionArgs, options: GraphqlOptions): Promise<ExecutionResult> {
  return finished(await executed(args), args, options);
}

/** The context is the one `prepareOperation` made. */
export function finished(result: ExecutionResult, args: ExecutionArgs, options: GraphqlOptions): ExecutionResult {
  const context = args.contextValue as unknown as GraphContext;
  return finishResult(options, result, { requestId: context.requestId, context });
}

async function executed(args: ExecutionArgs): Promise<ExecutionResult> {
  try {
    return await envelopedOf(args).execute(args);
  } catch (error) {
    return { errors: [asGraphQLError(error)] };
  }
}

/** A result as a stream of one: graphql-ws tells a stream, and nothing else, that its client has completed it. */
export function oneResult(
  result: Promise<ExecutionResult>,
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

/** Fails at once: graphql-ws makes an `error` message of it, and none of the kind that clients take for an answer. */
export function refusedStream({ errors = [] }: ExecutionResult): AsyncIterableIterator<ExecutionResult> {
  return {
    next: () => Promise.reject(errors[0] ?? new GraphQLError('The subscription was refused.')),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError('', { originalError: error instanceof Error ? error : new Error(String(error)) });
}
