/** The gateway's socket: bounds size, headers and time of requests, and hands each to the handler of its path. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WEBHOOK_PATH } from '../webhooks/receiver.ts';
import { GRAPHQL_PATH } from './graphql.ts';
import { ANSWER_HEADERS } from './security-headers.ts';
import { cutSlowReaders, type SlowReadersOptions } from './slow-readers.ts';

/** Headers and body must have come within this time, and Node looks this often: slow senders hold a place for 15 s at most. */
const RECEIVE_TIMEOUT_MS = 12_000;
const LOOK_MS = 3_000;
const MOST_HEADERS = 100;

export type SimpleHandler = (request: IncomingMessage) => SimpleAnswer | Promise<SimpleAnswer>;

export interface SimpleAnswer {
  status: number;
  type: string;
  body: string;
}

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Paths that answer GET with a short text. */
export type SimpleRoutes = Readonly<Record<string, SimpleHandler>>;

/**
 * `route`: what answers a path besides `/graphql`. `webhooks`: what answers below `/webhooks/`, undefined in a graph without events.
 * `handlers`: what answers paths by more than a short text.
 */
export function createHttpServer(
  graphql: NodeHandler,
  route: (path: string) => SimpleHandler | undefined,
  webhooks?: NodeHandler | undefined,
  handlers: Readonly<Record<string, NodeHandler>> = {},
  slowReaders?: SlowReadersOptions,
): Server {
  // A server that closes waits for its connections: none may stay for a next request once its answer is out.
  function endWhenClosing(this: ServerResponse): void {
    if (!server.listening) this.req.socket.destroySoon();
  }
  const server: Server = createServer(
    { headersTimeout: RECEIVE_TIMEOUT_MS, requestTimeout: RECEIVE_TIMEOUT_MS, connectionsCheckingInterval: LOOK_MS },
    (request, response) => {
      response.on('finish', endWhenClosing);
      const path = pathOf(request.url ?? '');
      if (!namesHost(request)) send(response, plain(400, 'The Host header names no host.\n'));
      else if (path === GRAPHQL_PATH) void graphql(request, response);
      else if (webhooks && path.startsWith(WEBHOOK_PATH)) void webhooks(request, response);
      else if (Object.hasOwn(handlers, path)) void handlers[path]?.(request, response);
      else void answer(route(path), request, response);
    },
  );
  server.maxHeadersCount = MOST_HEADERS;
  cutSlowReaders(server, slowReaders);
  return server;
}

function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
}

/** The one that was good last time; nearly every request names it again. */
let knownHost: string | undefined;

/** yoga makes a URL of it, and answers with its stack when it cannot. HTTP/1.0 may leave it out. */
function namesHost({ headers: { host } }: IncomingMessage): boolean {
  if (host === knownHost) return true;
  if (host === undefined || !URL.canParse(`http://${host}`)) return host === undefined;
  knownHost = host;
  return true;
}

/** Resolves with the port; rejects with the reason, e.g. EADDRINUSE. */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      // A TCP server's address is never a pipe name.
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function answer(
  handler: SimpleHandler | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  send(response, await reply(handler, request));
}

/** Node leaves the body out of an answer to HEAD. */
function send(response: ServerResponse, { status, type, body }: SimpleAnswer): void {
  response.writeHead(status, { ...ANSWER_HEADERS, 'content-type': type });
  response.end(body);
}

async function reply(handler: SimpleHandler | undefined, request: IncomingMessage): Promise<SimpleAnswer> {
  if (!handler) return plain(404, `Nothing here. The graph is at ${GRAPHQL_PATH}.\n`);
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Only GET.\n');
  try {
    return await handler(request);
  } catch {
    return plain(500, 'Something went wrong on our side.\n');
  }
}

export function plain(status: number, body: string): SimpleAnswer {
  return { status, type: 'text/plain; charset=utf-8', body };
}
