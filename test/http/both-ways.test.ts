/**
 * A POST of plain JSON takes a shorter way than everything else. Both must answer alike: here every request goes the short
 * way and yoga's (an `accept` of two types is enough), once and again.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';

let running: GatewayUnderTest;
beforeAll(async () => {
  running = await startGatewayUnderTest();
});
afterAll(() => running[Symbol.asyncDispose]());

const operation = (name: string) =>
  readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');

const BODIES: Readonly<Record<string, unknown>> = {
  'customer 360': { query: operation('customer-360') },
  'money and tickets': { query: operation('money-and-tickets') },
  'people directory': { query: operation('people-directory') },
  introspection: { query: '{ __schema { queryType { name } types { name kind } } }' },
  'variables and an operation name': {
    query: 'query A($e: String!) { person(email: $e) { email } } query B { __typename }',
    operationName: 'A',
    variables: { e: 'Ada.Lindqvist@brightforge.io' },
  },
  'default variables': { query: 'query ($n: Int = 2) { stripeInvoices(first: $n) { nodes { id } } }' },
  'fragments, aliases and conditions': {
    query: `query ($yes: Boolean!, $no: Boolean!) {
      a: account(domain: "brightforge.io") { ...A } b: account(domain: "nobody.example") { ...A }
    } fragment A on Account { name company @include(if: $yes) { id } owner @skip(if: $no) { email } customer @skip(if: $yes) { id } }`,
    variables: { yes: true, no: false },
  },
  'a field left out beside one that is not': {
    query: `query ($no: Boolean!) { slackUserByEmail(email: "maya.okafor@northwindlabs.com") {
      id ... { person { contact { id } } ... { person @include(if: $no) { email name } id } }
    } }`,
    variables: { no: false },
  },
  'a union': {
    query:
      '{ zendeskSearch(query: "ada", first: 5) { nodes { __typename ... on ZendeskUser { name } ... on ZendeskTicket { subject status } } } }',
  },
  'enums, big integers, lists and maps': {
    query:
      '{ stripeInvoices(first: 3) { nodes { id status amount_due created } } hubspotContacts(first: 2) { nodes { id createdAt properties { email } } } }',
  },
  'a page and its cursors': {
    query: '{ hubspotCompanies(first: 3) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }',
  },
  'an argument out of bounds': { query: '{ stripeInvoices(first: 0) { nodes { id } pageInfo { hasNextPage } } }' },
  'a cursor of somewhere else': { query: '{ stripeInvoices(after: "abc") { nodes { id } } }' },
  'a scope that is missing': { query: 'mutation { stripeCreateRefund(input: { charge: "ch_1" }) { id } }' },
  'an id that leaves its path': { query: '{ stripeCustomer(id: "../x") { id } other: __typename }' },
  'a variable of the wrong type': {
    query: 'query ($n: Int) { stripeInvoices(first: $n) { nodes { id } } }',
    variables: { n: 'many' },
  },
  'a variable that is missing': { query: 'query ($e: String!) { person(email: $e) { email } }' },
  'a field that is not there': { query: '{ nope }' },
  'a syntax error': { query: '{ person(' },
  'no query': { variables: {} },
  'an unknown parameter': { query: '{ __typename }', id: 'x' },
  'variables that are a list': { query: '{ __typename }', variables: [] },
  'an operation that is not there': { query: '{ __typename }', operationName: 'Nope' },
  'two operations and no name': { query: 'query A { __typename } query B { __typename }' },
  'a batch': [{ query: '{ __typename }' }],
  null: null,
};

async function post(body: unknown, accept: string, key = 'vg_demo_frontend') {
  const response = await fetch(`${running.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${key}`, 'x-request-id': 'same' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    requestId: response.headers.get('x-request-id'),
    body: JSON.parse(await response.text()) as unknown,
  };
}

const SHORT = 'application/json';
/** The same to yoga, and not plain to the short way. */
const YOGAS = 'application/json, text/x-nothing;q=0.1';

describe('both ways', () => {
  it.each(Object.entries(BODIES))('answer alike: %s', async (_name, body) => {
    const expected = await post(body, YOGAS);
    for (const accept of [SHORT, SHORT, YOGAS, SHORT, YOGAS]) expect(await post(body, accept)).toEqual(expected);
  });

  it('answer alike while a vendor is down', async () => {
    for (const [vendor, kind, value] of [
      ['stripe', 'status', 503],
      ['zendesk', 'garbage', undefined],
      ['hubspot', 'reset', undefined],
    ] as const) {
      await running.control('POST', '/faults', { vendor, kind, ...(value && { value }) });
      for (const query of [operation('customer-360'), operation('money-and-tickets')]) {
        const sorted = ({ body, ...rest }: Awaited<ReturnType<typeof post>>) => {
          const { data, errors } = body as { data: unknown; errors: { path: unknown[] }[] };
          const byPath = (a: { path: unknown[] }, b: { path: unknown[] }) =>
            String(a.path).localeCompare(String(b.path));
          return { ...rest, data, errors: errors.toSorted(byPath) };
        };
        const expected = sorted(await post({ query }, YOGAS));
        expect(expected.errors.length).toBeGreaterThan(0);
        for (const accept of [SHORT, SHORT, SHORT]) expect(sorted(await post({ query }, accept))).toEqual(expected);
      }
      await running.control('DELETE', '/faults');
    }
  });

  it('refuse alike what is no JSON, and who has no key', async () => {
    expect(await post('{ "query": ', SHORT)).toEqual(await post('{ "query": ', YOGAS));
    expect(await post({ query: '{ __typename }' }, SHORT, 'nobody')).toEqual(
      await post({ query: '{ __typename }' }, YOGAS, 'nobody'),
    );
  });

  it('explain alike who asks', async () => {
    const explained = async (accept: string) => {
      const response = await fetch(`${running.gateway.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept,
          authorization: 'Bearer vg_demo_frontend',
          'x-vendorgraph-explain': '1',
        },
        body: JSON.stringify({ query: '{ stripeInvoices(first: 1) { nodes { id } } }' }),
      });
      const { extensions } = (await response.json()) as { extensions: { explain: { cost: number; waves: number } } };
      return [extensions.explain.cost, extensions.explain.waves];
    };
    expect(await explained(SHORT)).toEqual(await explained(YOGAS));
  });
});
