/** Takes WebSockets up, and bounds those who have not said who they are: how many, from where, for how long, how much they send. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../observe/log.ts';
import { createAddressList, senderOf } from '../webhooks/address-list.ts';
import { GRAPHQL_PATH } from './graphql.ts';
import { type KeepAliveOptions, keepAlive } from './keep-alive.ts';
import { ANSWER_HEADERS } from './security-headers.ts';

/** Largest message a client may send, bytes. */
const MOST_MESSAGE = 1_000_000;
/** Connections that have not said who they are, at one time; each has ten seconds to say it. */
const MOST_STRANGERS = 2_000;
/** Of them, those of one address: half. Behind a proxy that is not among the trusted ones all have the same, and all come back at once. */
const MOST_OF_ADDRESS = 1_000;
/** All that a stranger may send, bytes: a credential has at most half of it. */
const MOST_OF_STRANGER = 32_768;
/** How long a peer may take to agree that a connection is over. */
const CLOSE_MS = 5_000;
/** The same, where it was never let in. */
const REFUSED_MS = 1_000;

export interface Doorway {
  sockets: WebSocketServer;
  /** It said who it is: none of the bounds here holds for it any more. */
  letIn(socket: WebSocket): void;
  /** It said it wrongly, and has been told: it gives up its place soon, whether it agrees or not. */
  turnAway(socket: WebSocket): void;
}

export interface DoorwayOptions extends Pick<KeepAliveOptions, 'stalledMs'> {
  log: Logger;
  /** Addresses and ranges whose X-Forwarded-For counts. @default none */
  trustedProxies?: readonly string[] | undefined;
}

export function openDoorway(server: Server, { log, trustedProxies = [], ...keeping }: DoorwayOptions): Doorway {
  // Its types do not know of `closeTimeout` yet.
  const settings: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    maxPayload: MOST_MESSAGE,
    closeTimeout: CLOSE_MS,
  };
  const sockets = new WebSocketServer(settings);
  const isTrusted = createAddressList(trustedProxies);
  const strangers = new Strangers();
  // What a client did wrong; ws has closed the socket with the right code by then. One for all: made below, each would keep its request.
  const tell = ({ message }: Error): void => log.debug({ reason: message }, 'websocket closed');
  // ws would explain itself in HTML.
  sockets.on('wsClientError', (_error, socket) => refuseUpgrade(socket, '400 Bad Request'));
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const address = senderOf(request.socket.remoteAddress ?? '', forwardedOf(request), isTrusted);
    if (pathOf(request) !== GRAPHQL_PATH) return refuseUpgrade(stream, '404 Not Found');
    if (!strangers.hasRoom(address)) return refuseUpgrade(stream, '503 Service Unavailable');
    sockets.handleUpgrade(request, stream, head, (socket) => {
      strangers.add(socket, stream, address);
      sockets.emit('connection', socket, request);
      keepAlive(socket, keeping);
      socket.on('error', tell);
    });
  });
  return {
    sockets,
    letIn: (socket) => strangers.remove(socket),
    turnAway: (socket) => void setTimeout(() => socket.terminate(), REFUSED_MS).unref(),
  };
}

class Strangers {
  /** What ends each one's being a stranger. */
  readonly #known = new Map<WebSocket, () => void>();
  readonly #byAddress = new Map<string, number>();

  hasRoom(address: string): boolean {
    return this.#known.size < MOST_STRANGERS && (this.#byAddress.get(address) ?? 0) < MOST_OF_ADDRESS;
  }

  add(socket: WebSocket, stream: Duplex, address: string): void {
    let received = 0;
    const count = ({ length }: Buffer): void => {
      received += length;
      if (received > MOST_OF_STRANGER) socket.terminate();
    };
    stream.on('data', count);
    this.#count(address, 1);
    this.#known.set(socket, () => {
      stream.off('data', count);
      this.#count(address, -1);
    });
    socket.once('close', () => this.remove(socket));
  }

  remove(socket: WebSocket): void {
    this.#known.get(socket)?.();
    this.#known.delete(socket);
  }

  #count(address: string, change: 1 | -1): void {
    const count = (this.#byAddress.get(address) ?? 0) + change;
    if (count === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, count);
  }
}

function refuseUpgrade(socket: Duplex, status: string): void {
  // Node has taken its own listener off: without one, a client that resets the connection would end the process.
  socket.on('error', () => socket.destroy());
  const headers = { ...ANSWER_HEADERS, connection: 'close', 'content-length': 0 };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`);
}

function forwardedOf({ headers }: IncomingMessage): string | undefined {
  const forwarded = headers['x-forwarded-for'];
  return Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?')[0] ?? '';
}
