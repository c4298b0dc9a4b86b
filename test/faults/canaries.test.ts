/**
 * Vendors that put secrets, addresses and whole stacks into everything they answer. Whatever becomes of the answer, none
 * of it may leave the gateway: not to callers, not into the log, not into the metrics.
 */
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { VENDOR_NAMES } from '../../src/sandbox/vendor-name.ts';
import { connectClient } from '../agents/connected-client.ts';
import { type FaultyGateway, startFaultyGateway } from './faulty-gateway.ts';
import { everyVendor } from './graph-folder-copy.ts';
import { type AnswerError, expectSoundErrors } from './sound-errors.ts';
import { type StubVendor, send, startStubVendor } from './stub-vendor.ts';

/** One root field of each vendor, and one write. */
const QUERY = `{
  hubspotContact(id: "1") { id createdAt archived }
  stripeCustomer(id: "cus_1") { id email created livemode }
  stripeInvoices(first: 1) { nodes { id status amount_due } }
  zendeskTicket(id: "1") { id subject status }
  slackUser(id: "U1") { id real_name deleted }
  resendEmail(id: "1") { id subject last_event }
  pdlEnrichPeople(input: { requests: [{ params: { email: "a@b.example" } }] }) { status data { full_name } }
  calcomBooking(id: "b1") { uid title start status }
  bamboohrEmployee(id: "1") { id firstName }
  person(email: "someone@brightforge.io") { name contact { id } customer { id } tickets { nodes { id } } slackUser { id } emails { nodes { id } } bookings { nodes { uid } } employee { jobTitleName } profile { full_name } account { name } }
}`;
const MUTATION = `mutation {
  zendeskUpdateTicket(id: "1", input: { ticket: { subject: "x" } }) { id }
  resendCancelEmail(id: "1") { id }
  slackPostMessage(input: { channel: "C1", text: "x" }) { ts }
}`;

/** By what a vendor might give away. The word CANARY is in each, so that half of one is found too. */
const CANARIES = {
  url: 'https://internal.canaryhost.example/v1/CANARYpath?api_key=CANARYquery',
  address: 'CANARYname@canaryhost.example',
  key: 'sk_live_CANARY51Hx9example',
  bearer: 'Bearer CANARYbearer.eyJhbGciOiJIUzI1NiJ9.x-y_z',
  uuid: 'req_CANARYf81d4fae7dec11d0a76500a0c91e6bf6',
  stack: 'at CANARYfunction (/srv/app/CANARYfile.js:10:5) at node:internal/CANARYmodule:1:2',
};
const TEXT = Object.values(CANARIES).join(' ; ');
const HEADERS = {
  'set-cookie': 'session=CANARYcookie; Path=/',
  location: 'http://127.0.0.1:1/CANARYlocation?token=CANARYtoken',
  'x-request-id': 'CANARYrequest',
  'x-bamboohr-message': TEXT,
  'x-bamboohr-error-message': TEXT,
  'www-authenticate': 'Bearer realm="CANARYrealm"',
  server: 'CANARYserver/1.0',
};
/** Every place a vendor.yaml reads a message or a code from. */
const ERROR_BODY = JSON.stringify({
  message: TEXT,
  description: TEXT,
  detail: TEXT,
  name: TEXT,
  error: { message: TEXT, code: TEXT, type: TEXT, title: TEXT },
  errors: [{ detail: TEXT, title: TEXT, error: TEXT, code: TEXT }],
  category: TEXT,
  stack: TEXT,
});

type Answer = (response: ServerResponse) => void;
const answerWith =
  (status: number, body: string, type = 'application/json'): Answer =>
  (response) =>
    send(response, status, body, { ...HEADERS, 'content-type': type });

