import { type Client, createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';

let running: GatewayUnderTest;
beforeAll(async () => {
  running = await startGatewayUnderTest();
});
afterAll(() => running[Symbol.asyncDispose]());

const connect = (key: string | undefined, more: Record<string, unknown> = {}): Client =>
  createClient({
    url: `${running.gateway.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { ...(key && { authorization: `Bearer ${key}` }), ...more },
  });

async function ask(client: Client, query: string, variables: Record<string, unknown> = {}) {
  for await (const result of client.iterate({ query, variables })) return result;
  throw new Error('no result');
}

describe('GraphQL over WebSocket', () => {
  it('answers queries as HTTP does', async () => {
    const query = '{ person(email: "ada.lindqvist@brightforge.io") { name account { domain } } }';
    const client = connect('vg_demo_frontend');
    const [ws, http] = [await ask(client, query), await running.ask(query)];
    expect(ws.data).toEqual(http.data);
    expect(ws.data).toMatchObject({ person: { account: { domain: 'brightforge.io' } } });
    await client.dispose();
  });

  it('closes a connection without a valid key with 4403', async () => {
    for (const key of [undefined, 'wrong']) {
      const failure = await ask(connect(key), '{ __typename }').catch((event: unknown) => event);
      expect(failure).toMatchObject({ code: 4403 });
    }
  });

  it('masks errors, gives each a code and a request id, and keeps the socket', async () => {
    const client = connect('vg_demo_agent');
    const denied = await ask(client, 'mutation { slackPostMessage(input: { channel: "C1", text: "x" }) { ts } }');
    expect(denied.errors?.[0]?.extensions).toMatchObject({ code: 'SCOPE_MISSING', requestId: expect.any(String) });
    const invalid = await ask(client, '{ nope }').catch((errors: unknown) => errors);
    expect(invalid).toMatchObject([
      { extensions: { code: 'GRAPHQL_VALIDATION_FAILED', requestId: expect.any(String) } },
    ]);
    const broken = await ask(client, '{ nope').catch((errors: unknown) => errors);
    expect(broken).toMatchObject([{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }]);
    expect(await ask(client, '{ __typename }')).toMatchObject({ data: { __typename: 'Query' } });
    await client.dispose();
  });

  it('explains an operation when the connection asks for it', async () => {
    const client = connect('vg_demo_frontend', { 'x-vendorgraph-explain': '1' });
    const { extensions } = await ask(client, '{ stripeInvoices(first: 1) { nodes { id } } }');
    expect(extensions).toMatchObject({
      explain: { waves: 1, cost: 1, vendorCalls: [{ vendor: 'stripe', operation: 'stripeInvoices', status: 200 }] },
    });
    await client.dispose();
  });

  it('ends the vendor calls of an operation the client completes', async () => {
    await running.control('POST', '/reset');
    await running.control('POST', '/faults', { vendor: 'stripe', kind: 'blackhole' });
    const client = connect('vg_demo_frontend');
    const running1 = client.iterate({ query: '{ stripeInvoices(first: 1) { nodes { id } } }' });
    const first = running1.next();
    await expect.poll(() => running.calls()).toMatchObject({ 'stripe.invoices': 1 });
    await running1.return?.();
    await first;
    const metrics = async () => {
      const headers = { authorization: 'Bearer vg_demo_admin' };
      return (await fetch(`${running.gateway.url}/metrics`, { headers })).text();
    };
    await expect
      .poll(metrics)
      .toContain('vendorgraph_vendor_calls_total{vendor="stripe",operation="stripeInvoices",status="none"} 1');
    await running.control('DELETE', '/faults');
    await client.dispose();
  });

  it('gives the answers in flight before a drain closes the socket with 1001', async () => {
    await using draining = await startGatewayUnderTest();
    await draining.control('POST', '/faults', { vendor: 'stripe', kind: 'latency', value: 300 });
    let closed: unknown;
    const client = createClient({
      url: `${draining.gateway.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazy: false,
      connectionParams: { authorization: 'Bearer vg_demo_frontend' },
      onNonLazyError: () => {},
      on: { closed: (event) => (closed = event) },
    });
    const answer = ask(client, '{ stripeInvoices(first: 1) { nodes { id } } }');
    await expect.poll(() => draining.calls()).toMatchObject({ 'stripe.invoices': 1 });
    await draining.gateway.drain();
    expect((await answer).data).toMatchObject({ stripeInvoices: { nodes: [{ id: expect.any(String) }] } });
    expect(closed).toMatchObject({ code: 1001 });
  });
});
