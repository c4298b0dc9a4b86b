/**
 * Carries graphql-transport-ws between ws, which knows bytes, and graphql-ws, which knows operations. graphql-ws's own adapter
 * prints a stack to standard error whenever a client leaves before it has its answer; here that is nobody's fault, and what is
 * one goes to the log.
 */
import { CloseCode, handleProtocols, type Server } from 'graphql-ws';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../observe/log.ts';
import { loggedError } from '../observe/logged-error.ts';
import type { OpenSocket } from './websocket-connection.ts';

export interface ProtocolEnd {
  /** Closes every connection with 1001 (going away); resolves when all are closed. */
  close(): Promise<void>;
}

export function speakProtocol(sockets: WebSocketServer, protocol: Server<OpenSocket>, log: Logger): ProtocolEnd {
  sockets.options.handleProtocols = handleProtocols;
  const fail = (socket: WebSocket, error: unknown): void => {
    if (isClients(error)) socket.close(CloseCode.BadRequest, 'Invalid message received');
    else {
      log.error({ err: loggedError(error) }, 'websocket message failed');
      socket.close(CloseCode.InternalServerError, 'Internal server error');
    }
  };
  sockets.on('connection', (socket, { socket: stream }) => {
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => sendTo(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage(take) {
          socket.on('message', (data) => void take(String(data)).catch((error: unknown) => fail(socket, error)));
        },
      },
      { socket, stream },
    );
    socket.once('close', (code, reason) => {
      closed(code, String(reason)).catch((error: unknown) => fail(socket, error));
    });
  });
  return {
    async close() {
      for (const socket of sockets.clients) socket.close(1001, 'Going away');
      sockets.removeAllListeners();
      await new Promise<void>((resolve, reject) => sockets.close((error) => (error ? reject(error) : resolve())));
    },
  };
}

/** What cannot be sent has nobody to take it: that the connection is over comes by `close`. */
function sendTo(socket: WebSocket, text: string): Promise<void> | undefined {
  if (socket.readyState !== socket.OPEN) return undefined;
  return new Promise((resolve) => socket.send(text, () => resolve()));
}

/** It said what only a server says. graphql-ws has no other name for it. */
function isClients(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unexpected message of type');
}
