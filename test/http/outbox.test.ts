/** What streams write to one WebSocket, over a real one. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { createOutbox, type Outbox } from '../../src/http/outbox.ts';

interface Pair extends AsyncDisposable {
  outbox: Outbox;
  stream: Duplex;
  client: WebSocket;
  received: string[];
}

async function connectedPair(): Promise<Pair> {
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
    outbox: createOutbox(socket, request.socket),
    stream: request.socket,
    client,
    received,
    async [Symbol.asyncDispose]() {
      client.terminate();
      socket.terminate();
      sockets.close();
      server.close();
      await once(server, 'close');
    },
  };
}

const MESSAGE = 'x'.repeat(1_000);

/** Gives `count` messages, each with its number. */
function numbered(count: number): { more(): string | undefined; given(): number } {
  let given = 0;
  return { more: () => (given < count ? `${given++} ${MESSAGE}` : undefined), given: () => given };
}

it('sends everything that is at hand, in order', async () => {
  await using pair = await connectedPair();
  const { more, given } = numbered(10);
  expect(pair.outbox.sendAll('first', more)).toBeUndefined();
  expect(given()).toBe(10);
  await expect.poll(() => pair.received.map((text) => text.split(' ')[0])).toEqual(['first', ...'0123456789']);
});

it('takes no more than its bound for a reader that does not read, and goes on when it reads again', async () => {
  await using pair = await connectedPair();
  pair.client.pause();
  const { more, given } = numbered(50_000);
  const write = async (): Promise<void> => {
    for (let first = more(); first !== undefined; first = more()) await pair.outbox.sendAll(first, more);
  };
  const whole = write();
  let before = -1;
  // The system's own buffers fill up first.
  await expect
    .poll(
      () => {
        const isStuck = given() === before;
        before = given();
        return isStuck;
      },
      { interval: 200, timeout: 10_000 },
    )
    .toBe(true);
  expect(given()).toBeLessThan(50_000);
  expect(pair.stream.writableLength).toBeLessThan(64 * 1_024);
  pair.client.resume();
  await whole;
  await expect.poll(() => pair.received.length, { timeout: 10_000 }).toBe(50_000);
  expect(pair.received.findIndex((text, index) => !text.startsWith(`${index} `))).toBe(-1);
}, 30_000);

it('lets go of who waits when the reader has gone', async () => {
  await using pair = await connectedPair();
  pair.client.pause();
  const { more } = numbered(50_000);
  const write = async (): Promise<void> => {
    for (let first = more(); first !== undefined && pair.outbox.isOpen; first = more())
      await pair.outbox.sendAll(first, more);
  };
  const whole = write();
  await expect.poll(() => pair.stream.writableLength).toBeGreaterThan(0);
  pair.client.terminate();
  await whole;
  expect(pair.outbox.isOpen).toBe(false);
});

it('lets the socket go on when what is at hand cannot be made', async () => {
  await using pair = await connectedPair();
  const fail = (): string => {
    throw new TypeError('a fault of our own');
  };
  expect(() => pair.outbox.sendAll('before', fail)).toThrow('a fault of our own');
  expect(pair.outbox.sendAll('after', () => undefined)).toBeUndefined();
  await expect.poll(() => pair.received).toEqual(['before', 'after']);
});
