/** What streams write to one WebSocket, over a real one. */
import { expect, it } from 'vitest';
import { createOutbox, type Outbox } from '../../src/http/outbox.ts';
import { connectedPair, type SocketPair } from './socket-pair.ts';

interface Pair extends SocketPair {
  outbox: Outbox;
}

async function pairWithOutbox(): Promise<Pair> {
  const pair = await connectedPair();
  return { ...pair, outbox: createOutbox(pair.socket, pair.stream) };
}

const MESSAGE = 'x'.repeat(1_000);

/** Gives `count` messages, each with its number. */
function numbered(count: number): { more(): string | undefined; given(): number } {
  let given = 0;
  return { more: () => (given < count ? `${given++} ${MESSAGE}` : undefined), given: () => given };
}

it('sends everything that is at hand, in order', async () => {
  await using pair = await pairWithOutbox();
  const { more, given } = numbered(10);
  expect(pair.outbox.sendAll('first', more)).toBeUndefined();
  expect(given()).toBe(10);
  await expect.poll(() => pair.received.map((text) => text.split(' ')[0])).toEqual(['first', ...'0123456789']);
});

it('takes no more than its bound for a reader that does not read, and goes on when it reads again', async () => {
  await using pair = await pairWithOutbox();
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
  await using pair = await pairWithOutbox();
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
  await using pair = await pairWithOutbox();
  const fail = (): string => {
    throw new TypeError('a fault of our own');
  };
  expect(() => pair.outbox.sendAll('before', fail)).toThrow('a fault of our own');
  expect(pair.outbox.sendAll('after', () => undefined)).toBeUndefined();
  await expect.poll(() => pair.received).toEqual(['before', 'after']);
});
