import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';

let running: GatewayUnderTest;
beforeAll(async () => {
  running = await startGatewayUnderTest();
});
afterAll(() => running[Symbol.asyncDispose]());

describe('admission', () => {
  it.each([undefined, 'Bearer wrong', 'Basic dmdfZGVtb19hZG1pbg==', 'vg_demo_admin', 'Bearer '])(
    'refuses %j before anything is parsed',
    async (authorization) => {
      const response = await fetch(`${running.gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
        body: '{ this is not even JSON',
      });
      expect(response.status).toBe(401);
      const error = authorization === 'Bearer wrong' ? 'error="invalid_token", ' : '';
      expect(response.headers.get('www-authenticate')).toBe(
        `Bearer ${error}resource_metadata="${running.gateway.url}/.well-known/oauth-protected-resource/graphql"`,
      );
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    },
  );

  it('answers /livez and /readyz without a credential, and nothing else', async () => {
    const paths = ['/livez', '/readyz', '/metrics', '/', '/graphql', '/console', '/mcp'];
    const statuses = await Promise.all(paths.map(async (path) => (await fetch(running.gateway.url + path)).status));
    expect(Object.fromEntries(paths.map((path, index) => [path, statuses[index]]))).toEqual({
      '/livez': 200,
      '/readyz': 200,
      '/metrics': 401,
      '/': 404,
      '/graphql': 401,
      '/console': 404,
      '/mcp': 401,
    });
  });

  it('shows metrics to admin:read only, with vendor counters', async () => {
    await running.ask('{ stripeInvoices(first: 1) { nodes { id } } }');
    const metrics = (key: string) =>
      fetch(`${running.gateway.url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
    expect((await metrics('vg_demo_agent')).status).toBe(403);
    const text = await (await metrics('vg_demo_admin')).text();
    expect(text).toMatch(
      /vendorgraph_vendor_calls_total\{vendor="stripe",operation="stripeInvoices",status="200"\} [1-9]/,
    );
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('counts who comes without a valid credential, and says so once a minute, without the credential', async () => {
    const ask = (key: string) =>
      fetch(`${running.gateway.url}/graphql?query={a}`, { headers: { authorization: `Bearer ${key}` } });
    const failures = async (transport: string): Promise<number> => {
      const headers = { authorization: 'Bearer vg_demo_admin' };
      const text = await (await fetch(`${running.gateway.url}/metrics`, { headers })).text();
      const [, count = 0] =
        new RegExp(`authentication_failures_total{transport="${transport}"} (\\d+)`).exec(text) ?? [];
      return Number(count);
    };
    const before = await failures('get');
    for (let asked = 0; asked < 20; asked += 1) await ask('CANARY-credential');
    const socket = new WebSocket(`${running.gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    socket.addEventListener('open', () =>
      socket.send('{"type":"connection_init","payload":{"authorization":"CANARY"}}'),
    );
    expect(await new Promise((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))).toBe(4403);
    expect([(await failures('get')) - before, await failures('ws')]).toEqual([20, 1]);
    expect(running.logged.join()).not.toContain('CANARY');
    const told = running.logged.filter((line) => line.includes('caller refused'));
    expect(told.filter((line) => line.includes('valid credential (get)'))).toHaveLength(1);
    expect(told.filter((line) => line.includes('(ws)'))).toHaveLength(1);
  });

  it('lets a key write only where its scopes say, before any call', async () => {
    await running.control('POST', '/reset');
    const { errors, data, status } = await running.ask(
      'mutation { slackPostMessage(input: { channel: "C1", text: "hi" }) { ts } }',
      { key: 'vg_demo_agent' },
    );
    expect([status, data]).toEqual([403, null]);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.extensions).toMatchObject({ code: 'SCOPE_MISSING', scopes: ['slack:write'] });
    expect(await running.calls()).toEqual({});
  });

  it('keeps a harmless request id and replaces any other', async () => {
    const idFor = async (sent: string) => {
      const response = await fetch(`${running.gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer vg_demo_frontend', 'x-request-id': sent },
        body: JSON.stringify({ query: '{ nope }' }),
      });
      const { errors } = (await response.json()) as { errors: { extensions: { requestId: string } }[] };
      expect(errors[0]?.extensions.requestId).toBe(response.headers.get('x-request-id'));
      return response.headers.get('x-request-id');
    };
    expect(await idFor('trace-1234')).toBe('trace-1234');
    expect(await idFor('<script>')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('refuses bodies over 1 MB', async () => {
    const { status } = await running.ask(`{ __typename } # ${'x'.repeat(1_000_001)}`);
    expect(status).toBe(413);
  });
});
