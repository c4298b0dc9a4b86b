/** Who completes an operation over WebSocket, or leaves, at whatever moment: what ran is closed on record, once. */
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { AuditEntry } from '../../src/audit/entry.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { NO_AUDIT, startSocketEdge } from './socket-edge.ts';

const ANYBODY: Principal = { id: 'key:x', client: 'x', kind: 'app', scopes: new Set() };
const DOCUMENTS = { query: '{ a }', mutation: 'mutation { b }' };

/** When the client acts; the numbers are turns of the event loop after it has asked. */
const MOMENTS = [
  'with the question',
  'while it is recorded',
  'while it runs',
  'after its answer',
  0,
  1,
  2,
  3,
  5,
  8,
] as const;
const ACTS = ['complete', 'close'] as const;

const poll = <T>(look: () => T, timeout = 1_000) => expect.poll(look, { interval: 2, timeout });

async function startEdge(holds: (typeof MOMENTS)[number]) {
  const recorded: AuditEntry[] = [];
  const [commit, run] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const reached = { committing: false, running: 0 };
  if (holds !== 'while it is recorded') commit.resolve();
  if (holds !== 'while it runs') run.resolve();
  const audit = {
    ...NO_AUDIT,
    record: (entry: AuditEntry) => recorded.push(entry) > 0,
    async commit(entry: AuditEntry) {
      reached.committing = true;
      await commit.promise;
      recorded.push(entry);
    },
  };
  const resolve = async () => {
    reached.running += 1;
    await run.promise;
    return 1;
  };
  const edge = await startSocketEdge(() => ANYBODY, { audit, resolve });
  const goOn = (): void => {
    commit.resolve();
    run.resolve();
  };
  return { ...edge, url: edge.url, recorded, reached, goOn };
}

async function openRaw(url: string) {
  let stream: Socket | undefined;
  const socket = new WebSocket(url, 'graphql-transport-ws', {
    createConnection: (options: object) => (stream = connect(options as NetConnectOpts)),
  });
  const heard: { type: string; id?: string }[] = [];
  socket.on('message', (text) => void heard.push(JSON.parse(String(text)))).on('error', () => {});
  await new Promise((resolve) => socket.once('open', resolve));
  const hears = (type: string) => poll(() => heard.map((message) => message.type)).toContain(type);
  const send = (...messages: object[]): void => {
    stream?.cork();
    for (const message of messages) socket.send(JSON.stringify(message));
    stream?.uncork();
  };
  send({ type: 'connection_init' });
  await hears('connection_ack');
  return { socket, send, hears };
}

it('asks nothing more who does not read its answers, and gets all of them once it reads', async () => {
  let answered = 0;
  const text = 'x'.repeat(200_000);
  await using edge = await startSocketEdge(() => ANYBODY, { resolve: () => (++answered ? text : '') });
  const { socket, send } = await openRaw(edge.url);
  let received = 0;
  socket.on('message', (message) => (received += String(message).includes('"next"') ? 1 : 0));
  socket.pause();
  const asked = 400;
  for (let id = 0; id < asked; id += 1) {
    send({ id: String(id), type: 'subscribe', payload: { query: '{ text }' } });
    await turns(4);
  }
  // What the system keeps for the two ends is some megabytes.
  expect(answered).toBeLessThan(asked / 2);
  socket.resume();
  await poll(() => received, 5_000).toBe(asked);
  expect(answered).toBe(asked);
  socket.terminate();
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(ACTS)('who sends "%s"', (act) => {
  describe.each(['query', 'mutation'] as const)('for a %s', (kind) => {
    it.each(MOMENTS)('leaves one closing record of what ran, at the moment %j', async (moment) => {
      await using edge = await startEdge(moment);
      const { socket, send, hears } = await openRaw(edge.url);
      const ask = { id: '1', type: 'subscribe', payload: { query: DOCUMENTS[kind] } };
      const leave = () => (act === 'complete' ? send({ id: '1', type: 'complete' }) : socket.terminate());
      if (moment === 'with the question' && act === 'complete') send(ask, { id: '1', type: 'complete' });
      else {
        send(ask);
        if (moment === 'while it is recorded' && kind === 'mutation')
          await poll(() => edge.reached.committing).toBe(true);
        if (moment === 'while it runs') await poll(() => edge.reached.running).toBe(1);
        if (moment === 'after its answer') await hears('next');
        if (typeof moment === 'number') await turns(moment);
        leave();
      }
      // What the gateway was told by then, it has heard.
      if (act === 'complete') {
        send({ type: 'ping' });
        await hears('pong');
      } else await new Promise((resolve) => socket.once('close', resolve));
      edge.goOn();
      const closing = () => edge.recorded.filter(({ outcome }) => outcome !== 'opened');
      const begun = () => (kind === 'query' ? edge.reached.running : edge.recorded.length - closing().length);
      await turns(10);
      await poll(() => closing().length - begun()).toBe(0);
      expect(closing().length).toBeLessThanOrEqual(1);
      expect(edge.reached.running).toBeLessThanOrEqual(closing().length);
      if (moment === 'with the question' && act === 'complete') expect(edge.recorded).toEqual([]);
      if (moment === 'while it runs') expect(closing()).toMatchObject([{ outcome: 'left' }]);
      if (moment === 'after its answer') expect(closing()).toMatchObject([{ outcome: 'ok' }]);
      socket.terminate();
    });
  });
});
