/** Who sends slowly holds a place for 15 seconds at most, whatever it is sending; the others are answered meanwhile. */
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { startGatewayUnderTest } from '../gateway-under-test.ts';

const KEY = 'authorization: Bearer vg_demo_admin';
const POST = ['POST /graphql HTTP/1.1', 'host: gateway', KEY, 'content-type: application/json', 'content-length: 1000'];
const BODY = '\r\n\r\n{"query":"';

/** What comes at once; a byte a second comes after it. */
const SENDERS: Readonly<Record<string, string>> = {
  'nothing at all': '',
  'half of the headers': POST.slice(0, 3).join('\r\n'),
  'half of a body': POST.join('\r\n') + BODY,
  'half of a body, for a stream': [...POST, 'accept: text/event-stream'].join('\r\n') + BODY,
  'half of a body in chunks': `${[...POST.slice(0, 4), 'transfer-encoding: chunked'].join('\r\n')}\r\n\r\n3e8\r\n`,
  'half of the headers of an upgrade': 'GET /graphql HTTP/1.1\r\nhost: gateway\r\nupgrade: websocket\r\nx: ',
};

it('cuts slow senders of every kind within 15 s', { timeout: 25_000 }, async () => {
  await using running = await startGatewayUnderTest();
  const port = Number(new URL(running.gateway.url).port);
  const left = new Set(Object.keys(SENDERS));
  const timers = Object.entries(SENDERS).map(([name, text]) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket
      .resume()
      .on('error', () => {})
      .on('close', () => left.delete(name));
    return setInterval(() => text !== '' && socket.writable && socket.write('x'), 1_000);
  });
  expect((await running.ask('{ __typename }')).status).toBe(200);
  // Two seconds are for a busy machine.
  await expect.poll(() => [...left], { timeout: 17_000 }).toEqual([]);
  for (const timer of timers) clearInterval(timer);
  expect(await running.calls()).toEqual({});
  expect((await running.ask('{ __typename }')).status).toBe(200);
});
