/** GraphQL over WebSocket (graphql-transport-ws), through the same pipeline as HTTP. */
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionResult } from 'graphql';
import { makeServer } from 'graphql-ws';
import { formatError } from '../graph/mask.ts';
import type { GraphqlOptions, GraphqlServer } from './graphql.ts';
import type { KeepAliveOptions } from './keep-alive.ts';
import { createTellUnknownCaller } from './unknown-callers.ts';
import type { ConnectionParams, OpenSocket } from './websocket-connection.ts';
import { admitSocket, watchCredentials } from './websocket-credentials.ts';
import {
  envelopedOf,
  executeAndFinish,
  finished,
  oneResult,
  prepareOperation,
  refusedStream,
} from './websocket-operation.ts';
import { speakProtocol } from './websocket-protocol.ts';
import { openDoorway } from './websocket-strangers.ts';
import { streamInto } from './websocket-stream.ts';

export interface WebsocketEdge {
  /** Waits for single answers in flight, at most `timeoutMs`; then closes every connection with 1001 (going away). */
  close(timeoutMs: number): Promise<void>;
}

export function attachWebsocket(
  server: Server,
  graphql: GraphqlServer,
  options: GraphqlOptions,
  keeping: Pick<KeepAliveOptions, 'stalledMs'> = {},
): WebsocketEdge {
  const open = new Set<OpenSocket>();
  const doorway = openDoorway(server, { log: options.log, trustedProxies: options.trustedProxies, ...keeping });
  const watch = watchCredentials(open, options);
  const tellUnknown = createTellUnknownCaller(options);
  const inFlight = new Set<Promise<unknown>>();
  const protocol = makeServer<ConnectionParams, OpenSocket>({
    connectionInitWaitTimeout: 10_000,
    onConnect: async ({ connectionParams, extra }) => {
      const admitted = await admitSocket(connectionParams, extra, options, tellUnknown);
      // Who left meanwhile is not told of any more.
      if (!admitted || extra.socket.readyState !== extra.socket.OPEN) {
        doorway.turnAway(extra.socket);
        return false;
      }
      doorway.letIn(extra.socket);
      open.add(extra);
      options.metrics.connections(1);
      return true;
    },
    onClose({ extra }) {
      if (open.delete(extra)) options.metrics.connections(-1);
      for (const { abort } of extra.running?.values() ?? []) abort.abort();
    },
    onSubscribe(context, id, payload) {
      const isGone = () => !(id in context.subscriptions);
      return prepareOperation(context.extra, { id, payload, isGone }, graphql, options);
    },
    execute(args) {
      const result = executeAndFinish(args, options);
      inFlight.add(result);
      void result.finally(() => inFlight.delete(result));
      return oneResult(result, envelopedOf(args).abort);
    },
    async subscribe(args) {
      const { subscribe, into } = envelopedOf(args);
      const answers = await subscribe(args);
      if (Symbol.asyncIterator in answers) return streamInto(into.outbox, into.id, answers);
      return refusedStream(finished(answers, args, options));
    },
    onNext(_context, _id, _payload, _args, result) {
      const { errors, ...rest } = result as ExecutionResult;
      return errors ? { ...rest, errors: errors.map(formatError) } : rest;
    },
    onError: (_context, _id, _payload, errors) => errors.map(formatError),
    onComplete({ extra }, _id, payload) {
      extra.running?.get(payload)?.abort.abort();
      extra.running?.delete(payload);
    },
  });
  const connections = speakProtocol(doorway.sockets, protocol, options.log);
  return {
    async close(timeoutMs) {
      watch[Symbol.dispose]();
      await Promise.race([Promise.allSettled(inFlight), sleep(timeoutMs, undefined, { ref: false })]);
      await connections.close();
    },
  };
}
