import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ask, askAccounts, PAGE_INFO, type Tree, walk } from './asking.ts';
import { ACCOUNT_FIELDS, createOracle, type Oracle } from './oracle.ts';

let gateway: GatewayUnderTest;
let oracle: Oracle;

beforeAll(async () => {
  gateway = await startGatewayUnderTest();
  oracle = createOracle(gateway.sandbox.world);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const companies = () => gateway.sandbox.world.companies;
const known = () => companies().filter(oracle.account);
const domainsOf = (rows: readonly { domain: string }[]) => rows.map(({ domain }) => domain);
const whole = (ids: readonly string[], key = 'id') => ({
  nodes: ids.map((id) => ({ [key]: id })),
  pageInfo: { hasNextPage: false },
});

describe('every company of the world', () => {
  it('is joined with its own record in each system, by domain', async () => {
    expect(await askAccounts(gateway, domainsOf(companies()), ACCOUNT_FIELDS)).toEqual(companies().map(oracle.account));
  });

  it('is the same under what people call a domain', async () => {
    const called = known()
      .slice(0, 60)
      .map(
        ({ domain }, index) =>
          [`https://www.${domain}/about?x=1`, domain.toUpperCase(), ` ${domain}. `][index % 3] ?? domain,
      );
    expect(await askAccounts(gateway, called, ACCOUNT_FIELDS)).toEqual(known().slice(0, 60).map(oracle.account));
  });

  it('has its own deals, subscriptions, invoices, tickets and people, in order', async () => {
    const page = (name: string, id: string, args = '') =>
      `${name}(first: 200${args}) { nodes { ${id} } pageInfo { hasNextPage } }`;
    const selection = [
      page('deals', 'id'),
      page('subscriptions', 'id'),
      page('invoices', 'id'),
      page('tickets', 'id'),
      page('people', 'email'),
    ].join('\n');
    expect(await askAccounts(gateway, domainsOf(known()), selection)).toEqual(
      known().map((company) => ({
        deals: whole(oracle.dealsOf(company)),
        subscriptions: whole(oracle.subscriptionsOf(company)),
        invoices: whole(oracle.invoicesOf(company)),
        tickets: whole(oracle.ticketsOfCompany(company)),
        people: whole(oracle.peopleOf(company), 'email'),
      })),
    );
  });

  it('is found once in the list of accounts, which goes through the whole CRM', async () => {
    const nodes = await walk(
      gateway,
      `accounts(PAGE) { nodes { ${ACCOUNT_FIELDS} } ${PAGE_INFO} }`,
      ({ accounts }) => accounts,
      33,
    );
    expect(nodes).toEqual(oracle.companies().map(oracle.account));
  });

  it('is null when only People Data Labs or nobody knows it, and when it is no domain', async () => {
    const strangers = companies().filter((company) => !oracle.account(company));
    const wrong = [
      '',
      'brightforge',
      'brightforge..io',
      "brightforge.io' OR",
      '*.io',
      '*',
      'ada@brightforge.io',
      'gmail.com',
    ];
    const keys = [...domainsOf(strangers), 'nobody.example', ...wrong];
    expect(await askAccounts(gateway, keys, ACCOUNT_FIELDS)).toEqual(keys.map(() => null));
  });
});

describe("an account's lists", () => {
  const lists: { name: string; id: string; of: (company: Tree) => string[] }[] = [
    { name: 'deals', id: 'id', of: (company) => oracle.dealsOf(company) },
    { name: 'subscriptions', id: 'id', of: (company) => oracle.subscriptionsOf(company) },
    { name: 'invoices', id: 'id', of: (company) => oracle.invoicesOf(company) },
    { name: 'tickets', id: 'id', of: (company) => oracle.ticketsOfCompany(company) },
    { name: 'people', id: 'email', of: (company) => oracle.peopleOf(company) },
  ];

  it.each(lists)('are whole page by page: $name', async ({ name, id, of }) => {
    const most = known()
      .toSorted((a, b) => of(b).length - of(a).length)
      .slice(0, 2);
    for (const [index, company] of [...most, known()[1]].entries()) {
      if (!company) continue;
      expect(of(company).length).toBeGreaterThan(1);
      const field = `account(domain: "${company.domain}") { ${name}(PAGE) { nodes { ${id} } ${PAGE_INFO} } }`;
      const nodes = await walk(gateway, field, (data) => data.account[name], index + 1);
      expect(nodes.map((node) => node[id])).toEqual(of(company));
    }
  });

  it('can be narrowed by status', async () => {
    const company = known().toSorted((a, b) => oracle.invoicesOf(b).length - oracle.invoicesOf(a).length)[0];
    if (!company) throw new Error('No company has an invoice.');
    for (const status of ['paid', 'open', 'void', 'draft', 'uncollectible']) {
      const field = `account(domain: "${company.domain}") { invoices(status: ${status}, PAGE) { nodes { id status } ${PAGE_INFO} } }`;
      const nodes = await walk(gateway, field, ({ account }) => account.invoices, 3);
      expect(nodes).toEqual(oracle.invoicesOf(company, status).map((id) => ({ id, status })));
    }
    const asked = known().toSorted((a, b) => oracle.ticketsOfCompany(b).length - oracle.ticketsOfCompany(a).length)[0];
    const field = `account(domain: "${asked?.domain}") { tickets(status: [closed, open], PAGE) { nodes { id } ${PAGE_INFO} } }`;
    const nodes = await walk(gateway, field, ({ account }) => account.tickets, 2);
    expect(nodes.map(({ id }) => id)).toEqual(asked && oracle.ticketsOfCompany(asked, ['closed', 'open']));
  });

  it('are empty, not missing, where a system does not know the company', async () => {
    const unbilled = known().find(({ ids }) => !ids.stripe && !ids.zendesk);
    const query = `{ account(domain: "${unbilled?.domain}") {
      subscriptions { nodes { id } pageInfo { hasNextPage endCursor } } invoices { nodes { id } } tickets { edges { cursor } }
    } }`;
    expect((await ask(gateway, query)).account).toEqual({
      subscriptions: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } },
      invoices: { nodes: [] },
      tickets: { edges: [] },
    });
  });
});
