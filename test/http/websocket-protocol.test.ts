/** What goes wrong between a client and the protocol's server: whose fault it is decides what the log is told. */
import { once } from 'node:events';
import { expect, it } from 'vitest';
import WebSocket from 'ws';
import { startSocketEdge } from '../access/socket-edge.ts';
import { readableLog } from '../auth/kit.ts';

const ANYBODY = { id: 'key:x', client: 'x', kind: 'app', scopes: new Set<string>() } as const;
const INIT = JSON.stringify({ type: 'connection_init' });

async function opened(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, 'graphql-transport-ws');
  await once(socket, 'open');
  return socket;
}

it('logs a fault of the gateway, and tells its client no more than that there was one', async () => {
  const { log, lines } = readableLog();
  await using edge = await startSocketEdge(() => Promise.reject(new Error('the key store is gone')), { log });
  const socket = await opened(edge.url);
  socket.send(INIT);
  const [code, reason] = await once(socket, 'close');
  expect([code, String(reason)]).toEqual([4500, 'Internal server error']);
  expect(lines).toMatchObject([{ msg: 'websocket message failed', err: { reason: 'the key store is gone' } }]);
});

it('logs nothing of a client that says what only a server says', async () => {
  const { log, lines } = readableLog();
  await using edge = await startSocketEdge(() => ANYBODY, { log });
  const socket = await opened(edge.url);
  socket.send(INIT);
  await once(socket, 'message');
  socket.send(JSON.stringify({ type: 'next', id: '1', payload: { data: null } }));
  const [code, reason] = await once(socket, 'close');
  expect([code, String(reason)]).toEqual([4400, 'Invalid message received']);
  expect(lines).toEqual([]);
});
