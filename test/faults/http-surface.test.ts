/** Requests no client library would make, straight onto the socket. Each is answered or cut; none shows how we are built. */
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { allAt, type FaultyGateway, startFaultyGateway } from './faulty-gateway.ts';
import { type AnswerError, expectSoundErrors } from './sound-errors.ts';
import { json, type StubVendor, startStubVendor } from './stub-vendor.ts';

let vendor: StubVendor;
let running: FaultyGateway;
let port: number;
beforeAll(async () => {
  vendor = await startStubVendor((_request, response) => json(response, 200, { id: 'cus_1' }));
  running = await startFaultyGateway({ vendors: allAt(vendor.url) });
  port = Number(new URL(running.gateway.url).port);
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await vendor[Symbol.asyncDispose]();
});

const KEY = 'authorization: Bearer vg_demo_admin';
const BODY = '{"query":"{ __typename }"}';
/** One request as text; `connection: close` lets the end of the answer be the end of the socket. */
const request = (line: string, headers: readonly string[] = [], body = ''): string =>
  `${[`${line} HTTP/1.1`, 'host: gateway', 'connection: close', ...headers].join('\r\n')}\r\n\r\n${body}`;
const post = (headers: readonly string[], body: string): string =>
  request('POST /graphql', [KEY, `content-length: ${Buffer.byteLength(body)}`, ...headers], body);

/** The whole answer; '' when the socket was closed without one. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', () => {}).on('close', () => resolve(answer));
  });
}

const statusOf = (answer: string): number =>
  Number(/^HTTP\/1\.1 (\d+)/.exec(answer.replace(/^HTTP\/1\.1 100 .*\r\n\r\n/, ''))?.[1] ?? 0);
const bodyOf = (answer: string): string => answer.slice(answer.lastIndexOf('\r\n\r\n') + 4);

/** What holds for every answer here. */
function expectNothingShown(answer: string): void {
  expect(answer.toLowerCase()).not.toContain('x-powered-by');
  expect(answer).not.toMatch(/^server:/im);
  expect(answer).not.toMatch(/\n\s+at |node_modules|node:internal|\/src\/|\.ts:\d|[A-Z]\w+Error/);
  const body = bodyOf(answer);
  if (body.startsWith('{"errors"')) expectSoundErrors(JSON.parse(body).errors);
}

interface Case {
  sent: string;
  status: number | readonly number[];
  code?: string;
}
const J = 'content-type: application/json';
const headers = (count: number): string[] => Array.from({ length: count }, (_, index) => `x-h${index}: 1`);

