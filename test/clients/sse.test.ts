import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { CUSTOMER_360 } from './customer-360.ts';

let running: GatewayUnderTest;
beforeAll(async () => {
  running = await startGatewayUnderTest();
});
afterAll(() => running[Symbol.asyncDispose]());

const client = (key = 'vg_demo_frontend') =>
  createClient({
    url: `${running.gateway.url}/graphql`,
    retryAttempts: 0,
    headers: { authorization: `Bearer ${key}` },
  });

/** Every result until the server says that the operation is complete. */
async function results(query: string, key?: string) {
  const all = [];
  for await (const result of client(key).iterate({ query })) all.push(result);
  return all;
}

describe('GraphQL over server-sent events', () => {
  it('answers a query as a stream of one next and a complete', async () => {
    for (const method of ['POST', 'GET']) {
      const url = new URL(`${running.gateway.url}/graphql`);
      const headers = {
        authorization: 'Bearer vg_demo_frontend',
        accept: 'text/event-stream',
        'content-type': 'application/json',
      };
      const query = '{ person(email: "ada.lindqvist@brightforge.io") { name } }';
      if (method === 'GET') url.searchParams.set('query', query);
      const response = await fetch(url, {
        method,
        headers,
        ...(method === 'POST' && { body: JSON.stringify({ query }) }),
      });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream\b/);
      expect(response.headers.get('x-request-id')).toBeTruthy();
      const events = (await response.text()).split('\n\n').filter((event) => /^event:/m.test(event));
      expect(events.map((event) => /^event: ?(\w+)$/m.exec(event)?.[1])).toEqual(['next', 'complete']);
      expect(JSON.parse(/^data: ?(.+)$/m.exec(events[0] ?? '')?.[1] ?? '')).toEqual({
        data: { person: { name: 'Ada Lindqvist' } },
        extensions: { cost: { estimated: expect.any(Number), actual: expect.any(Number) } },
      });
    }
  });

  it('gives the graphql-sse client the answer that HTTP gives', async () => {
    const [sse, http] = [await results(CUSTOMER_360), await running.ask(CUSTOMER_360)];
    expect(sse).toHaveLength(1);
    expect(sse[0]?.data).toEqual(http.data);
  });

  it('sends errors typed, in the stream', async () => {
    const refused = await results(
      '{ person(email: "ada.lindqvist@brightforge.io") { emails(first: -1) { nodes { id } } } }',
    );
    expect(refused).toMatchObject([
      { errors: [{ extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) } }] },
    ]);
    const invalid = await results('{ nobody { name } }');
    expect(invalid).toMatchObject([
      { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED', requestId: expect.any(String) } }] },
    ]);
  });

  it('opens no stream for a key nobody knows', async () => {
    await expect(results('{ __typename }', 'wrong')).rejects.toMatchObject({ response: { status: 401 } });
  });

  it('opens no stream for what is wholly beyond the key', async () => {
    const mutation = 'mutation { hubspotCreateContact(input: { properties: { email: "new@example.com" } }) { id } }';
    await expect(results(mutation)).rejects.toMatchObject({ response: { status: 403 } });
  });

  it('refuses a mutation by GET with 405 here too', async () => {
    const url = new URL(`${running.gateway.url}/graphql`);
    url.searchParams.set(
      'query',
      'mutation { hubspotCreateContact(input: { properties: { email: "new@example.com" } }) { id } }',
    );
    await running.control('POST', '/reset');
    const response = await fetch(url, {
      headers: { authorization: 'Bearer vg_demo_admin', accept: 'text/event-stream' },
    });
    await response.text();
    expect(response.status).toBe(405);
    expect(await running.calls()).toEqual({});
  });
});
