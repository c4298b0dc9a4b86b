/** Values a vendor should not send, but some day does: each costs its own field, never the answer and never the process. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allAt, type FaultyGateway, startFaultyGateway } from './faulty-gateway.ts';
import { json, type StubHandler, type StubVendor, send, startStubVendor } from './stub-vendor.ts';

let vendor: StubVendor;
let running: FaultyGateway;
beforeAll(async () => {
  vendor = await startStubVendor();
  const hurried = { timeoutMs: 2_000, retry: { baseMs: 1, maxMs: 1 } };
  running = await startFaultyGateway({
    vendors: allAt(vendor.url),
    changes: { stripe: hurried, zendesk: hurried, slack: { timeoutMs: 400 } },
  });
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await vendor[Symbol.asyncDispose]();
});

const CUSTOMER = { id: 'cus_1', object: 'customer', created: 1_700_000_000, livemode: false, email: 'a@b.example' };
const customer =
  (more: object): StubHandler =>
  (_request, response) =>
    json(response, 200, { ...CUSTOMER, ...more });
const text =
  (body: string | Buffer, headers: Record<string, string> = {}): StubHandler =>
  (_request, response) =>
    send(response, 200, body, { 'content-type': 'application/json', ...headers });

async function askFor(answer: StubHandler, query: string) {
  vendor.answer(answer);
  return running.ask(query);
}
const askCustomer = (answer: StubHandler, fields = 'id email created') =>
  askFor(answer, `{ stripeCustomer(id: "cus_1") { ${fields} } }`);

const BAD = { code: 'VENDOR_BAD_RESPONSE', retryable: false };
/** A whole answer is no good: the call is named. */
const BAD_ANSWER = [
  { path: ['stripeCustomer'], extensions: { ...BAD, vendor: 'stripe', operation: 'stripeCustomer' } },
];

describe('numbers', () => {
  it('beyond 2^53 stay exact to the last digit', async () => {
    const ticket =
      '{"ticket": {"id": 9007199254740993, "subject": "s", "requester_id": 12345678901234567890, "status": "open"}}';
    const answer = await askFor(text(ticket), '{ zendeskTicket(id: "1") { id requester_id subject } }');
    expect(answer.text).toContain('"id":"9007199254740993"');
    expect(answer.text).toContain('"requester_id":"12345678901234567890"');
  });

  it('beyond 2^53 are texts where numbers are allowed to be long, and cost their field where not', async () => {
    const body = '{"id": "cus_1", "balance": -9007199254740993, "next_invoice_sequence": 9007199254740993}';
    const { data, errors } = await askCustomer(text(body), 'id balance next_invoice_sequence');
    expect(data).toEqual({
      stripeCustomer: { id: 'cus_1', balance: '-9007199254740993', next_invoice_sequence: null },
    });
    expect(errors).toMatchObject([{ path: ['stripeCustomer', 'next_invoice_sequence'], extensions: BAD }]);
  });

  it.each(['NaN', 'Infinity', '-Infinity', '01', '1.', '.5', '0x1', '1_000'])(
    'written as %s make the answer no JSON',
    async (number) => {
      const { data, errors } = await askCustomer(text(`{"id": "cus_1", "created": ${number}}`));
      expect({ data, errors }).toMatchObject({ data: { stripeCustomer: null }, errors: BAD_ANSWER });
    },
  );

  it('too large for any number cost their field', async () => {
    const { data, errors } = await askCustomer(
      text('{"id": "cus_1", "next_invoice_sequence": 1e400}'),
      'id next_invoice_sequence',
    );
    expect({ data, errors }).toMatchObject({
      data: { stripeCustomer: { id: 'cus_1', next_invoice_sequence: null } },
      errors: [{ path: ['stripeCustomer', 'next_invoice_sequence'], extensions: BAD }],
    });
  });
});

