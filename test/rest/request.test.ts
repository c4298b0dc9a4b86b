import { describe, expect, it } from 'vitest';
import { stripeConfig } from '../vendors/kit.ts';
import { sendJson } from '../vendors/vendor-server.ts';
import { http, startGraph } from './graph.ts';

const QUERY_SDL = `
  enum Kind { a_b @enum(subgraph: "stripe", value: "\\"a-b\\"") plain }
  input Range { gte: Int l_t: Int @resolveRootField(subgraph: "stripe", field: "l-t") tags: [String!] any: [Kind] }
  type Query {
    list(
      limit: Int, size: BigInt, active: Boolean, ratio: Float, kind: Kind, kinds: [Kind!], ids: [ID!], comma: [String!],
      expand: [String!], created: Range, free: JSON, version: String, id: [ID!]
    ): JSON ${http(
      'GET',
      '/v1/list',
      `operationSpecificHeaders: [["X-Version", "{args.version}"], ["X-Fixed", "2026-09"], ["accept", "application/json"]],
       queryParamArgMap: "{\\"limit\\":\\"limit\\",\\"page[size]\\":\\"size\\",\\"active\\":\\"active\\",\\"ratio\\":\\"ratio\\",\\"kind\\":\\"kind\\",\\"kinds\\":\\"kinds\\",\\"ids\\":\\"ids\\",\\"comma\\":\\"comma\\",\\"expand[]\\":\\"expand\\",\\"created\\":\\"created\\",\\"free\\":\\"free\\"}",
       queryStringOptionsByParam: "{\\"ids\\":{\\"arrayFormat\\":\\"repeat\\",\\"destructObject\\":true},\\"comma\\":{\\"arrayFormat\\":\\"comma\\"},\\"created\\":{\\"arrayFormat\\":\\"repeat\\",\\"destructObject\\":true}}"`,
    )}
    sparse(properties: [String!]): JSON ${http('GET', '/v1/sparse', 'queryParamArgMap: "{\\"properties\\":\\"properties\\"}"')}
      @sparse(argument: "properties", in: "query", separator: ",", fields: ["email", "first-name"])
    sparseList(fields: [String!]): JSON ${http('GET', '/v1/sparse', 'queryParamArgMap: "{\\"f\\":\\"fields\\"}"')}
      @sparse(argument: "fields", in: "query", fields: ["a", "b"])
  }
`;

const asked = async (
  query: string,
  config = stripeConfig(),
  variables: Record<string, unknown> = {},
): Promise<string> => {
  await using graph = await startGraph({
    sdl: QUERY_SDL,
    config,
    answer: (_request, response) => sendJson(response, {}),
  });
  expect((await graph.query(query, variables)).errors).toBeUndefined();
  return decodeURIComponent(graph.vendor.seen[0]?.url ?? '');
};

