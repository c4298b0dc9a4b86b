/** How a gateway ends: what runs is finished, nothing new begins, nobody is left behind. */
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { isUp, quietPort, runCommand, type StartedSandboxGateway, startWithSandbox } from './running-command.ts';

const SLOW_QUERY =
  '{ account(domain: "brightforge.io") { name customer { id } } stripeInvoices(first: 2) { nodes { id } } }';
const SLOW_MS = 1_500;

/** A query that waits for a slow vendor, when it does. */
async function askSlowly(gateway: StartedSandboxGateway, latencyMs = SLOW_MS): Promise<{ answer: Promise<Response> }> {
  await gateway.control('POST', '/faults', {
    vendor: 'stripe',
    operation: 'invoices',
    kind: 'latency',
    value: latencyMs,
  });
  const answer = gateway.ask(SLOW_QUERY);
  answer.catch(() => {});
  await expect
    .poll(() => gateway.control('GET', '/calls'))
    .toMatchObject({ byVendor: { stripe: { operations: { invoices: 1 } } } });
  return { answer };
}

/** An open WebSocket; resolves with the code it is closed with. */
async function connect({ url }: StartedSandboxGateway): Promise<{ closed: Promise<number> }> {
  const { promise: closed, resolve: onClosed } = Promise.withResolvers<number>();
  const { promise: connected, resolve: onConnected } = Promise.withResolvers<void>();
  createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    connectionParams: { authorization: 'Bearer vg_demo_frontend' },
    onNonLazyError: () => {},
    on: { connected: () => onConnected(), closed: (event) => onClosed((event as { code: number }).code) },
  });
  await connected;
  return { closed };
}

async function isReady({ url }: StartedSandboxGateway): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    ({ status }) => status !== 503,
    () => false,
  );
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  it('lets the query in flight finish, takes nothing new, closes WebSockets with 1001, ends the sandbox and exits 0', async () => {
    await using gateway = await startWithSandbox();
    const { closed } = await connect(gateway);
    const { answer } = await askSlowly(gateway);
    const signalled = performance.now();
    gateway.kill(signal);

    await expect.poll(() => isReady(gateway)).toBe(false);
    expect(performance.now() - signalled).toBeLessThan(SLOW_MS);
    expect(await closed).toBe(1001);
    const { data, errors } = (await (await answer).json()) as { data: unknown; errors?: unknown };
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ account: { name: 'Brightforge' }, stripeInvoices: { nodes: [{}, {}] } });

    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    // Not the drain time: it goes as soon as nothing is in flight, though the client would keep its connection open.
    expect(performance.now() - signalled).toBeLessThan(SLOW_MS + 3_000);
    expect(await isUp(gateway.controlUrl)).toBe(false);
    expect(gateway.stderr()).toBe('');
  });
});

/** Asks for some 10 MB, more than sockets buffer, and reads no further than the beginning until told to. */
async function askForMuch({
  url,
}: StartedSandboxGateway): Promise<{ readOn(): Promise<{ promised: number; received: number }> }> {
  const fields = 'id number hosted_invoice_url invoice_pdf description customer_email customer_name created amount_due';
  const lists = Array.from(
    { length: 12 },
    (_, index) => `l${index}: stripeInvoices(first: 1000) { nodes { ${fields} } edges { cursor node { ${fields} } } }`,
  );
  const body = JSON.stringify({ query: `{ ${lists.join(' ')} }` });
  const headers = [
    'host: gateway',
    'authorization: Bearer vg_demo_frontend',
    'content-type: application/json',
    `content-length: ${body.length}`,
  ];
  const socket = connectTcp({ host: '127.0.0.1', port: Number(new URL(url).port) });
  socket.write(`POST /graphql HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`);
  const [first] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  return {
    async readOn() {
      const rest = await buffer(socket);
      const head = first.subarray(0, first.indexOf('\r\n\r\n') + 4).toString();
      const promised = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      return { promised, received: first.length - head.length + rest.length };
    },
  };
}

describe('ending', () => {
  it('hands out a large answer to the end to somebody who reads slowly', async () => {
    await using gateway = await startWithSandbox();
    const { readOn } = await askForMuch(gateway);
    gateway.kill('SIGTERM');
    await expect.poll(() => isReady(gateway)).toBe(false);
    const { promised, received } = await readOn();
    expect(promised).toBeGreaterThan(8_000_000);
    expect(received).toBe(promised);
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
  });

  it('survives the Ctrl+C of a terminal, which reaches every process of the group, and npm passing it on once more', async () => {
    await using gateway = await startWithSandbox({ ownGroup: true });
    const { answer } = await askSlowly(gateway);
    process.kill(-gateway.pid, 'SIGINT');
    await expect.poll(() => isReady(gateway)).toBe(false);
    gateway.kill('SIGINT');
    expect(await (await answer).json()).toMatchObject({ data: { stripeInvoices: { nodes: [{}, {}] } } });
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect(await isUp(gateway.controlUrl)).toBe(false);
  });

  it('waits no longer than the drain time', async () => {
    await using gateway = await startWithSandbox({ env: { DRAIN_TIMEOUT_MS: '300' } });
    const { answer } = await askSlowly(gateway, 60_000);
    const signalled = performance.now();
    gateway.kill('SIGTERM');
    await expect(answer).rejects.toThrow();
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - signalled).toBeLessThan(5_000);
    expect(await isUp(gateway.controlUrl)).toBe(false);
  });

  it('leaves no sandbox behind when it is killed', async () => {
    await using gateway = await startWithSandbox();
    gateway.kill('SIGKILL');
    expect(await gateway.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await isUp(gateway.controlUrl)).toBe(false);
  });

  it('leaves no sandbox behind when it is ended while the sandbox starts', async () => {
    const port = quietPort();
    await using command = runCommand(['start', '--sandbox'], { env: { SANDBOX_PORT: String(port) } });
    await expect.poll(() => isUp(`http://127.0.0.1:${port}`), { interval: 1, timeout: 10_000 }).toBe(true);
    command.kill('SIGTERM');
    await command.ended;
    expect(await isUp(`http://127.0.0.1:${port}`)).toBe(false);
  });
});