const ANSWERS: Record<string, Answer> = {
  ...Object.fromEntries(
    [301, 302, 307, 308, 400, 401, 403, 404, 408, 409, 410, 418, 422, 429, 451, 500, 502, 503, 504, 599].map(
      (status) => [`${status} with canaries all over`, answerWith(status, ERROR_BODY)],
    ),
  ),
  '400 with plain text': answerWith(400, TEXT, 'text/plain'),
  '500 with a web page': answerWith(500, `<html><h1>${TEXT}</h1></html>`, 'text/html'),
  '200 with a web page': answerWith(200, `<html><h1>${TEXT}</h1></html>`, 'text/html'),
  '200 with half a JSON': answerWith(200, `{"id": "${TEXT}`),
  '200 with a text': answerWith(200, JSON.stringify(TEXT)),
  '200 with a list': answerWith(200, JSON.stringify([{ id: TEXT }])),
  '200 with wrong types': answerWith(200, JSON.stringify(wrongTypes())),
  '200 with a failed envelope': answerWith(200, JSON.stringify({ ok: false, error: TEXT })),
  '200 with an unknown encoding': (response) =>
    send(response, 200, TEXT, { ...HEADERS, 'content-encoding': 'CANARYencoding', 'content-type': 'application/json' }),
  '200 with broken gzip': (response) =>
    send(response, 200, TEXT, { ...HEADERS, 'content-encoding': 'gzip', 'content-type': 'application/json' }),
  'a shorter body than announced': (response) => {
    response.writeHead(200, { ...HEADERS, 'content-length': 1_000 });
    response.write(TEXT);
    setImmediate(() => response.destroy());
  },
  'no HTTP at all': (response) => {
    response.socket?.end(`CANARYprotocol ${TEXT}\r\n\r\n`);
  },
};

/** Objects, lists and texts where numbers, booleans, enum values and texts were promised. */
function wrongTypes(): object {
  const row = {
    ...{
      id: [TEXT],
      uid: { x: TEXT },
      email: { x: TEXT },
      created: TEXT,
      livemode: TEXT,
      status: CANARIES.key,
      subject: [TEXT],
    },
    ...{
      amount_due: TEXT,
      createdAt: { x: TEXT },
      archived: TEXT,
      deleted: TEXT,
      real_name: [TEXT],
      title: { x: TEXT },
    },
    ...{ last_event: CANARIES.key, start: [TEXT], firstName: { x: TEXT }, full_name: [TEXT], user: TEXT, ts: [TEXT] },
  };
  const envelope = {
    data: [row],
    results: [row],
    users: [row],
    tickets: [row],
    members: [row],
    ticket: row,
    channel: row,
    message: row,
  };
  return { ...row, ...envelope, ok: true, has_more: TEXT };
}

/** Short enough to slip through any rule about long tokens. */
const CREDENTIALS = Object.fromEntries(
  VENDOR_NAMES.map((vendor) => [
    vendor,
    Object.fromEntries(['token', 'username', 'password', 'key'].map((kind) => [kind, `CANARY${vendor}${kind[0]}1`])),
  ]),
);

let vendor: StubVendor;
let running: FaultyGateway;
beforeAll(async () => {
  vendor = await startStubVendor();
  running = await startFaultyGateway({
    vendors: { urls: Object.fromEntries(VENDOR_NAMES.map((name) => [name, vendor.url])), credentials: CREDENTIALS },
    changes: everyVendor({ retry: { attempts: 2, baseMs: 1, maxMs: 1 } }),
  });
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await vendor[Symbol.asyncDispose]();
});
beforeEach(() => {
  running.logged.length = 0;
});

function expectNothingGivenAway(text: string): void {
  const port = new URL(vendor.url).port;
  const found = text.match(
    new RegExp(`.{0,60}(CANARY|canaryhost|127\\.0\\.0\\.1:${port}|localhost:${port}).{0,60}`, 'i'),
  );
  expect(found?.[0]).toBeUndefined();
}

async function overSse(query: string): Promise<string> {
  const response = await fetch(`${running.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: 'Bearer vg_demo_admin' },
    body: JSON.stringify({ query }),
  });
  const headers = JSON.stringify([...response.headers]);
  return headers + (await response.text());
}

async function overWebSocket(query: string): Promise<{ text: string; errors: AnswerError[] }> {
  const client = createClient({
    url: `${running.gateway.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: 'Bearer vg_demo_admin', 'x-vendorgraph-explain': '1' },
  });
  try {
    for await (const result of client.iterate({ query })) {
      return { text: JSON.stringify(result), errors: (result.errors ?? []) as unknown as AnswerError[] };
    }
    throw new Error('no result');
  } finally {
    await client.dispose();
  }
}

async function overMcp(query: string): Promise<string> {
  await using agent = await connectClient(running.gateway.url, 'vg_demo_admin');
  return JSON.stringify(await agent.call('graph_query', { query, reason: 'to see what comes', maxTokens: 20_000 }));
}

