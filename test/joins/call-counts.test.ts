import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ask, type Tree } from './asking.ts';
import { createOracle, type Oracle } from './oracle.ts';

let gateway: GatewayUnderTest;
let oracle: Oracle;

beforeAll(async () => {
  gateway = await startGatewayUnderTest();
  oracle = createOracle(gateway.sandbox.world);
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.control('POST', '/reset'));

/** The vendor calls of one operation, by `vendor.operation`. */
async function callsOf(query: string, variables: Record<string, unknown> = {}): Promise<Record<string, number>> {
  const before = await gateway.calls();
  await ask(gateway, query, { variables });
  const made = Object.entries(await gateway.calls()).map(
    ([name, count]) => [name, count - (before[name] ?? 0)] as const,
  );
  return Object.fromEntries(made.filter(([, count]) => count > 0));
}
const ada = 'ada.lindqvist@brightforge.io';
const chunks = (keys: number, size: number) => Math.ceil(keys / size);
/** Long beside what the machine needs to send calls that wait for nothing. */
const SLOW_MS = 120;

async function slowVendors(): Promise<void> {
  for (const vendor of Object.keys(gateway.sandbox.urls))
    await gateway.control('POST', '/faults', { vendor, kind: 'latency', value: SLOW_MS });
}
async function explained(query: string): Promise<Tree> {
  const { errors, extensions } = await gateway.ask(query, { headers: { 'x-vendorgraph-explain': '1' } });
  expect(errors).toEqual([]);
  return (extensions as Tree).explain;
}

describe('a list of people with everything about them', () => {
  it.each([1, 25, 100, 230])('takes as many calls as the vendors take keys at once: %i people', async (first) => {
    const people = oracle.contacts().slice(0, first);
    const domains = new Set(people.map((person) => (oracle.person(person) as Tree).account?.domain).filter(Boolean))
      .size;
    const selection =
      'contact { id owner { id } } customer { id } requester { id } employee { employeeId } profile { id } account { company { id } owner { id } }';
    // Who has no user with their address may have one with the contact's id.
    const unmet = people.filter((person) => oracle.zendeskIdOf(person) === null).length;
    const made = await callsOf(`{ people(first: ${first}) { nodes { ${selection} } } }`);
    expect(made).toEqual({
      // The contacts come with the list.
      'hubspot.searchContacts': chunks(first, 200),
      'hubspot.searchCompanies': chunks(domains, 100),
      'hubspot.owners': 1,
      'stripe.searchCustomers': chunks(first, 10),
      // Somebody alone may be a customer of this minute.
      ...(first === 1 && { 'stripe.customers': 1 }),
      'zendesk.searchUsers': chunks(first, 25),
      ...(unmet > 0 && { 'zendesk.showManyUsers': chunks(unmet, 100) }),
      'bamboohr.employees': 1,
      'pdl.enrichPeople': chunks(first, 100),
    });
  });

  it('costs no more for more fields of the same objects', async () => {
    const lean = 'contact { id } customer { id } requester { id } account { company { id } }';
    const rich = `email name contact { id properties { jobtitle phone } person { name contact { id } } } customer { id email name }
      requester { id name email person { email } } account { domain company { id properties { industry } account { domain } } }`;
    const query = (selection: string) =>
      `{ people(first: 60) { nodes { ${selection} } edges { cursor } pageInfo { endCursor } } }`;
    expect(await callsOf(query(rich))).toEqual(await callsOf(query(lean)));
  });

  it('asks for the tickets of each who is a user, once it is known who is', async () => {
    const unmet = oracle
      .contacts()
      .slice(0, 100)
      .filter((person) => oracle.zendeskIdOf(person) === null).length;
    expect(await callsOf('{ people(first: 100) { nodes { tickets(first: 5) { nodes { id } } } } }')).toEqual({
      'hubspot.searchContacts': 1,
      'zendesk.searchUsers': 4,
      'zendesk.showManyUsers': 1,
      'zendesk.search': 100 - unmet,
    });
  });

  it('asks Slack, which knows no list of addresses, once for each person', async () => {
    expect(
      await callsOf('{ people(first: 30) { nodes { slackUser { id } again: slackUser { real_name } } } }'),
    ).toEqual({
      'hubspot.searchContacts': 1,
      'slack.userByEmail': 30,
    });
  });

  it("walks Resend's list once for all of them", async () => {
    const one = await callsOf('{ people(first: 1) { nodes { emails(first: 100) { nodes { id } } } } }');
    const all = await callsOf('{ people(first: 100) { nodes { emails(first: 100) { nodes { id } } } } }');
    expect(all).toEqual(one);
    expect(one['resend.emails']).toBe(chunks(gateway.sandbox.world.emails.length, 100));
  });
});

describe('lists of vendors', () => {
  it.each([
    ['hubspotContacts', 'person { name contact { id properties { jobtitle } } } owner { id }', { 'hubspot.owners': 1 }],
    [
      'hubspotCompanies',
      'account { name company { id properties { industry } } } owner { id }',
      // An older one may have the domain, too.
      { 'hubspot.owners': 1, 'hubspot.searchCompanies': 1 },
    ],
    [
      'hubspotDeals',
      'account { name company { id } } owner { id }',
      {
        'hubspot.owners': 1,
        'hubspot.batchReadAssociations': 1,
        'hubspot.batchReadCompanies': 1,
        'hubspot.searchCompanies': 1,
      },
    ],
    ['stripeCustomers', 'account { domain } person { email }', {}],
    // An older one may have the address or domain, too.
    ['stripeCustomers', 'account { customer { id } } person { customer { id } }', { 'stripe.searchCustomers': 12 }],
    [
      'zendeskTickets',
      'requester { requester { id } } assignee { requester { id } } account { domain }',
      // The CRM says whether users and organizations are who their addresses and domains say.
      {
        'zendesk.showManyUsers': 1,
        'zendesk.showManyOrganizations': 1,
        'hubspot.batchReadContacts': 1,
        'hubspot.searchCompanies': 1,
      },
    ],
    ['zendeskUsers', 'person { requester { id } }', { 'hubspot.batchReadContacts': 1 }],
    ['slackUsers', 'person { slackUser { id } }', {}],
    ['bamboohrEmployees', 'person { employee { employeeId } }', { 'bamboohr.employees': 1 }],
  ])(
    '%s links on in batches, and back to itself for nothing but what says that it is the one',
    async (field, selection, more) => {
      const bare = await callsOf(`{ ${field}(first: 60) { nodes { __typename } } }`);
      const linked = await callsOf(`{ ${field}(first: 60) { nodes { ${selection} } } }`);
      const extra = Object.entries(linked).map(([name, count]) => [name, count - (bare[name] ?? 0)] as const);
      expect(Object.fromEntries(extra.filter(([, count]) => count > 0))).toEqual(more);
    },
  );
});

describe('one operation', () => {
  const all =
    'name contact { id } customer { id } requester { id } slackUser { id } employee { employeeId } profile { id } account { name }';

  it('asks once about somebody who is named three times, however spelled', async () => {
    const once = await callsOf(
      `{ person(email: "${ada}") { ${all} tickets { nodes { id } } bookings { nodes { uid } } } }`,
    );
    const thrice = await callsOf(`{
      a: person(email: "${ada}") { ${all} tickets { nodes { id } } bookings { nodes { uid } } }
      b: person(email: "${ada.toUpperCase()}") { ${all} tickets { nodes { subject } } bookings { nodes { title } } }
      c: person(email: " ${ada} ") { more: name ${all} tickets { edges { node { id } } } bookings { nodes { uid } } }
    }`);
    expect(thrice).toEqual(once);
    for (const count of Object.values(once)) expect(count).toBe(1);
  });

  it('asks about several in batches', async () => {
    const emails = oracle
      .contacts()
      .slice(0, 20)
      .map(({ email }) => email);
    const fields = emails.map(
      (email, index) =>
        `a${index}: person(email: "${email}") { contact { id } customer { id } requester { id } profile { id } }`,
    );
    expect(await callsOf(`{ ${fields} }`)).toEqual({
      'hubspot.batchReadContacts': 1,
      'stripe.searchCustomers': 2,
      'zendesk.searchUsers': 1,
      // Not all of them have a user with their address.
      'zendesk.showManyUsers': 1,
      'pdl.enrichPeople': 1,
    });
  });

  it('shares nothing with another, neither after it nor beside it', async () => {
    const query = `{ person(email: "${ada}") { ${all} } }`;
    const once = await callsOf(query);
    expect(await callsOf(query)).toEqual(once);
    await gateway.control('POST', '/reset');
    await Promise.all([ask(gateway, query), ask(gateway, query)]);
    expect(await gateway.calls()).toEqual(
      Object.fromEntries(Object.entries(once).map(([name, count]) => [name, count * 2])),
    );
  });

  it('tells in its explanation the calls that were made', async () => {
    const query = '{ people(first: 40) { nodes { customer { id } requester { id } account { owner { id } } } } }';
    const { vendorCalls, cost } = await explained(query);
    const sent = vendorCalls.filter(({ cached }: Tree) => !cached);
    const calls = await gateway.calls();
    expect(cost).toBe(Object.values(calls).reduce((sum, count) => sum + count, 0));
    expect(sent).toHaveLength(cost);
    const keys = (operation: string) =>
      sent.filter((call: Tree) => call.operation === operation).map((call: Tree) => call.keys);
    expect(keys('stripeSearchCustomers')).toEqual([10, 10, 10, 10]);
    expect(keys('zendeskSearchUsers').toSorted()).toEqual([15, 25]);
  });
});

describe('waiting', () => {
  const customer360 = readFileSync(new URL('../../schema/operations/customer-360.graphql', import.meta.url), 'utf8');

  it('for one person in every system takes two rounds, and one more for each further page of e-mails', async () => {
    // The chains of data: address → contact → owner, domain → company → owner, and Resend's pages until the fourth e-mail
    // of Ada's (three, and the one that tells whether there are more). Everything else needs the address or domain alone.
    const person = gateway.sandbox.world.people.find(({ email }) => email === ada);
    const fourth = person && oracle.emailsOf(person)[3];
    const place = gateway.sandbox.world.emails.toReversed().findIndex(({ id }) => id === fourth);
    const pages = chunks(place + 1, 100);
    await slowVendors();
    expect((await explained(customer360)).waves).toBeLessThanOrEqual(Math.max(2, pages));
    const withoutEmails = customer360.replace(/ *emails\(.*\n/, '');
    expect(withoutEmails).not.toContain('emails(');
    expect((await explained(withoutEmails)).waves).toBe(2);
  });

  it('for one company takes as many rounds as its longest chain', async () => {
    await slowVendors();
    // domain → company → its deals' ids → the deals; domain → customer → invoices; domain → organization → tickets → requesters' users.
    const fields = `company { id } owner { id } deals { nodes { id } } customer { id } invoices { nodes { id } } subscriptions { nodes { id } }
      tickets { nodes { id } } people { nodes { email } } profile { id }`;
    expect((await explained(`{ account(domain: "brightforge.io") { ${fields} } }`)).waves).toBe(3);
    expect(
      (await explained('{ account(domain: "brightforge.io") { name customer { id } profile { id } } }')).waves,
    ).toBe(1);
  });

  it('for a page of people takes two rounds after the page', async () => {
    await slowVendors();
    const query =
      '{ people(first: 20) { nodes { customer { id } requester { id } profile { id } account { company { id } owner { id } } } } }';
    // Twenty people are two searches of Stripe's at once; the owners' list follows the companies.
    expect((await explained(query)).waves).toBe(3);
  });
});

describe('the name of a contact that a list told of in part', () => {
  it('is that of the whole contact, which was read for the address: no call and no wave of its own', async () => {
    const list = (fields: string) =>
      explained(`{ hubspotContacts(properties: ["phone"], first: 5) { nodes { person { ${fields} } } } }`);
    const [named, nameless] = [await list('email name contact { id }'), await list('email')];
    expect(named.vendorCalls.map(({ operation }: Tree) => operation)).toEqual(
      nameless.vendorCalls.map(({ operation }: Tree) => operation),
    );
    expect(named.vendorCalls).toHaveLength(2);
    expect(named.waves).toBe(2);
  });
});
