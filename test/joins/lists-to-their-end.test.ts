/** Lists of every paging style, walked to their end over vendors that turn their pages round or send rows twice. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ask, PAGE_INFO, type Tree, walk } from './asking.ts';
import { createOracle, type Oracle } from './oracle.ts';

const KEYS = { VENDORGRAPH_CURSOR_KEYS: `1:${'a secret of many characters '.repeat(2)}` };

let gateway: GatewayUnderTest;
let oracle: Oracle;

beforeAll(async () => {
  gateway = await startGatewayUnderTest({ env: KEYS });
  oracle = createOracle(gateway.sandbox.world);
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.control('POST', '/reset'));

interface List {
  style: string;
  vendor: string;
  /** Selects the list called `name`, whose rows have an `id`. */
  field: string;
  find(data: Tree): Tree;
  expected(): readonly string[];
}

const ids = (rows: readonly { id: string | number }[]): string[] => rows.map(({ id }) => String(id));
const company = () => {
  const { companies } = gateway.sandbox.world;
  const most = companies.toSorted((a, b) => oracle.peopleOf(b).length - oracle.peopleOf(a).length);
  if (!most[0]) throw new Error('no company');
  return most[0];
};

const LISTS: readonly List[] = [
  {
    style: 'a cursor in the answer',
    vendor: 'hubspot',
    field: `hubspotContacts(PAGE) { nodes { id } ${PAGE_INFO} }`,
    find: ({ hubspotContacts }) => hubspotContacts,
    expected: () => oracle.contacts().map((person) => String((oracle.person(person) as Tree).contact.id)),
  },
  {
    style: 'the last row’s id',
    vendor: 'stripe',
    field: `stripeInvoices(PAGE) { nodes { id } ${PAGE_INFO} }`,
    find: ({ stripeInvoices }) => stripeInvoices,
    expected: () => ids(gateway.sandbox.world.invoices),
  },
  {
    style: 'rows counted',
    vendor: 'calcom',
    field: `calcomBookings(PAGE) { nodes { id: uid } ${PAGE_INFO} }`,
    find: ({ calcomBookings }) => calcomBookings,
    expected: () => gateway.sandbox.world.bookings.map(({ uid }) => uid),
  },
  {
    style: 'pages counted',
    vendor: 'zendesk',
    field: `zendeskSearch(query: "type:ticket", PAGE) { nodes { ... on ZendeskTicket { id } } ${PAGE_INFO} }`,
    find: ({ zendeskSearch }) => zendeskSearch,
    expected: () => ids(gateway.sandbox.world.tickets),
  },
];

const FAULTS = ['well', 'reorder', 'duplicate'] as const;

describe.each(FAULTS)('a vendor that pages: %s', (kind) => {
  it.each(LISTS)('$style: every row once', async ({ vendor, field, find, expected }) => {
    if (kind !== 'well') await gateway.control('POST', '/faults', { vendor, kind });
    const right = expected().toSorted();
    for (const first of [101, 1_000]) {
      const rows = (await walk(gateway, field, find, first)).map(({ id }) => String(id));
      expect(rows.toSorted(), `${first} at a time`).toEqual(right);
    }
  });

  it('lists of an account, three rows at a time: every row once', async () => {
    if (kind !== 'well') {
      for (const vendor of ['stripe', 'zendesk']) await gateway.control('POST', '/faults', { vendor, kind });
    }
    const right: Record<string, readonly string[]> = {
      invoices: oracle.invoicesOf(company()),
      tickets: oracle.ticketsOfCompany(company()),
    };
    for (const [name, expected] of Object.entries(right)) {
      const field = `account(domain: "${company().domain}") { ${name}(PAGE) { nodes { id } ${PAGE_INFO} } }`;
      const rows = (await walk(gateway, field, ({ account }) => account[name], 3)).map(({ id }) => String(id));
      expect(rows.toSorted()).toEqual(expected.toSorted());
    }
  });

  it('ids known beforehand: every row once', async () => {
    if (kind !== 'well') await gateway.control('POST', '/faults', { vendor: 'hubspot', kind });
    const field = `account(domain: "${company().domain}") { people(PAGE) { nodes { email } ${PAGE_INFO} } }`;
    for (const first of [3, 100]) {
      const rows = (await walk(gateway, field, ({ account }) => account.people, first)).map(({ email }) => email);
      expect(rows.toSorted()).toEqual(oracle.peopleOf(company()).toSorted());
    }
  });
});

describe('a cursor', () => {
  it('holds for the field that made it, and for no other view of the same list', async () => {
    const { domain } = company();
    const { account } = await ask(
      gateway,
      `{ account(domain: "${domain}") { customer { id } invoices(first: 1) { pageInfo { endCursor } } } }`,
    );
    const { endCursor } = account.invoices.pageInfo;
    expect(endCursor).toEqual(expect.any(String));
    const { errors } = await gateway.ask(
      `{ stripeInvoices(customer: "${account.customer.id}", after: "${endCursor}") { nodes { id } } }`,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
  });

  it('holds at every gateway that has the key', async () => {
    await using other = await startGatewayUnderTest({ env: KEYS });
    const { resendDomains } = await ask(gateway, '{ resendDomains(first: 1) { pageInfo { endCursor } } }');
    const query = `{ resendDomains(after: "${resendDomains.pageInfo.endCursor}") { nodes { id } } }`;
    expect(await ask(other, query)).toEqual(await ask(gateway, query));
  });

  it('of somebody’s e-mails is nobody else’s, and not the whole list’s', async () => {
    const [one, other] = gateway.sandbox.world.people.filter((person) => oracle.emailsOf(person).length > 1);
    const read = (email: string | undefined, after: string | null) =>
      gateway.ask(
        'query($email: String!, $after: String) { person(email: $email) { emails(first: 1, after: $after) { pageInfo { endCursor } } } }',
        {
          variables: { email, after },
        },
      );
    const { data } = await read(one?.email, null);
    const { endCursor } = (data as Tree).person.emails.pageInfo;
    expect((await read(one?.email, endCursor)).errors).toEqual([]);
    expect((await read(other?.email, endCursor)).errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
    const whole = await gateway.ask(`{ resendEmails(after: "${endCursor}") { nodes { id } } }`);
    expect(whole.errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
    const { resendEmails } = await ask(gateway, '{ resendEmails(first: 1) { pageInfo { endCursor } } }');
    expect((await read(one?.email, resendEmails.pageInfo.endCursor)).errors).toMatchObject([
      { extensions: { code: 'CURSOR_INVALID' } },
    ]);
  });
});