describe('query parameters', () => {
  it.each([
    ['limit: 3, active: false, ratio: 0.5', 'limit=3&active=false&ratio=0.5'],
    ['size: "9007199254740993"', 'page[size]=9007199254740993'],
    ['limit: null', ''],
    ['kind: a_b, kinds: [a_b, plain]', 'kind=a-b&kinds=a-b&kinds=plain'],
    ['ids: ["1", "2"]', 'ids=1&ids=2'],
    ['ids: []', ''],
    ['comma: ["a", "b"]', 'comma=a,b'],
    ['expand: ["data.customer", "x"]', 'expand[]=data.customer&expand[]=x'],
    ['created: { gte: 1, l_t: 2 }', 'created[gte]=1&created[l-t]=2'],
    ['created: { tags: ["a", "b"], any: [a_b] }', 'created[tags]=a&created[tags]=b&created[any]=a-b'],
    ['free: { a: { b: [{ c: 1 }, { c: 2 }] } }', 'free[a][b][0][c]=1&free[a][b][1][c]=2'],
  ])('of (%s) are %s', async (args, expected) => {
    expect(await asked(`{ list(${args}) }`)).toBe(expected === '' ? '/v1/list' : `/v1/list?${expected}`);
  });

  it('are written in the vendor’s own array style unless the parameter has one', async () => {
    const query = '{ list(kinds: [a_b, plain], comma: ["a", "b"], expand: ["x"]) }';
    expect(await asked(query, stripeConfig({ query: { arrays: 'brackets' } }))).toBe(
      '/v1/list?kinds[]=a-b&kinds[]=plain&comma=a,b&expand[]=x',
    );
    expect(await asked(query, stripeConfig({ query: { arrays: 'comma' } }))).toBe(
      '/v1/list?kinds=a-b,plain&comma=a,b&expand[]=x',
    );
  });

  it('cannot add parameters of their own', async () => {
    await using graph = await startGraph({ sdl: QUERY_SDL, answer: (_request, response) => sendJson(response, {}) });
    await graph.rest.call('list', { comma: ['a&b=c', 'd,e'], free: { 'x]&y': '#?&=' } }, graph.scope);
    const { searchParams } = new URL(graph.vendor.seen[0]?.url ?? '', 'http://vendor.example');
    expect([...searchParams]).toEqual([
      ['comma', 'a&b=c,d,e'],
      ['free[x]&y]', '#?&='],
    ]);
    expect(graph.vendor.seen[0]?.url).toContain('d%2Ce');
  });

  it('name every field the description knows, unless the caller does', async () => {
    expect(await asked('{ sparse }')).toBe('/v1/sparse?properties=email,first-name');
    expect(await asked('{ sparse(properties: ["email"]) }')).toBe('/v1/sparse?properties=email');
    expect(await asked('{ sparseList }')).toBe('/v1/sparse?f=a&f=b');
  });
});

describe('headers', () => {
  it('carry fixed texts and the arguments that were given', async () => {
    await using graph = await startGraph({ sdl: QUERY_SDL, answer: (_request, response) => sendJson(response, {}) });
    await graph.rest.call('list', { version: '7' }, graph.scope);
    await graph.rest.call('list', {}, graph.scope);
    expect(graph.vendor.seen[0]?.headers).toMatchObject({
      'x-version': '7',
      'x-fixed': '2026-09',
      accept: 'application/json',
    });
    expect(graph.vendor.seen[1]?.headers).not.toHaveProperty('x-version');
  });

  it.each(['a\r\nx-evil: 1', 'a\nb', 'ü', '\0'])('refuse %j before any call', async (version) => {
    await using graph = await startGraph({ sdl: QUERY_SDL, answer: (_request, response) => sendJson(response, {}) });
    await expect(graph.rest.call('list', { version }, graph.scope)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('"version"'),
    });
    expect(graph.vendor.seen).toEqual([]);
  });
});

const typed = (type: string): string =>
  `operationSpecificHeaders: [["Content-Type", "${type}"], ["accept", "application/json"]]`;

const BODY_SDL = `
  enum Kind { a_b @enum(subgraph: "stripe", value: "\\"a-b\\"") plain }
  input Part { na_me: String @resolveRootField(subgraph: "stripe", field: "na-me") parts: [Part!] }
  input In { na_me: String @resolveRootField(subgraph: "stripe", field: "na-me") kind: Kind kinds: [Kind] big: BigInt bigs: [BigInt]
    part: Part parts: [Part!] free: JSON langs: [String] at: DateTime file: File note: String }
  type Query {
    search(input: In): JSON ${http('POST', '/search', typed('application/json'))} @sparse(argument: "langs", in: "body", fields: ["a", "b"])
  }
  type Mutation {
    json(input: In): JSON ${http('POST', '/json', typed('application/json'))} @idempotency(header: "Idempotency-Key")
    form(id: ID!, input: In): JSON ${http('POST', '/form/{args.id}', typed('application/x-www-form-urlencoded'))}
    upload(input: In): JSON ${http('POST', '/upload', typed('multipart/form-data'))}
    remove(id: ID!): Void ${http('DELETE', '/json/{args.id}')}
  }
`;

const startBodies = () => startGraph({ sdl: BODY_SDL, answer: (_request, response) => sendJson(response, {}) });