describe('a value of another kind', () => {
  it.each([
    ['an object for a text', { email: { a: 1 } }, 'email'],
    ['a list for a text', { email: ['a'] }, 'email'],
    ['a text for a number', { next_invoice_sequence: 'soon' }, 'next_invoice_sequence'],
    ['an object for a number', { next_invoice_sequence: {} }, 'next_invoice_sequence'],
    ['a fraction for a long number', { balance: 1.5 }, 'balance'],
    ['a text for a boolean', { livemode: 'yes' }, 'livemode'],
    ['a text for an object', { address: 'Main Street 1' }, 'address { city }'],
  ])('%s costs its own field', async (_name, more, fields) => {
    const [field = ''] = fields.split(' ');
    const { data, errors } = await askCustomer(customer(more), `id ${fields}`);
    const { stripeCustomer: row } = data as { stripeCustomer: Record<string, unknown> };
    expect(row).toMatchObject({ id: 'cus_1' });
    // A text has no city: its object is there, and empty.
    if (field === 'address') expect(row['address'] === null || errors.length === 0).toBe(true);
    else
      expect({ value: row[field], errors }).toMatchObject({
        value: null,
        errors: [{ path: ['stripeCustomer', field], extensions: BAD }],
      });
  });

  it('null where nothing may be null takes its object along, and no more', async () => {
    const row = (id: unknown) => ({ ...CUSTOMER, id });
    const answer: StubHandler = ({ target }, response) =>
      json(response, 200, target.includes('/search') ? { data: [row('cus_1')], has_more: false } : row(null));
    const { data, errors } = await askFor(
      answer,
      '{ stripeCustomer(id: "cus_1") { id email } stripeSearchCustomers(query: "x") { nodes { id } } }',
    );
    expect(data).toEqual({ stripeCustomer: null, stripeSearchCustomers: { nodes: [{ id: 'cus_1' }] } });
    expect(errors).toMatchObject([{ path: ['stripeCustomer', 'id'], extensions: BAD }]);
  });

  it('an enum value nobody knows costs its own field', async () => {
    const ticket = { ticket: { id: 1, subject: 's', priority: 'quantum' } };
    const { data, errors } = await askFor(
      (_request, response) => json(response, 200, ticket),
      '{ zendeskTicket(id: "1") { subject priority } }',
    );
    expect(data).toEqual({ zendeskTicket: { subject: 's', priority: null } });
    expect(errors).toMatchObject([{ path: ['zendeskTicket', 'priority'], extensions: BAD }]);
  });

  it.each([
    ['a list', '[{"id": "cus_1"}]'],
    ['a text', '"cus_1"'],
    ['a number', '1'],
    ['a boolean', 'true'],
  ])('%s where one object was promised is a bad answer', async (_name, body) => {
    const { data, errors } = await askCustomer(text(body));
    expect({ data, errors }).toMatchObject({ data: { stripeCustomer: null }, errors: BAD_ANSWER });
  });

  it.each([
    ['an object', { data: { id: 'x' } }],
    ['a text', { data: 'x' }],
    ['nothing', {}],
  ])('%s where rows were promised is a bad answer', async (_name, body) => {
    const { data, errors } = await askFor(
      (_request, response) => json(response, 200, body),
      '{ stripeInvoices { nodes { id } } }',
    );
    expect(data).toEqual({ stripeInvoices: { nodes: null } });
    expect(errors).toMatchObject([
      { path: ['stripeInvoices', 'nodes'], extensions: { ...BAD, vendor: 'stripe', operation: 'stripeInvoices' } },
    ]);
  });

  it.each([
    ['null', [null]],
    ['a text', ['x']],
    ['a list', [[]]],
    [
      'a row of other types',
      [{ id: 5, email: 5, metadata: 'x', properties: 'x', profile: 5, attendees: 5, to: 5, domain_names: 5 }],
    ],
  ])('%s among the rows a join reads is found by nobody, and breaks nobody', async (_name, rows) => {
    const body = { results: rows, data: rows, users: rows, user: rows[0], members: rows, has_more: false, ok: true };
    const { errors } = await askFor(
      (_request, response) => json(response, 200, body),
      '{ person(email: "a@b.example") { name contact { id } customer { id } requester { id } slackUser { id } profile { full_name } employee { jobTitleName } emails { nodes { id } } bookings { nodes { uid } } } }',
    );
    for (const { extensions } of errors) expect(extensions).toMatchObject(BAD);
  });
});

