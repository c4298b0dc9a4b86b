/** What vendors are asked does not depend on how often a document was sent. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';

interface Sent {
  origin: string;
  method: string;
  path: string;
  body?: unknown;
}

let running: GatewayUnderTest;
let sent: string[] = [];

const hear = (message: unknown): void => {
  // What undici says on this channel.
  const { origin, method, path, body } = (message as { request: Sent }).request;
  if (origin !== running.gateway.url && origin !== running.sandbox.controlUrl)
    sent.push(`${method} ${path} ${String(body)}`);
};

beforeAll(async () => {
  running = await startGatewayUnderTest();
  subscribe('undici:request:create', hear);
  // The compiler is there before the first of the tests.
  for (let time = 0; time < 3; time += 1) await running.ask('{ stripeInvoices(first: 1) { nodes { id } } }');
});
afterAll(async () => {
  unsubscribe('undici:request:create', hear);
  await running[Symbol.asyncDispose]();
});

it.each([
  [
    'a field of a form that is left out',
    'mutation ($id: ID!, $n: String, $d: String) { stripeUpdateCustomer(id: $id, input: { name: $n, description: $d }) { id } }',
    { n: 'Ada' },
  ],
  [
    'a field of JSON that is left out',
    'mutation ($id: ID!, $f: String, $p: String) { hubspotUpdateContact(id: $id, input: { properties: { firstname: $f, phone: $p } }) { id } }',
    { f: 'Ada' },
  ],
  [
    'an input with nothing left out',
    'mutation ($id: ID!, $i: StripeUpdateCustomerInput!) { stripeUpdateCustomer(id: $id, input: $i) { id } }',
    { i: { name: 'Ada' } },
  ],
  [
    'a filter that is left out',
    'query ($s: String, $e: [String!]) { people(filter: { search: $s, emails: $e }, first: 2) { nodes { email } } }',
    { s: 'ada' },
  ],
  [
    'an item of a list',
    'query ($s: ZendeskTicketStatus!) { person(email: "ada.lindqvist@brightforge.io") { tickets(status: [open, $s]) { nodes { id } } } }',
    { s: 'pending' },
  ],
  [
    'an argument that is left out',
    'query ($n: Int, $c: String) { stripeInvoices(first: $n, customer: $c) { nodes { id } } }',
    { n: 2 },
  ],
  ['a default', 'query ($n: Int! = 3) { stripeInvoices(first: $n) { nodes { id } } }', {}],
])('asks the same the fourth time: %s', async (what, text, variables) => {
  const { people, companies } = running.sandbox.world;
  const ids: Readonly<Record<string, string | undefined>> = {
    stripe: companies.find(({ ids }) => ids.stripe)?.ids.stripe,
    hubspot: people.find(({ ids }) => ids.hubspot)?.ids.hubspot,
  };
  const given = {
    ...variables,
    ...(text.includes('$id') && { id: ids[text.includes('stripe') ? 'stripe' : 'hubspot'] }),
  };
  const requests: string[][] = [];
  for (let time = 0; time < 4; time += 1) {
    sent = [];
    const { errors } = await running.ask(text, { variables: given });
    expect(errors, what).toEqual([]);
    requests.push(sent);
  }
  expect(requests[0]?.length).toBeGreaterThan(0);
  for (const again of requests) expect(again).toEqual(requests[0]);
});
