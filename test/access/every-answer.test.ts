/** What every answer carries, whatever was asked, how and by whom; and what a gateway without the sandbox does not show. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createLog, type Gateway, readSettings, startGateway } from '../../src/index.ts';
import { toolCall } from '../agents/mcp-request.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ROOT } from '../start/running-command.ts';

const SECURE = {
  // A stream says no-cache, too.
  'cache-control': expect.stringContaining('no-store'),
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
const BANNERS = ['server', 'x-powered-by', 'via', 'x-runtime', 'x-aspnet-version'];

const KEY = { authorization: 'Bearer vg_demo_admin' };
const JSON_BODY = { ...KEY, 'content-type': 'application/json' };

interface Asked {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

function ask(url: string, { method = 'GET', path = '/graphql', headers = {}, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on('error', reject).end(body);
  });
}

function expectSecure({ headers }: Answer, more: Partial<Record<keyof typeof SECURE, unknown>> = {}): void {
  expect(headers).toMatchObject({ ...SECURE, ...more });
  for (const banner of BANNERS) expect(headers).not.toHaveProperty(banner);
}

const QUERY = JSON.stringify({ query: '{ __typename }' });
const called = toolCall('graph_query', { query: '{ __typename }', reason: 'to see the headers' });
const MCP = { headers: { ...KEY, ...called.headers }, body: JSON.stringify(called.body) };

const ASKED: Readonly<Record<number, Readonly<Record<string, Asked>>>> = {
  200: {
    'a query': { method: 'POST', headers: JSON_BODY, body: QUERY },
    'a query by GET': { path: '/graphql?query=%7B__typename%7D', headers: KEY },
    'a stream': { method: 'POST', headers: { ...JSON_BODY, accept: 'text/event-stream' }, body: QUERY },
    'an answer in parts': { method: 'POST', headers: { ...JSON_BODY, accept: 'multipart/mixed' }, body: QUERY },
    'a wrong query': { method: 'POST', headers: JSON_BODY, body: '{"query":"{"}' },
    'a field that failed': {
      method: 'POST',
      headers: JSON_BODY,
      body: '{"query":"{ stripeCustomer(id: \\"..\\") { id } }"}',
    },
    'who is alive': { path: '/livez' },
    'who is ready': { path: '/readyz' },
    metrics: { path: '/metrics', headers: KEY },
    'the description of the resource': { path: '/.well-known/oauth-protected-resource/graphql' },
    'the description of the agents’ resource': { path: '/.well-known/oauth-protected-resource/mcp' },
    'an agent’s question': { method: 'POST', path: '/mcp', headers: MCP.headers, body: MCP.body },
  },
  400: {
    'no JSON': { method: 'POST', headers: JSON_BODY, body: '{' },
    'a list': { method: 'POST', headers: JSON_BODY, body: `[${QUERY}]` },
    'a list of messages': { method: 'POST', path: '/mcp', headers: MCP.headers, body: `[${MCP.body}]` },
    'a host that is none': { headers: { host: 'a b' } },
  },
  401: {
    'nobody’s query': { method: 'POST', headers: { 'content-type': 'application/json' }, body: QUERY },
    'nobody’s stream': { headers: { accept: 'text/event-stream' } },
    'nobody’s metrics': { path: '/metrics' },
    'nobody’s message': { method: 'POST', path: '/mcp', body: MCP.body },
  },
  403: {
    'metrics for others': { path: '/metrics', headers: { authorization: 'Bearer vg_demo_app' } },
    'a write without its scope': {
      method: 'POST',
      headers: { ...JSON_BODY, authorization: 'Bearer vg_demo_agent' },
      body: '{"query":"mutation { slackPostMessage(input: { channel: \\"C1\\", text: \\"x\\" }) { ts } }"}',
    },
  },
  404: {
    'the root': { path: '/' },
    'a path below': { path: '/graphql/x' },
    'a path of others': { path: '/.env' },
    'an upgrade elsewhere': { path: '/x', headers: { connection: 'upgrade', upgrade: 'websocket' } },
  },
  405: {
    'a mutation by GET': {
      path: `/graphql?query=${encodeURIComponent('mutation { resendCancelEmail(id: "x") { id } }')}`,
      headers: KEY,
    },
    'a stream for an agent': { path: '/mcp', headers: KEY },
    'a POST to metrics': { method: 'POST', path: '/metrics' },
  },
  413: {
    'a large body': {
      method: 'POST',
      headers: JSON_BODY,
      body: JSON.stringify({ query: `{ a } #${'x'.repeat(1_000_000)}` }),
    },
  },
  415: { 'a form': { method: 'POST', headers: { ...KEY, 'content-type': 'text/plain' }, body: QUERY } },
};

const CASES = Object.entries(ASKED).flatMap(([status, asked]) =>
  Object.entries(asked).map(([name, one]) => [Number(status), name, one] as const),
);

describe('every answer carries its headers and no banner:', () => {
  let running: GatewayUnderTest;
  let url: string;
  beforeAll(async () => {
    running = await startGatewayUnderTest();
    url = running.gateway.url;
  });
  afterAll(() => running[Symbol.asyncDispose]());

  it.each(CASES)('%i, %s', async (status, _name, asked) => {
    const answer = await ask(url, asked);
    expect(answer.status).toBe(status);
    expectSecure(answer);
  });

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])('%s on every path', async (method) => {
    for (const path of [
      '/',
      '/graphql',
      '/graphql/',
      '/mcp',
      '/livez',
      '/readyz',
      '/metrics',
      '/nothing',
      '/.well-known/oauth-protected-resource',
    ])
      for (const headers of [{}, KEY]) expectSecure(await ask(url, { method, path, headers }));
  });

  it('an upgrade that is none', async () => {
    const headers = {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'short',
      'sec-websocket-version': '13',
    };
    const answer = await ask(url, { headers });
    expect([answer.status, answer.text]).toEqual([400, '']);
    expectSecure(answer);
  });

  it('GraphiQL, which may run its own script and ask the gateway, and nothing else', async () => {
    const answer = await ask(url, { headers: { accept: 'text/html' } });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html']);
    expectSecure(answer, { 'content-security-policy': expect.any(String) });
    expect(String(answer.headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      expect.stringMatching(/^script-src 'sha256-[A-Za-z0-9+/]{43}='$/),
      'worker-src blob:',
      "style-src 'unsafe-inline'",
      'font-src data:',
      'img-src data:',
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });
});

describe('without the sandbox', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'vendorgraph-plain-'));
  const apiKey = 'a-key-of-the-operator';
  let gateway: Gateway;
  beforeAll(async () => {
    const settings = readSettings({ PORT: '0', VENDORGRAPH_DATA_DIR: dataDir, VENDORGRAPH_API_KEY: apiKey });
    gateway = await startGateway({ graphDir: ROOT, settings, log: createLog({ level: 'silent' }), env: {} });
  });
  afterAll(async () => {
    await gateway.drain();
    rmSync(dataDir, { recursive: true });
  });

  it.each(['vg_demo_frontend', 'vg_demo_app', 'vg_demo_agent', 'vg_demo_admin'])('%s opens nothing', async (key) => {
    const authorization = `Bearer ${key}`;
    const headers = { authorization, 'content-type': 'application/json' };
    expect((await ask(gateway.url, { method: 'POST', headers, body: QUERY })).status).toBe(401);
    expect(
      (await ask(gateway.url, { path: '/graphql?query=%7B__typename%7D', headers: { authorization } })).status,
    ).toBe(401);
    expect((await ask(gateway.url, { path: '/metrics', headers: { authorization } })).status).toBe(401);
    const closed = await new Promise((resolve) => {
      const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } })));
      socket.on('message', () => resolve('let in')).on('close', resolve);
    });
    expect(closed).toBe(4403);
  });

  it('shows GraphiQL to nobody', async () => {
    for (const headers of [{}, { authorization: `Bearer ${apiKey}` }]) {
      const answer = await ask(gateway.url, { headers: { ...headers, accept: 'text/html,*/*;q=0.8' } });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.text).not.toMatch(/<html|graphiql/i);
      expectSecure(answer);
    }
  });

  it('knows the operator’s key', async () => {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    expect((await ask(gateway.url, { method: 'POST', headers, body: QUERY })).status).toBe(200);
  });

  it('explains an operation to who may administer, and to no other', async () => {
    const headers = {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      'x-vendorgraph-explain': '1',
    };
    const { text } = await ask(gateway.url, { method: 'POST', headers, body: QUERY });
    expect(JSON.parse(text).extensions).toHaveProperty('explain');
  });
});
