/** Two records of one key: the older one is the person's or the account's, whichever way and in whatever order it was met. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Tree } from './asking.ts';
import { type GraphWithIdentity, startGraphWithIdentity } from './graph-with-identity.ts';

let graph: GraphWithIdentity;
/** Milliseconds the sandbox's clock is ahead: a search of Stripe's is a minute behind. */
let ahead = 0;

beforeAll(async () => {
  const now = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
  graph = await startGraphWithIdentity({});
});
afterAll(async () => {
  await graph[Symbol.asyncDispose]();
  vi.restoreAllMocks();
});

async function write(field: string, type: string, input: unknown): Promise<Tree> {
  const made = await graph.read(`mutation($input: ${type}!) { ${field}(input: $input) { id } }`, { input });
  ahead += 61_000;
  return made[field];
}

const faults = async (method: string, body?: object) =>
  expect(
    (await fetch(`${graph.sandbox.controlUrl}/faults`, { method, ...(body && { body: JSON.stringify(body) }) })).ok,
  ).toBe(true);

describe('two companies of one domain', () => {
  const domain = 'x.double.example';
  let older: Tree;
  let newer: Tree;
  beforeAll(async () => {
    const company = (name: string) =>
      write('hubspotCreateCompany', 'HubspotCompanyCreateInput', { properties: { name, domain } });
    [older, newer] = [await company('Older'), await company('Newer')];
  });

  it.each(['CREATED_ASC', 'CREATED_DESC', 'UPDATED_DESC', 'NAME_ASC', 'NAME_DESC', 'DOMAIN_ASC', 'DOMAIN_DESC'])(
    'are one account in a list sorted by %s',
    async (sort) => {
      // By itself: what else is asked might read the older one first.
      const { accounts } = await graph.read(
        `{ accounts(filter: { domains: ["${domain}"] }, sort: ${sort}) { nodes { domain company { id } } } }`,
      );
      const one = { domain, company: older };
      expect(accounts.nodes).toEqual([one, one]);
    },
  );

  it('are the older one’s when the vendor sends them in another order', async () => {
    await faults('POST', { vendor: 'hubspot', kind: 'reorder' });
    try {
      expect(await graph.read(`{ account(domain: "${domain}") { company { id } } }`)).toEqual({
        account: { company: older },
      });
    } finally {
      await faults('DELETE');
    }
  });

  it('are one account from either of them, and from a deal of the newer one', async () => {
    const tie = { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 5 };
    const deal = await write('hubspotCreateDeal', 'HubspotDealCreateInput', {
      properties: { dealname: 'Double', dealstage: 'contractsent' },
      associations: [{ to: { id: newer.id }, types: [tie] }],
    });
    const link = '{ account { company { id } } }';
    for (const row of [
      `hubspotCompany(id: "${newer.id}")`,
      `hubspotCompany(id: "${older.id}")`,
      `hubspotDeal(id: "${deal.id}")`,
    ])
      expect(await graph.read(`{ row: ${row} ${link} }`)).toEqual({ row: { account: { company: older } } });
  });
});

describe('two organizations of one domain', () => {
  it.each(['as it should', 'in another order'])('are the older one’s when the vendor sends them %s', async (order) => {
    const domain = `${order.length}.helpdesk.example`;
    const organization = (name: string) =>
      write('zendeskCreateOrganization', 'ZendeskCreateOrganizationRequestInput', {
        organization: { name: `${name} ${domain}`, domain_names: [domain] },
      });
    const [older] = [await organization('Older'), await organization('Newer')];
    if (order === 'in another order') await faults('POST', { vendor: 'zendesk', kind: 'reorder' });
    try {
      const { account } = await graph.read(`{ account(domain: "${domain}") { identities { vendor id } } }`);
      expect(account.identities).toEqual([{ vendor: 'zendesk', id: older?.id }]);
    } finally {
      await faults('DELETE');
    }
  });
});

describe('two customers of one address and domain', () => {
  const email = 'x@double.example';
  it('are one person’s and one account’s, whatever else the query asks', async () => {
    const customer = () =>
      write('stripeCreateCustomer', 'StripeCreateCustomerInput', { email, metadata: { domain: 'double.example' } });
    const [older, newer] = [await customer(), await customer()];
    const link = '{ person { customer { id } } account { customer { id } } }';
    const rows = `newer: stripeCustomer(id: "${newer.id}") ${link} older: stripeCustomer(id: "${older.id}") ${link}`;
    const keys = `person(email: "${email}") { customer { id } } account(domain: "double.example") { customer { id } }`;
    const both = { person: { customer: older }, account: { customer: older } };
    expect(await graph.read(`{ ${rows} }`)).toEqual({ newer: both, older: both });
    for (const query of [`{ ${rows} ${keys} }`, `{ ${keys} ${rows} }`])
      expect(await graph.read(query)).toEqual({ newer: both, older: both, ...both });
    const { stripeCustomers } = await graph.read(
      `{ stripeCustomers(first: 2) { nodes { id ...Link } } } fragment Link on StripeCustomer ${link}`,
    );
    expect(stripeCustomers.nodes).toEqual([
      { id: newer.id, ...both },
      { id: older.id, ...both },
    ]);
  });
});
