/** Over real sockets: who takes nothing of its answer is cut, and nobody who waits or streams. (`test/start/drain.test.ts` has one that is merely slow.) */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cutSlowReaders } from '../../src/http/slow-readers.ts';

const READ_TIMEOUT_MS = 200;
/** More than the system keeps for the two ends of a connection. */
const LARGE = Buffer.alloc(30_000_000, 'x');

const PATHS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/small': (response) => response.end('small'),
  '/large': (response) => response.end(LARGE),
  '/large-in-parts': (response) => response.write(LARGE, () => response.end()),
  '/late': (response) => void setTimeout(() => response.end('late'), 3 * READ_TIMEOUT_MS),
};

const closed: string[] = [];
const makeServer = (): Server =>
  createServer((request, response) => {
    const path = request.url ?? '';
    response.once('close', () => closed.push(path));
    PATHS[path]?.(response);
  });
const server = makeServer();
/** Its streams have less patience. */
const impatient = makeServer();

beforeAll(async () => {
  cutSlowReaders(server, { readTimeoutMs: READ_TIMEOUT_MS });
  cutSlowReaders(impatient, { readTimeoutMs: READ_TIMEOUT_MS, stalledMs: 3 * READ_TIMEOUT_MS });
  for (const one of [server, impatient]) await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  for (const one of [server, impatient]) {
    one.closeAllConnections();
    one.close();
  }
});

/** Reads nothing of what it asks for. */
function ask(path: string, ...headers: string[]): Socket {
  return askOf(server, path, ...headers);
}

function askOf(asked: Server, path: string, ...headers: string[]): Socket {
  // A server on TCP has one.
  const { port } = asked.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1', () => {
    socket.write(`${[`GET ${path} HTTP/1.1`, 'host: gateway', ...headers].join('\r\n')}\r\n\r\n`);
  });
  return socket.on('error', () => {});
}

it('cuts who takes nothing of a large answer, whole or in parts', async () => {
  const sockets = ['/large', '/large-in-parts', '/large'].map((path) => ask(path));
  await expect.poll(() => closed.filter((path) => path.startsWith('/large')).length).toBe(3);
  for (const socket of sockets) socket.destroy();
});

it('lets those be who wait for their answer, or have asked for a stream', async () => {
  closed.length = 0;
  const late = ask('/late');
  let heard = '';
  late.on('data', (chunk) => (heard += chunk.toString()));
  const stream = ask('/large-in-parts', 'accept: text/event-stream');
  await expect.poll(() => heard, { timeout: 5_000 }).toContain('late');
  expect(closed).toEqual(['/late']);
  for (const socket of [late, stream]) socket.destroy();
});

it('cuts a stream, too, whose reader takes nothing for longer than it takes to be told so', async () => {
  const connections = (): Promise<number> =>
    new Promise((resolve, reject) =>
      impatient.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  const stream = askOf(impatient, '/large-in-parts', 'accept: text/event-stream');
  await expect.poll(connections).toBe(1);
  await expect.poll(connections, { timeout: 10_000 }).toBe(0);
  stream.destroy();
});

it('gives the whole of a stream to a reader that only paused', async () => {
  closed.length = 0;
  const stream = ask('/large-in-parts', 'accept: text/event-stream');
  const witness = askOf(impatient, '/large-in-parts', 'accept: text/event-stream');
  await expect.poll(() => closed, { timeout: 10_000 }).toEqual(['/large-in-parts']);
  let heard = 0;
  stream.on('data', (chunk: Buffer) => (heard += chunk.length));
  await expect.poll(() => heard, { timeout: 10_000 }).toBeGreaterThan(LARGE.length);
  for (const socket of [stream, witness]) socket.destroy();
});

it('ends a connection that asks nothing more, as Node would', async () => {
  const idle = ask('/small');
  const ended = new Promise((resolve) => idle.once('close', resolve));
  server.keepAliveTimeout = 50;
  idle.resume();
  await ended;
});
