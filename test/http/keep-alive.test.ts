/** Clients that are there, that are gone, and that only do not read for a while. */
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { keepAlive } from '../../src/http/keep-alive.ts';
import { connectedPair, type SocketPair } from './socket-pair.ts';

/** More than the system keeps for a socket. */
const MOST = 32 * 1_048_576;

/** The client reads nothing, and the gateway has something left for it. */
function stall({ client, socket }: SocketPair): void {
  client.pause();
  for (let sent = 0; sent < MOST; sent += 65_536) socket.send('x'.repeat(65_536));
}

it('asks again and again whether a client is there, and leaves one alone that answers', async () => {
  await using pair = await connectedPair();
  let pings = 0;
  pair.client.on('ping', () => pings++);
  keepAlive(pair.socket, { everyMs: 10 });
  await expect.poll(() => pings).toBeGreaterThan(3);
  expect(pair.socket.readyState).toBe(pair.socket.OPEN);
});

it('lets go of one that answers no ping though it has all it was sent', async () => {
  await using pair = await connectedPair();
  pair.client.pause();
  keepAlive(pair.socket, { everyMs: 10, stalledMs: 600_000 });
  await once(pair.socket, 'close');
});

it('waits for one that has yet to take what it was sent, and has it back when it reads', async () => {
  await using pair = await connectedPair();
  stall(pair);
  let pongs = 0;
  pair.socket.on('pong', () => pongs++);
  keepAlive(pair.socket, { everyMs: 100 });
  await using witness = await connectedPair();
  let pings = 0;
  witness.client.on('ping', () => pings++);
  keepAlive(witness.socket, { everyMs: 100 });
  await expect.poll(() => pings).toBeGreaterThan(3);
  expect(pair.socket.readyState).toBe(pair.socket.OPEN);
  pair.client.resume();
  await expect.poll(() => pongs).toBeGreaterThan(1);
  expect(pair.received).toHaveLength(MOST / 65_536);
});

it('lets go of one that takes nothing for too long', async () => {
  await using pair = await connectedPair();
  stall(pair);
  keepAlive(pair.socket, { everyMs: 10, stalledMs: 50 });
  await once(pair.socket, 'close');
});
