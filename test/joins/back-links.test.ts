import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorldPerson } from '../../src/sandbox/world.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ask, PAGE_INFO, type Tree, walk } from './asking.ts';
import { createOracle, fullName, type Oracle } from './oracle.ts';

let gateway: GatewayUnderTest;
let oracle: Oracle;

beforeAll(async () => {
  gateway = await startGatewayUnderTest();
  oracle = createOracle(gateway.sandbox.world);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const world = () => gateway.sandbox.world;
const list = (field: string, selection: string, args = '') =>
  walk(gateway, `${field}(${args}PAGE) { nodes { ${selection} } ${PAGE_INFO} }`, (data) => data[field], 500);

/** What a back link to a person answers. */
const linked = (person: WorldPerson | undefined) => (person ? { email: person.email, name: fullName(person) } : null);
const personAt = (index: number | null | undefined) => linked(index == null ? undefined : world().people[index]);
const ownerAt = (index: number | null) => {
  const owner = oracle.ownerOf(index);
  return owner ? { id: owner.hubspotId, person: personAt(owner.personIndex) } : null;
};
const accountAt = (index: number | null, isKnown = true) => {
  const company = index === null ? undefined : world().companies[index];
  return company && isKnown ? { domain: company.domain, name: company.name } : null;
};
const PERSON = 'person { email name }';
const OWNER = `owner { id ${PERSON} }`;
const ACCOUNT = 'account { domain name }';
/** By id, since the vendors list in orders of their own. */
const byId = (rows: readonly Tree[], id = 'id') => Object.fromEntries(rows.map((row) => [row[id], row]));

describe('links back from HubSpot', () => {
  it('lead from every contact to its person and owner', async () => {
    const contacts = await list('hubspotContacts', `id ${PERSON} ${OWNER}`);
    const expected = oracle
      .contacts()
      .map((person) => ({ id: person.ids.hubspot, person: linked(person), owner: ownerAt(person.ownerIndex) }));
    expect(byId(contacts)).toEqual(byId(expected));
    expect(expected.some(({ owner }) => owner === null)).toBe(true);
  });

  it('lead from every company to its account and owner, and from every owner to a person', async () => {
    const companies = await list('hubspotCompanies', `id ${ACCOUNT} ${OWNER}`);
    const expected = oracle.companies().map(({ index, ids, ownerIndex }) => ({
      id: ids.hubspot,
      account: accountAt(index),
      owner: ownerAt(ownerIndex),
    }));
    expect(byId(companies)).toEqual(byId(expected));
    expect(byId(await list('hubspotOwners', `id ${PERSON}`))).toEqual(
      byId(world().owners.map(({ index }) => ownerAt(index) ?? {})),
    );
  });

  it('lead from every deal to its account and owner', async () => {
    const deals = await list('hubspotDeals', `id ${ACCOUNT} ${OWNER}`);
    const expected = world().deals.map(({ id, companyIndex, ownerIndex }) => ({
      id,
      account: accountAt(companyIndex),
      owner: ownerAt(ownerIndex),
    }));
    expect(byId(deals)).toEqual(byId(expected));
  });
});

describe('links back from Stripe', () => {
  it('lead from every customer to its account and its person', async () => {
    const customers = await list('stripeCustomers', `id ${ACCOUNT} person { email }`);
    const expected = world().companies.flatMap(({ index, ids, billingPersonIndex }) =>
      ids.stripe
        ? [{ id: ids.stripe, account: accountAt(index), person: { email: personAt(billingPersonIndex)?.email } }]
        : [],
    );
    expect(byId(customers)).toEqual(byId(expected));
  });

  it.each([
    { field: 'stripeSubscriptions', args: 'status: all, ', rows: () => world().subscriptions },
    { field: 'stripeInvoices', args: '', rows: () => world().invoices },
    { field: 'stripeCharges', args: '', rows: () => world().charges },
  ])('lead from each of the $field to the account', async ({ field, args, rows }) => {
    const expected = rows().map(({ id, companyIndex }) => ({ id, account: accountAt(companyIndex) }));
    expect(byId(await list(field, `id ${ACCOUNT}`, args))).toEqual(byId(expected));
  });
});

describe('links back from Zendesk', () => {
  it('lead from every ticket to requester, assignee and account', async () => {
    const tickets = await list('zendeskTickets', `id requester { email name } assignee { email name } ${ACCOUNT}`);
    const expected = world().tickets.map(({ id, requesterIndex, assigneeIndex, companyIndex }) => ({
      id: String(id),
      requester: personAt(requesterIndex),
      assignee: personAt(oracle.ownerOf(assigneeIndex)?.personIndex),
      account: accountAt(companyIndex),
    }));
    expect(byId(tickets)).toEqual(byId(expected));
    for (const field of ['assignee', 'account'] as const)
      expect(expected.some((ticket) => ticket[field] === null)).toBe(true);
  });

  it('lead from every comment to who wrote it', async () => {
    for (const { id, comments } of world()
      .tickets.filter((ticket) => ticket.comments.length > 2)
      .slice(0, 20)) {
      const nodes = await list('zendeskTicketComments', 'body author { email name }', `id: ${id}, `);
      expect(nodes).toEqual(
        comments.map(({ body, author }) => ({
          body,
          author: personAt(
            'personIndex' in author ? author.personIndex : oracle.ownerOf(author.ownerIndex)?.personIndex,
          ),
        })),
      );
    }
  });

  it('lead from every user to the person, and from every organization to the account', async () => {
    const users = world().people.flatMap((person) => {
      const id = oracle.zendeskIdOf(person);
      return id === null ? [] : [{ id, person: linked(person) }];
    });
    expect(byId(await list('zendeskUsers', `id ${PERSON}`))).toEqual(byId(users));
    const organizations = world().companies.flatMap(({ index, ids }) =>
      ids.zendesk === undefined ? [] : [{ id: String(ids.zendesk), account: accountAt(index) }],
    );
    expect(byId(await list('zendeskOrganizations', `id ${ACCOUNT}`))).toEqual(byId(organizations));
  });

  it('lead from what a search finds, whatever its kind', async () => {
    const selection =
      '... on ZendeskTicket { id requester { email } } ... on ZendeskUser { id person { email } } ... on ZendeskOrganization { id account { domain } }';
    const nodes = await list('zendeskSearch', `__typename ${selection}`, 'query: "brightforge", ');
    expect(new Set(nodes.map((node) => node.__typename)).size).toBeGreaterThan(1);
    const domains = nodes.map((node) => node.account?.domain ?? (node.person ?? node.requester).email.split('@')[1]);
    expect(domains).toContain('brightforge.io');
  });
});

describe('links back from the others', () => {
  it('lead from every Slack user to the person', async () => {
    const expected = world().people.flatMap((person) =>
      person.ids.slack ? [{ id: person.ids.slack, person: linked(person) }] : [],
    );
    expect(byId(await list('slackUsers', `id ${PERSON}`))).toEqual(byId(expected));
  });

  it('lead from every Slack message to its author and on to the person', async () => {
    for (const { id } of world().channels.slice(0, 3)) {
      const nodes = await list('slackConversationHistory', `ts author { id ${PERSON} }`, `channel: "${id}", `);
      const messages = world().messages.filter(({ channelId, threadTs }) => channelId === id && threadTs === null);
      const expected = messages.map(({ ts, personIndex }) => ({
        ts,
        author: { id: world().people[personIndex]?.ids.slack, person: personAt(personIndex) },
      }));
      expect(byId(nodes, 'ts')).toEqual(byId(expected, 'ts'));
    }
  });

  it('lead from every e-mail to all its recipients, and from every contact to the person', async () => {
    const emails = await list('resendEmails', 'id recipients { email }');
    const expected = world().emails.map(({ id, toIndexes }) => ({
      id,
      recipients: toIndexes.map((index) => ({ email: personAt(index)?.email })),
    }));
    expect(byId(emails)).toEqual(byId(expected));
    const contacts = world().people.flatMap(({ index, ids }) =>
      ids.resend ? [{ id: ids.resend, person: { email: personAt(index)?.email } }] : [],
    );
    expect(byId(await list('resendContacts', 'id person { email }'))).toEqual(byId(contacts));
  });

  it('lead from every booking to all who attend', async () => {
    const bookings = await list('calcomBookings', 'uid attendees { email name }');
    const expected = world().bookings.map(({ uid, attendeeIndexes }) => ({
      uid,
      attendees: attendeeIndexes.map(personAt),
    }));
    expect(byId(bookings, 'uid')).toEqual(byId(expected, 'uid'));
  });

  it('lead from every employee to the person', async () => {
    const expected = world().employees.map(({ id, personIndex }) => ({
      employeeId: id,
      person: personAt(personIndex),
    }));
    expect(byId(await list('bamboohrEmployees', `employeeId ${PERSON}`), 'employeeId')).toEqual(
      byId(expected, 'employeeId'),
    );
  });

  it('lead from profiles to people and accounts', async () => {
    const people = await list(
      'pdlSearchPeople',
      'id person { email }',
      `sql: "SELECT * FROM person WHERE job_company_website='brightforge.io'", `,
    );
    const expected = world().people.flatMap(({ ids, email, companyIndex }) =>
      ids.pdl && companyIndex === 1 ? [{ id: ids.pdl, person: { email } }] : [],
    );
    expect(expected.length).toBeGreaterThan(2);
    expect(byId(people)).toEqual(byId(expected));
    const query = `query($email: String, $site: String) {
      pdlEnrichPerson(email: $email) { person { email contact { id } } } pdlEnrichCompany(website: $site) { account { domain company { id } } }
    }`;
    const [company, person] = [world().companies[1], world().people[59]];
    expect(await ask(gateway, query, { variables: { email: person?.email, site: company?.domain } })).toEqual({
      pdlEnrichPerson: { person: { email: person?.email, contact: { id: person?.ids.hubspot } } },
      pdlEnrichCompany: { account: { domain: company?.domain, company: { id: company?.ids.hubspot } } },
    });
  });
});