describe('a body', () => {
  it.each([
    ['over 10 MB', text(`{"id": "cus_1", "x": "${'x'.repeat(11 * 1024 * 1024)}"}`)],
    [
      'over 10 MB, announced',
      text(Buffer.alloc(11 * 1024 * 1024, ' '), { 'content-length': String(11 * 1024 * 1024) }),
    ],
    [
      'that unfolds from 100 kB of gzip to 100 MB',
      text(gzipSync(Buffer.alloc(100 * 1024 * 1024, ' ')), { 'content-encoding': 'gzip' }),
    ],
    [
      'that unfolds from brotli to 20 MB',
      text(brotliCompressSync(Buffer.alloc(20 * 1024 * 1024, ' ')), { 'content-encoding': 'br' }),
    ],
    ['cut off within gzip', text(gzipSync(JSON.stringify(CUSTOMER)).subarray(0, 40), { 'content-encoding': 'gzip' })],
    ['in an unknown encoding', text('x', { 'content-encoding': 'rot13' })],
    ['packed in two encodings', text('x', { 'content-encoding': 'gzip, br' })],
    ['nested 10,000 deep', text(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`)],
    ['nested 10,000 deep in lists', text(`{"id":"cus_1","a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`)],
    [
      'nested 10,000 deep with a long number',
      text(`{"n":12345678901234567890,"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
    ],
    ['of nothing but space', text('   \n')],
    ['of half a JSON', text('{"id": "cus_')],
    ['of two JSONs', text('{"id": "cus_1"}{"id": "cus_2"}')],
    ['of a web page', text('<html>hello</html>', { 'content-type': 'text/html' })],
  ])('%s is a bad answer', async (_name, answer) => {
    const { data, errors } = await askCustomer(answer);
    expect({ data, errors }).toMatchObject({ data: { stripeCustomer: null }, errors: BAD_ANSWER });
  });

  it('with `__proto__` and its kin changes nothing but itself', async () => {
    const body =
      '{"id": "cus_1", "email": "a@b.example", "__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "metadata": {"__proto__": {"polluted": 1}, "toString": "x"}, "hasOwnProperty": 1}';
    const { data, errors } = await askCustomer(text(body), 'id email metadata');
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ stripeCustomer: { id: 'cus_1', email: 'a@b.example', metadata: { toString: 'x' } } });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('with a key twice is read by its last', async () => {
    const { data } = await askCustomer(text('{"id": "cus_0", "email": "a", "id": "cus_1", "email": "b"}'), 'id email');
    expect(data).toEqual({ stripeCustomer: { id: 'cus_1', email: 'b' } });
  });

  it('with bytes that are no UTF-8 shows the replacement character in their place', async () => {
    const broken = Buffer.concat([
      Buffer.from('{"id": "cus_1", "email": "a'),
      Buffer.from([0xff, 0xc3, 0x28]),
      Buffer.from('"}'),
    ]);
    const { data } = await askCustomer(text(broken), 'id email');
    expect(data).toEqual({ stripeCustomer: { id: 'cus_1', email: 'a\ufffd\ufffd(' } });
  });

  it('with a byte order mark is read', async () => {
    const { data } = await askCustomer(text(`\ufeff${JSON.stringify(CUSTOMER)}`), 'id');
    expect(data).toEqual({ stripeCustomer: { id: 'cus_1' } });
  });

  it('that trickles past the deadline is a timeout', async () => {
    const trickle: StubHandler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 50);
      response.once('close', () => clearInterval(drip));
    };
    const { data, errors } = await askFor(trickle, '{ slackUser(id: "U1") { id } }');
    expect(data).toEqual({ slackUser: null });
    expect(errors).toMatchObject([
      { extensions: { code: 'VENDOR_TIMEOUT', vendor: 'slack', operation: 'slackUser', retryable: true } },
    ]);
    await expect.poll(() => vendor.parallel).toBe(0);
  });
});

describe('HTTP itself', () => {
  const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
  const GOOD = '{"id": "cus_1"}';
  it.each([
    ['no status line', 'hello\r\n\r\n'],
    ['a status beyond all', 'HTTP/1.1 9999 What\r\n\r\n'],
    ['switching protocols', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'],
    ['100 kB of headers', `${OK}x-big: ${'x'.repeat(100_000)}\r\ncontent-length: ${GOOD.length}\r\n\r\n${GOOD}`],
    ['a negative length', `${OK}content-length: -1\r\n\r\n${GOOD}`],
    ['two lengths', `${OK}content-length: 3\r\ncontent-length: ${GOOD.length}\r\n\r\n${GOOD}`],
    ['a length and chunks', `${OK}content-length: ${GOOD.length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a NUL in a header', `${OK}x-nul: a\0b\r\ncontent-length: ${GOOD.length}\r\n\r\n${GOOD}`],
    ['chunks that are none', `${OK}transfer-encoding: chunked\r\n\r\nzz\r\n`],
    ['an end before its length', `${OK}content-length: 100\r\n\r\n${GOOD}`],
    ['an end within its headers', OK],
    ['an end before anything', ''],
  ])('with %s fails the call, and no more', async (_name, bytes) => {
    const { data, errors } = await askCustomer(
      (_request, response) => void response.socket?.end(bytes, 'latin1'),
      'id',
    );
    expect(data).toEqual({ stripeCustomer: null });
    expect(errors).toMatchObject([{ extensions: { vendor: 'stripe', operation: 'stripeCustomer' } }]);
    expect(['VENDOR_BAD_RESPONSE', 'VENDOR_DOWN']).toContain(errors[0]?.extensions['code']);
  });

  it('with a second answer to one question does not answer the next question with it', async () => {
    const body = (id: string) => `{"id": "${id}"}`;
    const answer = (id: string) => `${OK}content-length: ${body(id).length}\r\n\r\n${body(id)}`;
    const first = await askCustomer(
      (_request, response) => void response.socket?.write(answer('cus_1') + answer('cus_evil')),
      'id',
    );
    expect(first.data).toEqual({ stripeCustomer: { id: 'cus_1' } });
    const next = await askCustomer(customer({ id: 'cus_2' }), 'id');
    expect(next.data).toEqual({ stripeCustomer: { id: 'cus_2' } });
  });
});

describe('afterwards', () => {
  it('the gateway answers as if nothing had been', async () => {
    const { data, errors } = await askCustomer(customer({}), 'id email created');
    expect({ data, errors }).toEqual({
      data: { stripeCustomer: { id: 'cus_1', email: 'a@b.example', created: 1_700_000_000 } },
      errors: [],
    });
  });

  it('nothing of it was taken for a fault of ours', () => {
    expect(running.logged.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});
