import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { listen } from '../../src/sandbox/listener.ts';
import { callTiny, control, startTiny, TOKEN } from './tiny-emulator.ts';

interface Received {
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Takes webhooks; the second is refused. */
async function startReceiver() {
  const received: Received[] = [];
  const listener = await listen(0, async (incoming, outgoing) => {
    received.push({ path: incoming.url, headers: incoming.headers, body: await text(incoming) });
    outgoing.writeHead(received.length === 2 ? 500 : 204).end();
  });
  return Object.assign(listener, { received });
}

describe('the control port', () => {
  it('says what it is, and what it has when asked for something else', async () => {
    await using sandbox = await startTiny();
    const { json } = await control(sandbox, 'GET', '/');
    expect(json).toMatchObject({ vendors: sandbox.urls, paths: { 'POST /emit': expect.any(String) } });
    expect(await control(sandbox, 'GET', '/toString')).toMatchObject({ status: 404 });
    expect(await control(sandbox, 'PATCH', '/world')).toMatchObject({
      status: 404,
      json: { paths: Object.keys(Object(json['paths'])) },
    });
  });

  it('shows the world with credentials, secrets and URLs', async () => {
    await using sandbox = await startTiny();
    const { json } = await control(sandbox, 'GET', '/world');
    expect(json).toMatchObject({
      now: '2026-11-02T09:00:00.000Z',
      counts: { people: 1000, companies: 200, invoices: 1500 },
      credentials: { stripe: { token: TOKEN } },
      webhookSecrets: { stripe: 'tiny_secret' },
      urls: sandbox.urls,
    });
    expect(json['emails']).toContain('ada.lindqvist@brightforge.io');
    expect(json['domains']).toContain('brightforge.io');
    expect(json['people']).toContainEqual(
      expect.objectContaining({ email: 'ada.lindqvist@brightforge.io', companyDomain: 'brightforge.io' }),
    );
    expect(json['ids']).toMatchObject({
      calcom: { bookings: expect.arrayContaining([sandbox.world.bookings[0]?.uid]) },
    });
  });

  it('counts every call by vendor and operation, whatever became of it', async () => {
    await using sandbox = await startTiny();
    await callTiny(sandbox, '/rows?limit=2');
    await fetch(`${sandbox.urls.stripe}/rows`);
    await callTiny(sandbox, '/nowhere');
    await control(sandbox, 'POST', '/faults', { vendor: 'stripe', kind: 'reset', times: 1 });
    await callTiny(sandbox, '/things').catch(() => undefined);
    const { json } = await control(sandbox, 'GET', '/calls');
    expect(json).toMatchObject({
      total: 4,
      byVendor: { stripe: { total: 4, operations: { rows: 2, unknown: 1, things: 1 } } },
      log: [
        { vendor: 'stripe', operation: 'rows', method: 'GET', path: '/rows', query: 'limit=2', status: 200 },
        { operation: 'rows', status: 401 },
        { operation: 'unknown', path: '/nowhere', status: 404 },
        { operation: 'things', status: 0 },
      ],
    });
  });

  it('keeps the log of calls bounded while it counts on', async () => {
    await using sandbox = await startTiny();
    for (let batch = 0; batch < 22; batch += 1) {
      await Promise.all(Array.from({ length: 100 }, async () => (await callTiny(sandbox, '/things/1')).text()));
    }
    const { json } = await control(sandbox, 'GET', '/calls');
    expect(json['total']).toBe(2_200);
    expect(json['log']).toHaveLength(1_000);
  });

  it('shows each write with a copy of its data', async () => {
    await using sandbox = await startTiny();
    const headers = { 'content-type': 'application/json' };
    for (const name of ['one', 'two'])
      await callTiny(sandbox, '/things', { method: 'POST', headers, body: JSON.stringify({ name }) });
    expect((await control(sandbox, 'GET', '/writes')).json).toEqual({
      total: 2,
      byVendor: {
        stripe: [
          { operation: 'createThing', id: 't1', data: { name: 'one' }, at: expect.any(String) },
          { operation: 'createThing', id: 't2', data: { name: 'two' }, at: expect.any(String) },
        ],
      },
    });
  });

  it('reset makes the vendors new on the same ports and forgets calls, writes and faults', async () => {
    await using sandbox = await startTiny();
    const rolled = await (await callTiny(sandbox, '/dice')).json();
    await callTiny(sandbox, '/things', { method: 'POST' });
    await control(sandbox, 'POST', '/faults', { vendor: 'stripe', kind: 'reset' });
    expect(await control(sandbox, 'POST', '/reset')).toMatchObject({ status: 200 });
    expect((await control(sandbox, 'GET', '/calls')).json).toEqual({ total: 0, byVendor: {}, log: [] });
    expect((await control(sandbox, 'GET', '/writes')).json).toEqual({ total: 0, byVendor: {} });
    expect(await (await callTiny(sandbox, '/things')).json()).toEqual([]);
    expect(await (await callTiny(sandbox, '/dice')).json()).toBe(rolled);
  });

  it('answers broken JSON with 400', async () => {
    await using sandbox = await startTiny();
    const response = await fetch(`${sandbox.controlUrl}/faults`, { method: 'POST', body: '{' });
    expect([response.status, await response.json()]).toEqual([400, { error: 'The body is not valid JSON.' }]);
  });
});

describe('emit', () => {
  it('changes the vendor’s state and sends what it signed, byte by byte, once for each count', async () => {
    await using receiver = await startReceiver();
    await using sandbox = await startTiny({ webhookBaseUrl: `${receiver.url}/hooks/` });
    const { status, json } = await control(sandbox, 'POST', '/emit', {
      vendor: 'stripe',
      type: 'thing.created',
      count: 3,
    });
    expect(status).toBe(200);
    expect(json).toEqual({
      deliveries: [204, 500, 204].map((answered) => ({
        type: 'thing.created',
        status: answered,
        ms: expect.any(Number),
      })),
    });
    const body = JSON.stringify({ id: 't1', type: 'thing.created', target: `${receiver.url}/hooks/stripe` });
    expect(receiver.received[0]).toMatchObject({
      path: '/hooks/stripe',
      headers: { 'x-tiny-signature': `signed ${body.length}` },
      body,
    });
    expect(await (await callTiny(sandbox, '/things')).json()).toEqual([{ id: 't1' }, { id: 't2' }, { id: 't3' }]);
  });

  it('goes where PUT /webhooks says, and reports a receiver that is not there', async () => {
    await using receiver = await startReceiver();
    await using sandbox = await startTiny({ webhookBaseUrl: await closedUrl() });
    const order = { vendor: 'stripe', type: 'thing.deleted' };
    expect((await control(sandbox, 'POST', '/emit', order)).json).toEqual({
      deliveries: [{ type: 'thing.deleted', error: expect.stringContaining('ECONNREFUSED') }],
    });
    expect(await control(sandbox, 'PUT', '/webhooks', { url: receiver.url })).toMatchObject({ status: 200 });
    expect((await control(sandbox, 'POST', '/emit', order)).json).toMatchObject({ deliveries: [{ status: 204 }] });
    expect(receiver.received).toMatchObject([{ path: '/stripe' }]);
  });

  it('lists the types it knows when it is given none or another', async () => {
    await using sandbox = await startTiny();
    for (const type of [undefined, 'thing.painted']) {
      expect(await control(sandbox, 'POST', '/emit', { vendor: 'stripe', type })).toEqual({
        status: 400,
        json: { error: 'type must be one of: thing.created, thing.deleted.' },
      });
    }
    expect(await control(sandbox, 'PUT', '/webhooks', { url: 'file:///etc' })).toMatchObject({ status: 400 });
  });
});

/** An address where nobody listens any more. */
async function closedUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}
