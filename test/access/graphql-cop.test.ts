/**
 * The twelve checks of graphql-cop, by its names and with its requests, against a gateway without the sandbox: what it would
 * report is asserted not to be there. It asks as a client with few scopes, because without a credential there is nothing to ask.
 */
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog, type Gateway, readSettings, startGateway } from '../../src/index.ts';
import { type AccessFolder, makeAccessFolder } from './access-gateway.ts';

let folder: AccessFolder;
let gateway: Gateway;
beforeAll(async () => {
  folder = await makeAccessFolder();
  const settings = readSettings({ PORT: '0', VENDORGRAPH_DATA_DIR: folder.dataDir });
  const log = createLog({ level: 'silent' });
  gateway = await startGateway({ graphDir: folder.dir, settings, log, env: {} });
});
afterAll(async () => {
  await gateway.drain();
  folder[Symbol.dispose]();
});

interface Answer {
  status: number;
  text: string;
  body: {
    data?: Record<string, unknown> | null;
    errors?: { message: string; extensions: Record<string, unknown> }[];
    extensions?: Record<string, unknown>;
  };
}

async function send(path: string, init: RequestInit = {}, headers: Record<string, string> = {}): Promise<Answer> {
  const authorization = `Bearer ${folder.keys.billing}`;
  const response = await fetch(`${gateway.url}${path}`, { ...init, headers: { authorization, ...headers } });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : {} };
}

const post = (body: unknown): Promise<Answer> =>
  send('/graphql', { method: 'POST', body: JSON.stringify(body) }, { 'content-type': 'application/json' });
const get = (query: string): Promise<Answer> => send(`/graphql?${new URLSearchParams({ query })}`);

const repeat = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

/** What a refusal of a document has: no data, and one error that names the limit. */
function expectLimit({ body }: Answer, limit: string): void {
  expect(body.data).toBeUndefined();
  expect(body.errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED', limit } }]);
}

const CHECKS: Readonly<Record<string, () => Promise<void>>> = {
  'Alias Overloading': async () =>
    expectLimit(await post({ query: `query cop { ${repeat(101, (n) => `alias${n}:__typename`)} }` }), 'aliases'),

  'Array-based Query Batching': async () => {
    const { status, body } = await post(Array(10).fill({ query: 'query cop { __typename }' }));
    expect([status, body.data]).toEqual([400, undefined]);
  },

  'Directive Overloading': async () => {
    const ten = await post({ query: `query cop { __typename ${'@aa'.repeat(10)} }` });
    expect(ten.body.data).toBeUndefined();
    expect(ten.body.errors?.length).toBeLessThan(10);
    expectLimit(await post({ query: `query cop { __typename ${'@aa'.repeat(101)} }` }), 'directives');
  },

  'Field Duplication': async () =>
    expectLimit(await post({ query: `query cop { ${repeat(500, () => '__typename')} }` }), 'rootFields'),

  'Introspection-based Circular Query': async () => {
    const below = 'fields { type { fields { type { fields { type { fields { type { name } } } } } } } }';
    const { body } = await post({ query: `query cop { __schema { types { ${below} } } }` });
    expect(body.data).toBeUndefined();
    expect(body.errors?.length).toBeGreaterThan(0);
  },

  'GET Method Query Support': async () => {
    // A credential in a header is nothing a link or a form can send: executing is safe, and without it nothing does.
    expect((await get('query cop {__typename}')).body.data).toEqual({ __typename: 'Query' });
    const unknown = await fetch(`${gateway.url}/graphql?query=query%20cop%7B__typename%7D`);
    expect(unknown.status).toBe(401);
  },

  'Mutation is allowed over GET (possible CSRF)': async () => {
    const { status, body } = await get('mutation cop {__typename}');
    expect([status, body.data]).toEqual([405, undefined]);
  },

  'POST based url-encoded query (possible CSRF)': async () => {
    const form = { method: 'POST', body: new URLSearchParams({ query: 'query cop {__typename}' }) };
    const { status, body } = await send('/graphql', form);
    expect([status, body.data]).toEqual([415, undefined]);
  },

  'GraphQL IDE': async () => {
    for (const path of ['/', '/graphiql', '/playground', '/console', '/graphql', '/altair', '/voyager']) {
      const { text } = await send(path, {}, { accept: 'text/html' });
      expect(text).not.toMatch(/graphiql|playground|apollo|altair|<html/i);
    }
  },

  'Field Suggestions': async () => {
    // A caller is told of near names of its own graph, and of no others.
    const near = await post({ query: 'query cop { stripeCustomerz { nodes { id } } }' });
    expect(near.text).toMatch(/Did you mean .*stripeCustomers/);
    for (const field of ['hubspotContactz', 'slackUserz', 'zendeskTicketz', 'bamboohrEmployeez', 'accountz'])
      expect((await post({ query: `query cop { ${field} { id } }` })).text).not.toMatch(/did you mean/i);
  },

  Introspection: async () => {
    const query = 'query cop { __schema { types { name fields { name } } mutationType { name } } }';
    const { body, text } = await post({ query });
    expect(body.data).toMatchObject({ __schema: { mutationType: null } });
    expect(text).toContain('StripeCustomer');
    expect(text).not.toMatch(/hubspot|slack|zendesk|resend|calcom|bamboohr|pdl/i);
    // What tools ask, in fragments: a whole graph, if a small one.
    const tools = await post({ query: getIntrospectionQuery() });
    // Whether it is one is what the call finds out.
    const schema = buildClientSchema(tools.body.data as unknown as IntrospectionQuery);
    expect(schema.getQueryType()?.getFields()).toHaveProperty('stripeCustomer');
    expect(tools.text).not.toMatch(/"name":"(hubspot|slack|zendesk|resend|calcom|bamboohr|pdl)/i);
    const unknown = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    expect([unknown.status, await unknown.text()]).toEqual([401, expect.not.stringContaining('Stripe')]);
  },

  'Trace Mode': async () => {
    const headers = { 'content-type': 'application/json', 'x-vendorgraph-explain': '1', 'apollo-tracing': '1' };
    const body = JSON.stringify({ query: 'query cop { __typename }' });
    const answer = await send('/graphql', { method: 'POST', body }, headers);
    expect(Object.keys(answer.body.extensions ?? {})).toEqual(['cost']);
    const broken = await post({ query: 'query cop { __typename ' });
    expect(broken.text).not.toMatch(/exception|stacktrace|tracing|node_modules/i);
  },
};

describe('graphql-cop', () => {
  it('has twelve checks', () => expect(Object.keys(CHECKS)).toHaveLength(12));

  it.each(Object.entries(CHECKS))('finds nothing: %s', (_name, check) => check());
});