describe('when every vendor answers', () => {
  it.each(Object.entries(ANSWERS))('%s, nothing of it leaves the gateway', async (_name, answer) => {
    vendor.answer((_request, response) => answer(response));
    const [read, write, sse, ws, mcp] = await Promise.all([
      running.ask({ query: QUERY, headers: { 'x-vendorgraph-explain': '1' } }),
      running.ask(MUTATION),
      overSse(QUERY),
      overWebSocket(QUERY),
      overMcp(QUERY),
    ]);
    expectSoundErrors(ws.errors);
    expect(read.status).toBe(200);
    for (const text of [read.text, write.text, sse, ws.text, mcp, running.logged.join(''), await running.metrics()]) {
      expectNothingGivenAway(text);
    }
    expect(running.logged.join('')).not.toContain('"level":"error"');
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])(
    'of status %i is not followed: our credential goes nowhere else',
    async (status) => {
      await using elsewhere = await startStubVendor();
      vendor.answer((_request, response) =>
        send(response, status, '', { location: `${elsewhere.url}/v1/customers/cus_1` }),
      );
      const { data, errors } = await running.ask('{ stripeCustomer(id: "cus_1") { id } }');
      expect(data).toEqual({ stripeCustomer: null });
      expect(errors).toMatchObject([
        {
          extensions: { code: 'VENDOR_BAD_RESPONSE', vendor: 'stripe', operation: 'stripeCustomer', retryable: false },
        },
      ]);
      expect(elsewhere.requests).toEqual([]);
    },
  );
});

describe("a vendor's own words", () => {
  const refusal = async (message: string): Promise<string> => {
    vendor.answer((_request, response) =>
      send(response, 400, JSON.stringify({ error: { message } }), { 'content-type': 'application/json' }),
    );
    const { errors } = await running.ask('{ stripeCustomer(id: "cus_1") { id } }');
    expect(errors).toMatchObject([
      { extensions: { code: 'VENDOR_REJECTED', vendor: 'stripe', operation: 'stripeCustomer', retryable: false } },
    ]);
    return errors[0]?.message ?? '';
  };

  it('reach the caller, in one line, without what could be secret', async () => {
    expect(await refusal(`The plan is\n\tover, see ${CANARIES.url} or write to ${CANARIES.address}`)).toBe(
      'Stripe refused stripeCustomer: The plan is over, see [link] or write to [address]',
    );
  });

  it('are cut without leaving a piece of a secret at the end', async () => {
    // What is taken out at the front makes room for what comes behind: also for what a cut left without its ending.
    for (let length = 1_160; length <= 1_196; length += 3) {
      expectNothingGivenAway(await refusal(`https://${'x'.repeat(length - 8)} CANARYname@canaryhost.example`));
    }
  });

  it('do not repeat our credential, whatever it looks like', async () => {
    for (const [kind, secret] of Object.entries(CREDENTIALS['stripe'] ?? {})) {
      if (kind === 'token')
        expect(await refusal(`No such key: ${secret}`)).toBe(
          'Stripe refused stripeCustomer: No such key: [credential]',
        );
    }
  });

  it('do not repeat our credential when the failure comes with status 200', async () => {
    const secret = CREDENTIALS['slack']?.['token'];
    vendor.answer((_request, response) =>
      send(response, 200, JSON.stringify({ ok: false, error: `bad ${secret}` }), {}),
    );
    const { errors, text } = await running.ask('{ slackUser(id: "U1") { id } }');
    expect(errors).toMatchObject([{ extensions: { code: 'VENDOR_REJECTED' } }]);
    expectNothingGivenAway(text);
  });
});

describe('the composed schema', () => {
  it('holds no host and no credential', () => {
    const sdl = readFileSync(new URL('../../schema/composed.graphql', import.meta.url), 'utf8');
    const annotations = sdl.match(/@httpOperation\([^)]*\)/g) ?? [];
    expect(annotations.length).toBeGreaterThan(100);
    for (const annotation of annotations) expect(annotation).not.toMatch(/https?:|secret:|authorization|api[-_]?key/i);
    expect(sdl).not.toMatch(/(sk|rk|pk)_(live|test)_\w|xox[bp]-\w|pat-na\d|whsec_\w|secret:\/\//);
  });
});
