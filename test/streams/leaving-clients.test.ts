/** Clients of WebSockets that leave before they have their answers, as browsers do all day: no fault, and nothing to print. */
import { once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import WebSocket from 'ws';
import { API_KEY, startRunningGateway } from './running-gateway.ts';
import { PATIENT } from './until.ts';

const CLIENTS = 20;
const QUESTIONS = 40;

it('leave without a word on standard error', async () => {
  await using gateway = await startRunningGateway();
  const leave = async (): Promise<void> => {
    const stream: { socket?: Socket } = {};
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      createConnection: (options: object) => (stream.socket = connect(options as NetConnectOpts)),
    });
    socket.on('error', () => {});
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${API_KEY}` } }));
    await once(socket, 'message');
    const ask = (id: number) => ({ id: String(id), type: 'subscribe', payload: { query: '{ __typename }' } });
    for (let id = 0; id < QUESTIONS; id += 1) socket.send(JSON.stringify(ask(id)));
    await once(socket, 'message');
    stream.socket?.resetAndDestroy();
    await once(socket, 'close');
  };
  for (let count = 0; count < CLIENTS; count += 1) await leave();
  const connections = async (): Promise<string | undefined> => {
    const answer = await fetch(`${gateway.url}/metrics`, { headers: { authorization: `Bearer ${API_KEY}` } });
    return /^vendorgraph_websockets (\d+)$/m.exec(await answer.text())?.[1];
  };
  await expect.poll(connections, PATIENT).toBe('0');
  expect(gateway.stderr()).toBe('');
  expect(gateway.stdout()).not.toContain('websocket message failed');
}, 30_000);
