/** What comes to `/mcp` besides what a client of the protocol would send, straight over HTTP. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessGateway, startAccessGateway } from '../access/access-gateway.ts';
import { type McpMessage, mcpRequest, messageOf, toolCall } from './mcp-request.ts';

const CALL = toolCall('graph_query', { query: '{ __typename }', reason: 'to see what comes back' });
const BODY = JSON.stringify(CALL.body);

let gateway: AccessGateway;
let port: number;
beforeAll(async () => {
  gateway = await startAccessGateway();
  port = Number(new URL(gateway.gateway.url).port);
});
afterAll(() => gateway[Symbol.asyncDispose]());

interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  key?: string | undefined;
}

interface Told {
  status: number;
  headers: Record<string, unknown>;
  message: McpMessage;
  text: string;
}

function send({ method = 'POST', headers = {}, body = BODY, key = gateway.keys.reader }: Sent): Promise<Told> {
  return new Promise((resolve, reject) => {
    const all = { ...CALL.headers, authorization: `Bearer ${key}`, ...headers };
    const sent = request({ port, path: '/mcp', method, headers: all, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, message: messageOf(text), text }),
      );
    });
    sent.on('error', reject).end(method === 'POST' ? body : undefined);
  });
}

async function expectOnRecord(requestId: unknown): Promise<void> {
  const query = `{ auditEvents(filter: { requestId: "${requestId}" }) { nodes { transport outcome codes } } }`;
  const refused = { transport: 'mcp', outcome: 'REFUSED', codes: ['BAD_USER_INPUT'] };
  await expect.poll(async () => (await gateway.ask(query)).data).toEqual({ auditEvents: { nodes: [refused] } });
}

describe('a request to /mcp', () => {
  it.each([
    ['by GET', { method: 'GET' }, 405],
    ['by DELETE', { method: 'DELETE' }, 405],
    ['of plain text', { headers: { 'content-type': 'text/plain' } }, 415],
    ['of a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
    ['that is no JSON', { body: '{' }, 400],
    ['with nothing in it', { body: '' }, 400],
    ['of many messages', { body: `[${BODY},${BODY}]` }, 400],
    ['that is too large', { body: JSON.stringify({ x: 'x'.repeat(1_000_000) }) }, 413],
    ['that grows too large', { headers: { 'transfer-encoding': 'chunked' }, body: 'x'.repeat(1_000_001) }, 413],
  ] as [string, Sent, number][])('%s is refused as such, and on record', async (_what, sent, status) => {
    const { status: told, headers, message } = await send(sent);
    expect(told).toBe(status);
    expect(message.error?.data).toMatchObject({ code: 'BAD_USER_INPUT', requestId: headers['x-request-id'] });
    expect(headers).toHaveProperty('ratelimit');
    if (status === 405) expect(headers['allow']).toBe('POST');
    await expectOnRecord(headers['x-request-id']);
  });

  it('for a tool that is not there is told which are, and on record', async () => {
    const { headers, body } = toolCall('graph_apply', {});
    const { message, headers: told } = await send({ headers, body: JSON.stringify(body) });
    expect(message.error).toMatchObject({ code: -32_602, message: expect.stringContaining('graph_query') });
    await expectOnRecord(told['x-request-id']);
  });

  it.each([
    ['a page of another origin', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['a page whose name was made to lead here', { host: 'evil.example', origin: 'http://evil.example' }],
    ['a name that is not ours', { host: 'evil.example:4000' }],
    ['a page of the same machine and another port', { origin: 'http://127.0.0.1:1' }],
  ])('of %s is refused, whoever asks', async (_what, headers) => {
    const { status, message } = await send({ headers });
    expect({ status, code: message.error?.data?.['code'] }).toEqual({ status: 403, code: 'BAD_USER_INPUT' });
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', '10.1.2.3'])('to %s is taken, of its own page too', async (name) => {
    const host = `${name}:${port}`;
    for (const headers of [{ host }, { host, origin: `http://${host}` }])
      expect(await send({ headers })).toMatchObject({ status: 200, message: { result: { isError: false } } });
  });

  it('without a credential learns where to get one', async () => {
    const { headers } = await send({ headers: { authorization: '' } });
    const [, metadata = ''] = /resource_metadata="([^"]+)"/.exec(String(headers['www-authenticate'])) ?? [];
    const { resource } = (await (await fetch(metadata)).json()) as { resource: string };
    // Clients refuse metadata of another resource than the one they asked.
    expect(resource).toBe(`${gateway.gateway.url}/mcp`);
  });

  it('is open to nothing that lasts: whoever wants to listen is told so, and the stream ends', async () => {
    const notifications = { toolsListChanged: true, resourcesListChanged: true };
    const { headers, body } = mcpRequest('subscriptions/listen', { notifications });
    const { status, text } = await send({ headers, body: JSON.stringify(body) });
    expect(status).toBe(200);
    const messages = [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
    expect(messages).toMatchObject([
      { method: 'notifications/subscriptions/acknowledged', params: { notifications: {} } },
      { id: 1, result: { resultType: 'complete' } },
    ]);
  });

  it('of the older kind needs no session', async () => {
    const { headers, body } = mcpRequest('tools/list', {}, '2025-11-25');
    const { status, message, headers: told } = await send({ headers, body: JSON.stringify(body) });
    expect(status).toBe(200);
    expect(message.result).toMatchObject({ tools: [{ name: 'graph_describe' }, { name: 'graph_query' }] });
    expect(told).not.toHaveProperty('mcp-session-id');
  });

  it('that is nested without end is answered', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const body = BODY.replace('"reason"', `"variables":{"x":${deep}},"reason"`);
    const { status, message } = await send({ body });
    expect(status).toBeLessThan(500);
    expect(message.result ?? message.error).toBeDefined();
    expect(await send({})).toMatchObject({ status: 200 });
  });

  it('carries its id back, and no other than a harmless one', async () => {
    expect((await send({ headers: { 'x-request-id': 'mine-1' } })).headers['x-request-id']).toBe('mine-1');
    expect((await send({ headers: { 'x-request-id': 'a b<>' } })).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});
