/**
 * Holes that others have had, each asked of this gateway: authorization, isolation, fragments, saved and persisted queries.
 * Those about limits of each transport are in `every-transport.test.ts`, those about parallel requests in
 * `two-principals.test.ts`, those about versions in `test/house/dependencies.test.ts`.
 */
import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallGraph } from '../../graph/small-graph.ts';
import type { Tree } from '../../joins/asking.ts';
import { type AccessGateway, startAccessGateway } from '../access-gateway.ts';

let gateway: AccessGateway;
beforeAll(async () => {
  gateway = await startAccessGateway(['query Saved { __typename }']);
});
afterAll(() => gateway[Symbol.asyncDispose]());

interface Told {
  status: number;
  body: Tree;
  text: string;
}

async function post(body: unknown, key: string, headers: Record<string, string> = {}): Promise<Told> {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text), text };
}

async function get(parameters: Record<string, string>, key: string): Promise<Told> {
  const response = await fetch(`${gateway.url}?${new URLSearchParams(parameters)}`, {
    headers: { authorization: `Bearer ${key}`, accept: 'application/json' },
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text), text };
}

describe('GHSA-x33c-7c2v-mrj9: authorization skipped on polymorphic types', () => {
  const USER = 'ada.lindqvist@brightforge.io';
  it.each([
    ['an inline fragment', '... on ZendeskUser { email }'],
    ['a named fragment', '...U'],
    ['fragments in one another', '... { ... on ZendeskUser { ...U } }'],
    ['an alias', '... on ZendeskUser { subject: email }'],
    ['the same alias for another member', '... on ZendeskTicket { x: subject } ... on ZendeskUser { x: email }'],
    ['an alias that might pass for a type', '... on ZendeskUser { vg__type: id __type: id email }'],
    ['a fragment twice', '...U ... on ZendeskUser { id ...U }'],
  ])('masks the members of a union, asked by %s', async (_way, selection) => {
    const fragment = selection.includes('...U') ? 'fragment U on ZendeskUser { email }' : '';
    const query = `{ zendeskSearch(query: "${USER}", first: 5) { nodes { __typename ${selection} } edges { node { ${selection} } } } } ${fragment}`;
    const open = await post({ query }, gateway.keys.reader);
    expect(open.text).toContain(USER);
    // From the second time on by what is kept of the first.
    for (let round = 0; round < 4; round += 1) {
      const { text, body } = await post({ query }, gateway.keys.masked);
      expect(text).toContain('a***@brightforge.io');
      expect(text).not.toContain(USER);
      expect(body.extensions.redacted).toHaveLength(2);
    }
  });

  it('refuses a member’s own field however the interface is passed through', async () => {
    const graph = createSmallGraph(
      `type Query @scope(requires: []) { any: Any all: [Any] union: Union }
       interface Any @scope(requires: []) { id: ID note: String }
       interface Sub implements Any @scope(requires: []) { id: ID note: String }
       type Open implements Any @scope(requires: []) { id: ID note: String }
       type Closed implements Any & Sub @scope(requires: []) { id: ID note: String @scope(requires: ["x"]) own: String @scope(requires: ["x"]) }
       union Union = Open | Closed`,
      {
        rows: Object.fromEntries(
          ['any', 'union'].map((name) => [
            name,
            { __typename: 'Closed', id: '1', note: 'swordfish', own: 'swordfish' },
          ]),
        ),
      },
    );
    const ways = [
      'any { note }',
      'any { ... on Sub { note } }',
      'any { ... on Any { ... on Sub { ... on Closed { note own } } } }',
      'union { ... on Any { note } }',
      'union { ... on Sub { x: note ... on Closed { y: own } } }',
      'any { note: id ... on Closed { z: note } }',
    ];
    for (const way of ways)
      for (const isAgain of [false, true]) {
        const { text, errors } = await graph.ask(`{ ${way} }`, [], { isAgain });
        expect(text).not.toContain('swordfish');
        expect(errors.length).toBeGreaterThan(0);
        expect((await graph.ask(`{ ${way} }`, ['x'], { isAgain })).text).toContain('swordfish');
      }
  });
});

describe('GHSA-g8jh-vg5j-4h3f: renamed access directives ignored', () => {
  it.each(['@scopes(requires: ["x"])', '@auth__scope(requires: ["x"])', '@Scope(requires: ["x"])'])(
    'does not start with %s in place of @scope',
    (directive) => {
      const name = /@(\w+)/.exec(directive)?.[1];
      const sdl = `directive @${name}(requires: [String!]) on FIELD_DEFINITION type Query { secret: Int ${directive} }`;
      expect(() => createSmallGraph(sdl)).toThrow('No @scope says who may see Query.secret');
    },
  );
});