const CASES: Record<string, Case> = {
  'plain text': { sent: post(['content-type: text/plain'], BODY), status: 415 },
  'no content type': { sent: post([], BODY), status: 415 },
  XML: { sent: post(['content-type: application/xml'], '<query/>'), status: 415 },
  'JSON with a tail in its type': { sent: post(['content-type: application/jsonx'], BODY), status: 415 },
  'a content type of commas': { sent: post(['content-type: ,,,;;;'], BODY), status: 415 },
  'a multipart upload': {
    sent: post(
      ['content-type: multipart/form-data; boundary=x'],
      '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{"query":"{ __typename }"}\r\n--x--\r\n',
    ),
    status: 415,
  },
  'UTF-16 that says so': {
    sent: post([`${J}; charset=utf-16le`], Buffer.from(BODY, 'utf16le').toString('latin1')),
    status: [400, 415],
    code: 'BAD_USER_INPUT',
  },
  'a charset nobody knows': { sent: post([`${J}; charset=klingon`], BODY), status: [200, 415] },
  'broken JSON': { sent: post([J], '{"query": '), status: 400, code: 'BAD_USER_INPUT' },
  'an empty body': { sent: post([J], ''), status: 400, code: 'BAD_USER_INPUT' },
  null: { sent: post([J], 'null'), status: 400, code: 'BAD_USER_INPUT' },
  'a number': { sent: post([J], '1'), status: 400, code: 'BAD_USER_INPUT' },
  'a batch': { sent: post([J], `[${BODY},${BODY}]`), status: 400, code: 'BAD_USER_INPUT' },
  'an empty batch': { sent: post([J], '[]'), status: 400, code: 'BAD_USER_INPUT' },
  'a query that is a number': { sent: post([J], '{"query":1}'), status: 400, code: 'BAD_USER_INPUT' },
  'variables that are a list': {
    sent: post([J], '{"query":"{ __typename }","variables":[]}'),
    status: 400,
    code: 'BAD_USER_INPUT',
  },
  'a parameter nobody knows': {
    sent: post([J], '{"query":"{ __typename }","__proto__":{"x":1},"foo":1}'),
    status: 400,
    code: 'BAD_USER_INPUT',
  },
  'an operation that is not there': {
    sent: post([J], '{"query":"{ __typename }","operationName":"Nope"}'),
    status: 400,
    code: 'BAD_USER_INPUT',
  },
  'two operations and no name': {
    sent: post([J], '{"query":"query A { __typename } query B { __typename }"}'),
    status: 400,
    code: 'BAD_USER_INPUT',
  },
  'JSON nested 100,000 deep': {
    sent: post([J], `{"query":"{ __typename }","variables":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`),
    status: [200, 400],
  },
  'a body of 2 MB': { sent: post([J], `{"query":"{ __typename } #${'x'.repeat(2_000_000)}"}`), status: 413 },
  'a body in gzip that is none': { sent: post([J, 'content-encoding: gzip'], BODY), status: [200, 400, 415] },
  PUT: {
    sent: request('PUT /graphql', [KEY, J, `content-length: ${BODY.length}`], BODY),
    status: 405,
    code: 'BAD_USER_INPUT',
  },
  DELETE: { sent: request('DELETE /graphql', [KEY]), status: 405, code: 'BAD_USER_INPUT' },
  OPTIONS: { sent: request('OPTIONS /graphql', [KEY]), status: 405, code: 'BAD_USER_INPUT' },
  'OPTIONS of another origin': {
    sent: request('OPTIONS /graphql', ['origin: https://evil.example', 'access-control-request-method: POST']),
    status: 401,
    code: 'UNAUTHENTICATED',
  },
  TRACE: { sent: request('TRACE /graphql', [KEY]), status: 405, code: 'BAD_USER_INPUT' },
  CONNECT: { sent: request('CONNECT /graphql', [KEY]), status: 0 },
  'a method nobody knows': { sent: request('BREW /graphql', [KEY]), status: 400 },
  'a mutation by GET': {
    sent: request('GET /graphql?query=mutation%7BresendCancelEmail(id:%22x%22)%7Bid%7D%7D', [KEY]),
    status: 405,
    code: 'BAD_USER_INPUT',
  },
  'a GET with broken variables': {
    sent: request('GET /graphql?query=%7B__typename%7D&variables=%7Bbroken', [KEY]),
    status: 400,
    code: 'BAD_USER_INPUT',
  },
  'a GET with broken extensions': {
    sent: request('GET /graphql?query=%7B__typename%7D&extensions=x', [KEY]),
    status: 400,
    code: 'BAD_USER_INPUT',
  },
  'a form with broken variables': {
    sent: post(['content-type: application/x-www-form-urlencoded'], 'query=%7B__typename%7D&variables=x'),
    status: [400, 415],
    code: 'BAD_USER_INPUT',
  },
  'a GET with broken escapes': {
    sent: request('GET /graphql?query=%E0%A4%A', [KEY]),
    status: [200, 400],
    code: 'GRAPHQL_PARSE_FAILED',
  },
  'a host that is none': {
    sent: request('GET /graphql?query=%7B__typename%7D', [KEY]).replace('host: gateway', 'host: bad host'),
    status: 400,
  },
  'a host that is none, without a key': {
    sent: request('GET /graphql').replace('host: gateway', 'host: [::1'),
    status: 400,
  },
  'a host with a port beyond all': {
    sent: request('GET /graphql', [KEY]).replace('host: gateway', 'host: x:99999'),
    status: 400,
  },
  'no host': { sent: request('GET /graphql', [KEY]).replace('host: gateway\r\n', ''), status: 400 },
  'a whole URL for a path': { sent: request('GET http://evil.example/graphql', [KEY]), status: 404 },
  'a path with steps': { sent: request('GET /x/../graphql', [KEY]), status: 404 },
  'a path of the prototype': { sent: request('GET /__proto__'), status: 404 },
  'a path with a line break': { sent: request('GET /graphql\r\nx'), status: 400 },
  '200 headers': { sent: post([J, ...headers(200)], BODY), status: 431 },
  'a header of 20 kB': { sent: request('GET /graphql', [`x-big: ${'a'.repeat(20_000)}`]), status: 431 },
  'a URL of 20 kB': { sent: request(`GET /graphql?query=${'a'.repeat(20_000)}`), status: 431 },
  'two lengths': { sent: post([J, 'content-length: 1'], BODY), status: 400 },
  'a length and chunks': {
    sent: request('POST /graphql', [KEY, J, 'content-length: 5', 'transfer-encoding: chunked'], '0\r\n\r\n'),
    status: 400,
  },
  'chunks that are none': {
    sent: request('POST /graphql', [KEY, J, 'transfer-encoding: chunked'], 'zz\r\n'),
    status: 400,
  },
  'no HTTP': { sent: 'hello\r\n\r\n', status: 400 },
  'a TLS greeting': { sent: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', status: 400 },
  'an upgrade to h2c': {
    sent: request('GET /graphql', ['upgrade: h2c']).replace('connection: close', 'connection: upgrade'),
    status: 400,
  },
  'an upgrade without a key': {
    sent: request('GET /graphql', ['upgrade: websocket']).replace('connection: close', 'connection: upgrade'),
    status: 400,
  },
  'an upgrade somewhere else': {
    sent: request('GET /other', ['upgrade: websocket']).replace('connection: close', 'connection: upgrade'),
    status: 404,
  },
};

describe('a request with', () => {
  it.each(Object.entries(CASES))('%s is refused in a few words', async (_name, { sent, status, code }) => {
    const answer = await raw(sent);
    expect([status].flat(), answer.slice(0, 600)).toContain(statusOf(answer));
    expectNothingShown(answer);
    // Where GraphQL speaks at all, it says the code.
    const body = bodyOf(answer);
    if (code !== undefined && body.startsWith('{'))
      expect(JSON.parse(body).errors).toMatchObject([{ extensions: { code } }]);
    expect(vendor.requests).toEqual([]);
  });

  it('a slow body is cut (skipped: the limit of 15 s is no setting, and this suite does not wait)', ({ skip }) =>
    skip());
});

describe('a client that is gone at once', () => {
  it.each([
    ['an upgrade somewhere else', CASES['an upgrade somewhere else']?.sent ?? ''],
    [
      'an upgrade',
      request('GET /graphql', [
        'upgrade: websocket',
        'sec-websocket-version: 13',
        'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-protocol: graphql-transport-ws',
      ]).replace('connection: close', 'connection: upgrade'),
    ],
    ['half a request', 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-le'],
    ['half a body', post([J], BODY).slice(0, -5)],
    ['a request', post([J], BODY)],
    ['a request somewhere else', request('GET /livez')],
  ])('after %s does not take the gateway along', async (_name, sent) => {
    // An error without a listener would end this process, and the run with it.
    for (let round = 0; round < 20; round += 1) await sendAndReset(sent);
    const { data } = await running.ask('{ __typename }');
    expect(data).toEqual({ __typename: 'Query' });
  });

  function sendAndReset(text: string): Promise<void> {
    return new Promise((resolve) => {
      const socket: Socket = connect(port, '127.0.0.1', () => socket.write(text, () => socket.resetAndDestroy()));
      socket.on('error', () => {}).on('close', () => resolve());
    });
  }
});

describe('a WebSocket', () => {
  interface Closing {
    code: number;
    reason: string;
    messages: { id?: string; type: string; payload?: unknown }[];
  }

  /** Sends the texts one after the other, each after an answer to the one before, and closes when there are no more. */
  function converse(texts: readonly (string | Buffer)[], protocol = 'graphql-transport-ws'): Promise<Closing> {
    return new Promise((resolve) => {
      const socket = new WebSocket(`${running.gateway.url.replace('http', 'ws')}/graphql`, protocol);
      const messages: Closing['messages'] = [];
      const left = [...texts];
      const next = () => {
        const text = left.shift();
        if (text === undefined) socket.close(1000);
        else socket.send(text);
      };
      socket.on('open', next).on('error', () => {});
      socket.on('message', (message) => {
        const parsed = JSON.parse(String(message)) as Closing['messages'][number];
        messages.push(parsed);
        if (parsed.type !== 'next' && parsed.type !== 'ping') next();
      });
      socket.on('close', (code, reason) => resolve({ code, reason: String(reason), messages }));
    });
  }
  const init = JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer vg_demo_admin' } });
  const subscribe = (payload: object, id = '1') => JSON.stringify({ id, type: 'subscribe', payload });

  it.each([
    ['no JSON', ['hello'], 4400],
    ['an unknown type', [JSON.stringify({ type: 'x' })], 4400],
    ['bytes', [Buffer.from([0xff, 0xfe])], 4400],
    ['an operation before its introduction', [subscribe({ query: '{ __typename }' })], 4401],
    ['two introductions', [init, init], 4429],
    ['no key', [JSON.stringify({ type: 'connection_init' })], 4403],
    [
      'a key that is a list',
      [JSON.stringify({ type: 'connection_init', payload: { authorization: ['Bearer vg_demo_admin'] } })],
      4403,
    ],
    ['a query that is a number', [init, subscribe({ query: 1 })], 4400],
    ['variables that are a list', [init, subscribe({ query: '{ __typename }', variables: [] })], 4400],
    ['a message of 2 MB', [init, 'x'.repeat(2_000_000)], 1009],
  ])('with %s is closed', async (_name, texts, code) => {
    const closing = await converse(texts);
    expect([code].flat()).toContain(closing.code);
    expect(closing.reason).not.toMatch(/\n|node_modules|\.ts\b|Error:/);
  });

  it('of another protocol is closed', async () => {
    const socket = new WebSocket(`${running.gateway.url.replace('http', 'ws')}/graphql`);
    const code = await new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
    expect(code).toBe(4406);
  });

  it.each([
    ['two operations and no name', { query: 'query A { __typename } query B { __typename }' }, 'BAD_USER_INPUT'],
    ['an operation that is not there', { query: '{ __typename }', operationName: 'Nope' }, 'BAD_USER_INPUT'],
    ['no operation at all', { query: 'fragment F on Query { __typename }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['a syntax error', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
    ['a field that is not there', { query: '{ nope }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['a variable that is missing', { query: 'query ($id: ID!) { stripeCustomer(id: $id) { id } }' }, 'BAD_USER_INPUT'],
    ['a bad argument', { query: '{ stripeCustomer(id: "..") { id } }' }, 'BAD_USER_INPUT'],
  ])('says what is wrong with %s, with a code and a request id, and stays open', async (_name, payload, code) => {
    const { messages, code: closed } = await converse([
      init,
      subscribe(payload),
      subscribe({ query: '{ __typename }' }, '2'),
    ]);
    expect(closed).toBe(1000);
    const [answer] = messages.filter(({ id, type }) => id === '1' && type !== 'complete');
    const told = answer?.payload as AnswerError[] | { errors: AnswerError[] } | undefined;
    const errors = Array.isArray(told) ? told : (told?.errors ?? []);
    expectSoundErrors(errors);
    expect(errors.map(({ extensions }) => extensions['code'])).toContain(code);
    expect(messages).toContainEqual({
      id: '2',
      type: 'next',
      payload: expect.objectContaining({ data: { __typename: 'Query' } }),
    });
  });
});
