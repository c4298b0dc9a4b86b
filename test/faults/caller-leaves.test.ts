/** The caller goes while a vendor is still thinking: its call ends with it, and its place is free for the next. */
import { connect } from 'node:net';
import { createClient } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { toolCall } from '../agents/mcp-request.ts';
import { allAt, type FaultyGateway, startFaultyGateway } from './faulty-gateway.ts';
import { json, type StubVendor, startStubVendor } from './stub-vendor.ts';

/** Two calls, of which one finds a place and one waits for it. */
const QUERY = '{ a: stripeCustomer(id: "cus_a") { id } b: stripeCustomer(id: "cus_b") { id } }';
const POLL = { timeout: 5_000, interval: 10 };

let vendor: StubVendor;
let running: FaultyGateway;
const silence = () => {};

beforeEach(async () => {
  vendor = await startStubVendor(silence);
  running = await startFaultyGateway({
    vendors: allAt(vendor.url),
    changes: { stripe: { timeoutMs: 60_000, limits: { concurrency: 1 } } },
    env: { OPERATION_TIMEOUT_MS: '60000' },
  });
});
afterEach(async () => {
  await running[Symbol.asyncDispose]();
  await vendor[Symbol.asyncDispose]();
});

const oneCallUnderWay = () => expect.poll(() => vendor.parallel, POLL).toBe(1);

/** The vendor's socket is closed, what waited never went out, and the only place is free. */
async function expectAllEnded(): Promise<void> {
  await expect.poll(() => vendor.abandoned, POLL).toBe(1);
  await expect.poll(() => vendor.parallel, POLL).toBe(0);
  expect(vendor.requests).toHaveLength(1);
  vendor.answer((_request, response) => json(response, 200, { id: 'cus_c' }));
  const { data } = await running.ask('{ stripeCustomer(id: "cus_c") { id } }');
  expect(data).toEqual({ stripeCustomer: { id: 'cus_c' } });
  expect(vendor.requests.map(({ target }) => target.split('?')[0])).toEqual([
    '/v1/customers/cus_a',
    '/v1/customers/cus_c',
  ]);
}

describe('over HTTP', () => {
  it.each(['application/json', 'text/event-stream'])('a caller of %s who hangs up ends its calls', async (accept) => {
    const leave = new AbortController();
    const answer = running
      .ask({ query: QUERY, signal: leave.signal, headers: { accept } })
      .catch((error: unknown) => error);
    await oneCallUnderWay();
    leave.abort();
    expect(await answer).toMatchObject({ name: 'AbortError' });
    await expectAllEnded();
  });

  it('a caller whose connection breaks ends its calls', async () => {
    const { port } = new URL(running.gateway.url);
    const body = JSON.stringify({ query: QUERY });
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', silence);
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer vg_demo_admin\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await oneCallUnderWay();
    socket.resetAndDestroy();
    await expectAllEnded();
  });

  it('is nobody’s failure: no error is counted or logged', async () => {
    const leave = new AbortController();
    const answer = running.ask({ query: QUERY, signal: leave.signal }).catch(silence);
    await oneCallUnderWay();
    leave.abort();
    await answer;
    await expectAllEnded();
    expect(running.logged.filter((line) => /"level":"(error|warn)"/.test(line))).toEqual([]);
    expect(await running.metrics()).not.toMatch(/vendorgraph_errors_total\{/);
  });
});

describe('over WebSocket', () => {
  const client = (more: { lazyCloseTimeout?: number } = {}) =>
    createClient({
      url: `${running.gateway.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: 'Bearer vg_demo_admin' },
      ...more,
    });

  it('a caller who completes the operation ends its calls, and keeps the socket', async () => {
    // Without the wait the client would close a socket that has nothing more to do.
    const open = client({ lazyCloseTimeout: 60_000 });
    const operation = open.iterate({ query: QUERY });
    const first = operation.next();
    await oneCallUnderWay();
    await operation.return?.();
    await first.catch(silence);
    await expectAllEnded();
    await open.dispose();
  });

  it('a caller whose socket breaks ends its calls', async () => {
    const socket = new WebSocket(`${running.gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    socket.on('error', silence);
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer vg_demo_admin' } })),
    );
    socket.on('message', (message) => {
      if (String(message).includes('connection_ack'))
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY } }));
    });
    await oneCallUnderWay();
    socket.terminate();
    await expectAllEnded();
  });
});

describe('over MCP', () => {
  it.each(['2026-07-28', '2025-11-25'] as const)('an agent of %s that hangs up ends its calls', async (era) => {
    const leave = new AbortController();
    const { headers, body } = toolCall('graph_query', { query: QUERY, reason: 'and then no more' }, era);
    const answer = fetch(`${running.gateway.url}/mcp`, {
      method: 'POST',
      headers: { ...headers, authorization: 'Bearer vg_demo_admin' },
      body: JSON.stringify(body),
      signal: leave.signal,
    }).catch((error: unknown) => error);
    await oneCallUnderWay();
    leave.abort();
    expect(await answer).toMatchObject({ name: 'AbortError' });
    await expectAllEnded();
    expect(running.logged.filter((line) => /"level":"(error|warn)"/.test(line))).toEqual([]);
    expect(await running.metrics()).toMatch(/vendorgraph_operation_seconds_count{transport="mcp",outcome="left"} 1/);
  });
});

describe("an operation's own deadline", () => {
  it('ends the calls that are left, and the rest is answered', async () => {
    await using hurried = await startFaultyGateway({
      vendors: allAt(vendor.url),
      changes: { stripe: { limits: { concurrency: 1 } } },
      env: { OPERATION_TIMEOUT_MS: '500' },
    });
    vendor.answer(({ target }, response) => {
      if (target.startsWith('/api/v2')) json(response, 200, { ticket: { id: 7 } });
    });
    const { data, errors } = await hurried.ask(`{ ticket: zendeskTicket(id: "7") { id } ${QUERY.slice(1)}`);
    expect(data).toEqual({ ticket: { id: '7' }, a: null, b: null });
    // One was under way, the other still waited for its place.
    const expected = { code: 'VENDOR_TIMEOUT', vendor: 'stripe', operation: 'stripeCustomer', retryable: true };
    expect(errors).toMatchObject([{ extensions: expected }, { extensions: expected }]);
    await expect.poll(() => vendor.parallel, POLL).toBe(0);
    expect(vendor.requests).toHaveLength(2);
  });
});