describe('bodies', () => {
  it('are JSON with the vendor’s names and values, and exact whole numbers', async () => {
    await using graph = await startBodies();
    const source = `mutation ($big: BigInt) { json(input: {
      na_me: "x", kind: a_b, kinds: [plain, a_b], big: $big, bigs: [1, "2"], part: { na_me: "y", parts: [{ na_me: "z" }] }, free: { na_me: 1, b: 9007199254740993 },
      note: null, at: "2026-11-02T09:00:00Z" }) }`;
    expect((await graph.query(source, { big: '9007199254740993' })).errors).toBeUndefined();
    expect(graph.vendor.seen[0]).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(graph.vendor.seen[0]?.body).toBe(
      '{"na-me":"x","kind":"a-b","kinds":["plain","a-b"],"big":9007199254740993,"bigs":[1,2],' +
        '"part":{"na-me":"y","parts":[{"na-me":"z"}]},"free":{"na_me":1,"b":9007199254740993},"at":"2026-11-02T09:00:00Z","note":null}',
    );
  });

  it('are JSON even when nothing was given', async () => {
    await using graph = await startBodies();
    await graph.rest.call('json', {}, graph.scope);
    expect(graph.vendor.seen[0]?.body).toBe('{}');
  });

  it('are forms as Stripe reads them', async () => {
    await using graph = await startBodies();
    const source = `mutation { form(id: "1", input: {
      na_me: "a&b", kind: a_b, big: "9007199254740993", langs: ["en", "de"], parts: [{ na_me: "p" }, { na_me: "q" }], free: { a: { b: null } }, note: null }) }`;
    expect((await graph.query(source)).errors).toBeUndefined();
    expect(graph.vendor.seen[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect([...new URLSearchParams(graph.vendor.seen[0]?.body)]).toEqual([
      ['na-me', 'a&b'],
      ['kind', 'a-b'],
      ['big', '9007199254740993'],
      ['parts[0][na-me]', 'p'],
      ['parts[1][na-me]', 'q'],
      ['free[a][b]', ''],
      ['langs[]', 'en'],
      ['langs[]', 'de'],
      ['note', ''],
    ]);
  });

  it('are parts with files, JSON and text', async () => {
    await using graph = await startBodies();
    const file = new File([Buffer.from([0, 255, 10])], 'a.bin', { type: 'application/pdf' });
    await graph.rest.call('upload', { input: { file, part: { na_me: 'x' }, note: 'hi', kind: null } }, graph.scope);
    const { headers, body } = graph.vendor.seen[0] ?? {};
    const form = await new Response(Buffer.from(body ?? '', 'latin1'), {
      headers: { 'content-type': headers?.['content-type'] ?? '' },
    }).formData();
    const sent = form.get('file');
    expect(sent).toMatchObject({ name: 'a.bin', type: 'application/pdf' });
    if (sent instanceof File) expect([...new Uint8Array(await sent.arrayBuffer())]).toEqual([0, 255, 10]);
    expect([form.get('part'), form.get('note'), form.has('kind')]).toEqual(['{"na-me":"x"}', 'hi', false]);
  });

  it('name the wanted fields unless the caller does', async () => {
    await using graph = await startBodies();
    await graph.query('{ search(input: { note: "x" }) }');
    await graph.query('{ search(input: { langs: ["c"] }) }');
    expect(graph.vendor.seen.map((request) => request.body)).toEqual([
      '{"note":"x","langs":["a","b"]}',
      '{"langs":["c"]}',
    ]);
  });

  it('are absent, type and all, where the operation has none', async () => {
    await using graph = await startBodies();
    await graph.rest.call('remove', { id: '1' }, graph.scope);
    expect(graph.vendor.seen[0]?.headers).not.toHaveProperty('content-type');
    expect(graph.vendor.seen[0]?.body).toBe('');
  });

  it('are sent with an idempotency key when the caller has one', async () => {
    await using graph = await startBodies();
    await graph.rest.call('json', {}, graph.scope, { idempotencyKey: 'k-1' });
    await graph.rest.call('json', {}, graph.scope);
    expect(graph.vendor.seen.map((request) => request.headers['idempotency-key'])).toEqual(['k-1', undefined]);
  });
});
