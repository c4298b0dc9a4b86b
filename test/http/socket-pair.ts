/** Both ends of one WebSocket. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import WebSocket, { WebSocketServer } from 'ws';

export interface SocketPair extends AsyncDisposable {
  /** The server's end. */
  socket: WebSocket;
  /** What carries it. */
  stream: Duplex;
  client: WebSocket;
  /** What came to the client. */
  received: string[];
}

export async function connectedPair(): Promise<SocketPair> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server has one.
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  const received: string[] = [];
  client.on('message', (data) => received.push(String(data)));
  const [[socket, request]] = (await Promise.all([once(sockets, 'connection'), once(client, 'open')])) as [
    [WebSocket, IncomingMessage],
    unknown,
  ];
  return {
    ...{ socket, client, received, stream: request.socket },
    async [Symbol.asyncDispose]() {
      client.terminate();
      socket.terminate();
      sockets.close();
      server.close();
      await once(server, 'close');
    },
  };
}