describe('fragment bombs, CVE-2025-32030, -32031, -32032, -32034, -32380 and -31496', () => {
  const bomb = (levels: number, type: string, leaf: string) =>
    Array.from({ length: levels }, (_, level) => {
      const next = `${type}${level + 1}`;
      const below = level === levels - 1 ? leaf : `...${next} a${level}: __typename ... { ...${next} }`;
      return `fragment ${type}${level} on ${type} { ${below} }`;
    }).join(' ');
  const bombs = (levels: number) => [
    `{ ...Query0 } ${bomb(levels, 'Query', 'stripeInvoices(first: 1) { nodes { id } }')}`,
    `{ person(email: "a@b.example") { ...Person0 } } ${bomb(levels, 'Person', 'email customer { id }')}`,
  ];

  it.each([20, 40, 60])('refuses fragments that double %i times, and asks no vendor', async (levels) => {
    const before = await gateway.calls();
    for (const query of bombs(levels)) {
      for (const client of ['billing', 'reader', 'small'] as const) {
        const { body } = await post({ query }, gateway.keys[client]);
        expect(body.errors[0].extensions.code).toBe('LIMIT_EXCEEDED');
      }
    }
    expect(await gateway.calls()).toEqual(before);
  });

  it('answers fragments that double ten times as if they were there once', async () => {
    const before = (await gateway.calls())['stripe.stripeInvoices'] ?? 0;
    const [query] = bombs(10);
    const { body } = await post({ query }, gateway.keys.billing);
    expect(body.data.stripeInvoices.nodes).toHaveLength(1);
    const after = Object.entries(await gateway.calls()).filter(([name]) => name.startsWith('stripe.'));
    expect(after.reduce((sum, [, calls]) => sum + calls, 0)).toBe(before + 1);
  });
});

describe('saved and persisted queries', () => {
  const HARMLESS = '{ __typename }';
  const HARMFUL = '{ people(first: 1) { nodes { email } } }';
  const extensions = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: hash('sha256', text) } });

  it('cannot be poisoned: a text under another text’s hash is refused, and the hash stays unknown (APQ cache poisoning)', async () => {
    const { status, body } = await post({ query: HARMFUL, extensions: extensions(HARMLESS) }, gateway.keys.reader);
    expect([status, body.errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    const asked = await get({ extensions: JSON.stringify(extensions(HARMLESS)) }, gateway.keys.masked);
    expect(asked.body.errors[0].message).toBe('PersistedQueryNotFound');
  });

  it('carry nobody’s scopes: what one has persisted is answered to another by its own', async () => {
    await post({ query: HARMFUL, extensions: extensions(HARMFUL) }, gateway.keys.reader);
    const open = await get({ extensions: JSON.stringify(extensions(HARMFUL)) }, gateway.keys.reader);
    const { text, body } = await get({ extensions: JSON.stringify(extensions(HARMFUL)) }, gateway.keys.masked);
    expect(text).not.toContain(open.body.data.people.nodes[0].email);
    expect(body.extensions.redacted).toEqual(['people.nodes.email']);
    const refused = await get({ extensions: JSON.stringify(extensions(HARMFUL)) }, gateway.keys.billing);
    expect(refused.body.errors[0].extensions.code).toBe('SCOPE_MISSING');
  });

  it.each([
    ['extensions that are a list', { query: HARMLESS, extensions: [] }],
    ['extensions that are a text', { query: HARMLESS, extensions: '{}' }],
    ['a documentId that is null', { query: HARMLESS, documentId: null }],
    ['a documentId that is false', { query: HARMLESS, documentId: false }],
    ['a documentId that is a list', { query: HARMLESS, documentId: [] }],
    ['an empty documentId', { query: HARMLESS, documentId: '' }],
    ['a query that is a list', { query: [HARMLESS] }],
    ['a hash of it', { query: HARMLESS, extensions: extensions(HARMLESS) }],
    ['a saved operation’s text', { query: 'query Saved { __typename }' }],
    [
      'a saved operation’s id inside a prototype',
      `{"query":"${HARMLESS}","__proto__":{"documentId":"sha256:${hash('sha256', 'query Saved { __typename }')}"}}`,
    ],
  ])('let nothing else of a client that is held to them through: %s', async (_way, sent) => {
    for (const accept of [
      'application/json',
      'text/event-stream, application/json',
      'application/graphql-response+json',
    ]) {
      const response = await fetch(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${gateway.keys.trusted}` },
        body: typeof sent === 'string' ? sent : JSON.stringify(sent),
      });
      const text = await response.text();
      expect(text).toContain('"errors"');
      expect(text).not.toContain('"data":{');
    }
    if (typeof sent === 'string') return;
    const parameters = Object.entries(sent).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    const { text } = await get(Object.fromEntries(parameters), gateway.keys.trusted);
    expect(text).not.toContain('"data":{');
  });
});

describe('prototype pollution, CVE-2024-21529 and yoga’s multipart of August 2026', () => {
  it.each([
    '{"query":"query ($id: ID) { stripeCustomer(id: $id) { id } }","variables":{"__proto__":{"polluted":1},"id":"__proto__"}}',
    '{"query":"{ __typename }","extensions":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}',
    '{"query":"{ __proto__: __typename constructor: __typename toString: __typename }"}',
    '{"query":"query __proto__ { __typename }","operationName":"__proto__"}',
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"query":"{ __typename }"}',
  ])('changes no prototype: %s', async (body) => {
    for (const client of ['reader', 'masked', 'billing'] as const) await post(body, gateway.keys[client]);
    const form = new FormData();
    form.set('operations', body);
    form.set('map', '{"0":["__proto__.polluted"],"1":["constructor.prototype.polluted"]}');
    form.set('0', new Blob(['x']));
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.keys.reader}` },
      body: form,
    });
    expect(response.status).toBe(415);
    // The gateway runs in this process.
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('answers names of every object’s own as any others', async () => {
    const { body } = await post(
      '{"query":"{ constructor: __typename toString: __typename hasOwnProperty: __typename }"}',
      gateway.keys.masked,
    );
    expect(body.data).toEqual({ constructor: 'Query', toString: 'Query', hasOwnProperty: 'Query' });
  });
});
