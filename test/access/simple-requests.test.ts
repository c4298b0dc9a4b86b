/**
 * What a page of another origin can send without asking first: no such request executes, and with a credential, which such a
 * page cannot send, only JSON does. yoga alone would take forms, plain texts and a GET of any type.
 */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';

const QUERY = '{ stripeInvoices(first: 1) { nodes { id } } }';
const WRITE = 'mutation { slackPostMessage(input: { channel: "C1", text: "hi" }) { ts } }';

const JSON_TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset="UTF-8"',
  'Application/JSON',
  'application/graphql+json',
];

const OTHER_TYPES = [
  undefined,
  '',
  'x',
  ',',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-8',
  'multipart/form-data; boundary=b',
  'text/plain',
  'text/plain; application/json',
  'text/plain, application/json',
  'application/json, text/plain',
  'application/json; text/plain',
  'application/json; charset=utf-16',
  'application/jsonx',
  'application/graphql',
  'application/xml',
  'text/html',
];

function bodiesOf(query: string): Record<string, string> {
  const operations = JSON.stringify({ query });
  return {
    JSON: operations,
    'a form': `${new URLSearchParams({ query })}`,
    'a text': query,
    // What a form of text/plain makes of a field whose name is chosen well.
    'JSON in a text form': `{"query":${JSON.stringify(query)},"x":"="}`,
    'a form in parts': `--b\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${operations}\r\n--b--\r\n`,
  };
}

let running: GatewayUnderTest;
beforeAll(async () => {
  running = await startGatewayUnderTest();
});
afterAll(() => running[Symbol.asyncDispose]());

interface Sent {
  method?: string;
  path?: string;
  type?: string | undefined;
  body?: string;
  headers?: Record<string, string>;
}

interface Answer {
  status: number;
  type: string | undefined;
  text: string;
}

/** Exactly these headers: `fetch` would add a content type of its own. */
function send({ method = 'POST', path = '/graphql', type, body = '', headers = {} }: Sent): Promise<Answer> {
  const length = body === '' ? {} : { 'content-length': `${Buffer.byteLength(body)}` };
  const all = { ...headers, ...length, ...(type !== undefined && { 'content-type': type }) };
  return new Promise((resolve, reject) => {
    const sent = request(`${running.gateway.url}${path}`, { method, headers: all, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'], text }),
      );
    });
    sent.on('error', reject).end(body);
  });
}

async function callsDuring(work: () => Promise<void>): Promise<number> {
  const total = async () => Object.values(await running.calls()).reduce((sum, count) => sum + count, 0);
  const before = await total();
  await work();
  return (await total()) - before;
}

const inUrl = (query: string) => `/graphql?${new URLSearchParams({ query })}`;
const AUTHORISED = { authorization: 'Bearer vg_demo_admin' };
const METHODS = ['POST', 'GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

describe('without a credential in the Authorization header', () => {
  it.each([...JSON_TYPES, ...OTHER_TYPES])('nothing of type %j executes, by any method', async (type) => {
    const statuses = new Set<number>();
    const calls = await callsDuring(async () => {
      for (const method of METHODS)
        for (const query of [QUERY, WRITE])
          for (const body of method === 'GET' || method === 'HEAD' ? [''] : Object.values(bodiesOf(query)))
            statuses.add((await send({ method, path: inUrl(query), type, body })).status);
    });
    expect([...statuses]).toEqual([401]);
    expect(calls).toBe(0);
  });

  it.each<[string, Sent]>([
    ['a cookie', { headers: { cookie: 'authorization=Bearer vg_demo_admin; token=vg_demo_admin' } }],
    ['the name and password of a URL', { headers: { authorization: `Basic ${btoa('vg_demo_admin:vg_demo_admin')}` } }],
    ['a parameter', { path: '/graphql?access_token=vg_demo_admin&authorization=Bearer%20vg_demo_admin' }],
    [
      'the body',
      { body: JSON.stringify({ query: QUERY, access_token: 'vg_demo_admin', authorization: 'Bearer vg_demo_admin' }) },
    ],
    [
      'a header a proxy might add',
      { headers: { 'x-authorization': 'Bearer vg_demo_admin', 'x-api-key': 'vg_demo_admin' } },
    ],
  ])('a credential in %s opens nothing', async (_place, sent) => {
    const calls = await callsDuring(async () => {
      const { status } = await send({ type: 'application/json', body: JSON.stringify({ query: QUERY }), ...sent });
      expect(status).toBe(401);
    });
    expect(calls).toBe(0);
  });
});

describe('with a credential', () => {
  it.each(JSON_TYPES)('a POST of %s executes', async (type) => {
    const body = JSON.stringify({ query: QUERY });
    const calls = await callsDuring(async () => {
      const { status, text } = await send({ type, body, headers: AUTHORISED });
      expect([status, JSON.parse(text)]).toMatchObject([200, { data: { stripeInvoices: { nodes: [{}] } } }]);
    });
    expect(calls).toBe(1);
  });

  it.each(OTHER_TYPES)('a POST of %j is told to send JSON, whatever is in it', async (type) => {
    const calls = await callsDuring(async () => {
      for (const query of [QUERY, WRITE])
        for (const body of Object.values(bodiesOf(query)))
          expectTypeRefused(await send({ type, body, path: inUrl(query), headers: AUTHORISED }));
    });
    expect(calls).toBe(0);
  });

  it.each([undefined, 'application/json'])('a GET of a query executes with type %j', async (type) => {
    const calls = await callsDuring(async () => {
      const { status } = await send({ method: 'GET', path: inUrl(QUERY), type, headers: AUTHORISED });
      expect(status).toBe(200);
    });
    expect(calls).toBe(1);
  });

  it.each(OTHER_TYPES.filter((type) => type !== undefined))('a GET of type %j is refused', async (type) => {
    const calls = await callsDuring(async () =>
      expectTypeRefused(await send({ method: 'GET', path: inUrl(QUERY), type, headers: AUTHORISED })),
    );
    expect(calls).toBe(0);
  });

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s carries no mutation', async (method) => {
    const calls = await callsDuring(async () => {
      const body = method === 'GET' || method === 'HEAD' ? '' : JSON.stringify({ query: WRITE });
      const { status } = await send({
        method,
        path: inUrl(WRITE),
        type: 'application/json',
        body,
        headers: AUTHORISED,
      });
      expect(status).toBe(405);
    });
    expect(calls).toBe(0);
  });

  it('a body of over 1 MB is refused on every way in', async () => {
    const body = JSON.stringify({ query: `{ __typename } #${'x'.repeat(1_000_000)}` });
    for (const accept of [
      'application/json',
      'application/graphql-response+json',
      'text/event-stream',
      'multipart/mixed',
    ]) {
      const { status } = await send({ type: 'application/json', body, headers: { ...AUTHORISED, accept } });
      expect(status).toBe(413);
    }
  });

  function expectTypeRefused({ status, type, text }: Answer): void {
    expect([status, type]).toEqual([415, 'application/json; charset=utf-8']);
    expect(JSON.parse(text).errors).toMatchObject([
      {
        message: expect.stringContaining('content-type: application/json'),
        extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) },
      },
    ]);
  }
});
