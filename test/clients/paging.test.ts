/** Paging as applications do it: Apollo's Relay-style cache, `fetchMore` with the last `endCursor`, until there is no more. */
import { type ApolloClient, gql } from '@apollo/client/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../../src/sandbox/world.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { graphqlErrors, httpClient } from './apollo-client.ts';

let running: GatewayUnderTest;
beforeAll(async () => {
  running = await startGatewayUnderTest();
});
afterAll(() => running[Symbol.asyncDispose]());

interface Connection {
  edges: { cursor: string; node: { key: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

interface Listing {
  field: string;
  /** Other arguments than first and after. */
  args?: string;
  node: string;
  /** Chosen so that pages of the graph and pages of the vendor do not fall together. */
  first: number;
  /** Every row there is. */
  all(world: World): (string | number | undefined)[];
}

const LISTINGS: readonly Listing[] = [
  { field: 'hubspotContacts', node: 'key: id', first: 130, all: ({ people }) => people.map(({ ids }) => ids.hubspot) },
  { field: 'stripeInvoices', node: 'key: id', first: 170, all: ({ invoices }) => invoices.map(({ id }) => id) },
  {
    field: 'zendeskSearch',
    args: 'query: "type:ticket", ',
    node: '... on ZendeskTicket { key: id }',
    first: 70,
    all: ({ tickets }) => tickets.map(({ id }) => id),
  },
  { field: 'calcomBookings', node: 'key: uid', first: 45, all: ({ bookings }) => bookings.map(({ uid }) => uid) },
  {
    field: 'bamboohrEmployees',
    node: 'key: employeeId',
    first: 7,
    all: ({ employees }) => employees.map(({ id }) => id),
  },
  {
    field: 'people',
    node: 'key: email',
    first: 90,
    all: ({ people }) => people.filter(({ ids }) => ids.hubspot).map(({ email }) => email),
  },
];

const queryOf = ({ field, args = '', node }: Listing) => gql`
  query ($first: Int, $after: String) {
    list: ${field}(${args}first: $first, after: $after) { edges { cursor node { ${node} } } pageInfo { hasNextPage endCursor } }
  }
`;

/** The edges Apollo's cache holds in the end, and how many pages it took. */
async function readToTheEnd(client: ApolloClient, listing: Listing): Promise<{ rows: string[]; pages: number }> {
  const query = queryOf(listing);
  const variables = { first: listing.first };
  const observed = client.watchQuery<{ list: Connection }>({ query, variables });
  let page = (await client.query<{ list: Connection }>({ query, variables })).data;
  let pages = 1;
  while (page?.list.pageInfo.hasNextPage) {
    const after = page.list.pageInfo.endCursor;
    page = (await observed.fetchMore({ variables: { after } })).data;
    pages += 1;
    // Relay's rule, on which caches build.
    expect(page?.list.edges.at(-1)?.cursor).toBe(page?.list.pageInfo.endCursor);
    expect(page?.list.pageInfo.endCursor).not.toBe(after);
  }
  const held = client.readQuery<{ list: Connection }>({ query, variables });
  return { rows: held?.list.edges.map(({ node }) => node.key) ?? [], pages };
}

describe('paging to the end', () => {
  it.each(LISTINGS)('reads every row of $field exactly once', async (listing) => {
    const { rows, pages } = await readToTheEnd(httpClient(running), listing);
    const expected = listing
      .all(running.sandbox.world)
      .filter((row) => row !== undefined)
      .map(String);
    expect(rows).toHaveLength(expected.length);
    expect(rows.map(String).sort()).toEqual(expected.sort());
    expect(pages).toBe(Math.ceil(expected.length / listing.first));
  });

  it('needs no more than one page for one that holds everything', async () => {
    const [, , , bookings] = LISTINGS;
    const { rows, pages } = await readToTheEnd(httpClient(running), { ...(bookings as Listing), first: 1_000 });
    expect([rows.length, pages]).toEqual([running.sandbox.world.bookings.length, 1]);
  });
});

describe('a page nobody can have', () => {
  const lists = [
    ...LISTINGS.map(({ field, args = '' }) => ({
      field,
      query: (more: string) => `{ list: ${field}(${args}${more}) { nodes { __typename } } }`,
    })),
    ...['tickets', 'emails', 'bookings'].map((field) => ({
      field: `person.${field}`,
      query: (more: string) =>
        `{ person(email: "ada.lindqvist@brightforge.io") { list: ${field}(${more}) { nodes { __typename } } } }`,
    })),
    ...['deals', 'subscriptions', 'invoices', 'tickets', 'people'].map((field) => ({
      field: `account.${field}`,
      query: (more: string) =>
        `{ account(domain: "brightforge.io") { list: ${field}(${more}) { nodes { __typename } } } }`,
    })),
  ];

  it.each(lists)('of $field: 0, -1 and 100000 rows are refused with the numbers', async ({ query }) => {
    for (const first of [0, -1, 100_000]) {
      const errors = await graphqlErrors(httpClient(running).query({ query: gql(query(`first: ${first}`)) }));
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) } }]);
      expect(errors[0]?.message).toBe(`The argument "first" is ${first}; it can be 1 to 1000.`);
    }
  });

  it.each(lists)('of $field: a cursor it did not make is refused', async ({ query }) => {
    const { errors, data } = await running.ask(
      query('first: 1').replace('nodes { __typename }', 'pageInfo { endCursor }'),
    );
    expect(errors).toEqual([]);
    const [, own = ''] = /"endCursor":"([^"]+)"/.exec(JSON.stringify(data)) ?? [];
    const flipped = own.replace(/.(?=.{2}$)/, (letter) => (letter === 'A' ? 'B' : 'A'));
    for (const after of [
      flipped,
      `${own}AA`,
      own.slice(0, -4),
      'not a cursor',
      '',
      Buffer.from('[0]').toString('base64url'),
    ]) {
      const answer = await running.ask(query(`first: 1, after: ${JSON.stringify(after)}`));
      expect(answer.errors, JSON.stringify(after)).toMatchObject([
        { extensions: { code: 'CURSOR_INVALID', requestId: expect.any(String) } },
      ]);
    }
  });

  it('a cursor of one list is none of another, nor of the same list asked otherwise', async () => {
    const cursorOf = async (list: string) => {
      const { data } = await running.ask(`{ list: ${list} { pageInfo { endCursor } } }`);
      return (data as unknown as { list: { pageInfo: { endCursor: string } } }).list.pageInfo.endCursor;
    };
    const invoices = await cursorOf('stripeInvoices(first: 1)');
    for (const list of [
      'stripeCharges(first: 1, after: $after)',
      'stripeInvoices(first: 1, status: open, after: $after)',
    ]) {
      const { errors } = await running.ask(`query ($after: String) { ${list} { nodes { id } } }`, {
        variables: { after: invoices },
      });
      expect(errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
    }
    const other = await running.ask(
      'query ($after: String) { stripeInvoices(first: 50, after: $after) { nodes { id } } }',
      { variables: { after: invoices } },
    );
    expect(other.errors).toEqual([]);
  });
});

describe('variables', () => {
  it.each([
    ['first', '7'],
    ['first', 1.5],
    ['first', 3_000_000_000],
    ['status', 'lost'],
    ['customer', { id: 'cus_1' }],
    ['created', { gt: 'yesterday' }],
    ['created', { since: 1 }],
  ])('of the wrong type are refused by name, before any call: %s = %j', async (name, value) => {
    await running.control('POST', '/reset');
    const query = gql`
      query ($first: Int, $status: StripeInvoiceStatus, $customer: String, $created: StripeTimeRangeInput) {
        stripeInvoices(first: $first, status: $status, customer: $customer, created: $created) { nodes { id } }
      }
    `;
    const errors = await graphqlErrors(httpClient(running).query({ query, variables: { [name]: value } }));
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining(`"$${name}"`),
        extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) },
      },
    ]);
    expect(await running.calls()).toEqual({});
  });
});
