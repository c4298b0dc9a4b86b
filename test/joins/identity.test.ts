/** How people and accounts are recognised: by which keys, under which aliases, and not where two keys disagree. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ask, type Tree } from './asking.ts';
import { startGraphWithIdentity } from './graph-with-identity.ts';

let gateway: GatewayUnderTest;

beforeEach(async () => {
  gateway = await startGatewayUnderTest();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const ada = 'ada.lindqvist@brightforge.io';
const IDENTITIES = 'identities { vendor id matchedBy confidence conflict }';

const read = (query: string, variables?: Record<string, unknown>): Promise<Tree> =>
  ask(gateway, query, variables ? { variables } : {});
async function write(field: string, type: string, input: unknown): Promise<Tree> {
  return (await read(`mutation($input: ${type}!) { ${field}(input: $input) { id } }`, { input }))[field];
}
const newContact = (properties: object) => write('hubspotCreateContact', 'HubspotContactCreateInput', { properties });
const newCompany = (properties: object) => write('hubspotCreateCompany', 'HubspotCompanyCreateInput', { properties });
const newUser = (user: object) => write('zendeskCreateUser', 'ZendeskCreateUserRequestInput', { user });
const newOrganization = (organization: object) =>
  write('zendeskCreateOrganization', 'ZendeskCreateOrganizationRequestInput', { organization });
const newCustomer = (input: object) => write('stripeCreateCustomer', 'StripeCreateCustomerInput', input);
const person = async (email: string, selection: string) =>
  (await read(`query($email: String!) { person(email: $email) { ${selection} } }`, { email })).person;
const account = async (domain: string, selection: string) =>
  (await read(`query($domain: String!) { account(domain: $domain) { ${selection} } }`, { domain })).account;
const entry = (identities: Tree[], vendor: string): Tree => identities.find((one) => one.vendor === vendor);

async function callsOf(act: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await gateway.calls();
  await act();
  const made = Object.entries(await gateway.calls()).map(([name, n]) => [name, n - (before[name] ?? 0)] as const);
  return Object.fromEntries(made.filter(([, count]) => count > 0));
}

describe('the identities of a person', () => {
  it('show under which id every system knows them, and by which key', async () => {
    const fields = 'contact { id } customer { id } requester { id } slackUser { id } employee { employeeId }';
    const { identities, ...rows } = await person(ada, `${IDENTITIES} ${fields}`);
    const by = (vendor: string, id: string, matchedBy: string, confidence: number) => ({
      vendor,
      id,
      matchedBy,
      confidence,
      conflict: null,
    });
    expect(identities).toEqual([
      by('hubspot', rows.contact.id, 'email', 1),
      by('stripe', rows.customer.id, 'email', 0.95),
      by('zendesk', rows.requester.id, 'external_id', 1),
      by('slack', rows.slackUser.id, 'email', 0.95),
      by('resend', expect.any(String) as unknown as string, 'email', 0.95),
      by('bamboohr', rows.employee.employeeId, 'email', 0.95),
    ]);
  });

  it('leave out systems that know nobody there', async () => {
    await newContact({ email: 'only.crm@brightforge.io' });
    const { identities } = await person('only.crm@brightforge.io', IDENTITIES);
    expect(identities.map(({ vendor }: Tree) => vendor)).toEqual(['hubspot']);
  });

  it('leave out systems the caller may not see', async () => {
    await using graph = await startGraphWithIdentity({}, 'slack');
    const answer = await graph.read(`{ person(email: "${ada}") { ${IDENTITIES} } }`);
    expect(answer.person.identities.map(({ vendor }: Tree) => vendor)).toEqual([
      'hubspot',
      'stripe',
      'zendesk',
      'resend',
      'bamboohr',
    ]);
  });

  it('have a null with the error where a system failed: it is not known whether it knows them', async () => {
    await gateway.control('POST', '/faults', { vendor: 'slack', kind: 'status', value: 503 });
    // A document that comes again is executed another way.
    for (let time = 0; time < 4; time += 1) {
      const { data, errors } = await gateway.ask(`{ person(email: "${ada}") { ${IDENTITIES} } }`);
      const { identities } = (data as Tree).person;
      expect(identities.map((one: Tree) => one?.vendor ?? null)).toEqual([
        'hubspot',
        'stripe',
        'zendesk',
        null,
        'resend',
        'bamboohr',
      ]);
      expect(errors).toMatchObject([
        { path: ['person', 'identities', 3], extensions: { code: 'VENDOR_DOWN', vendor: 'slack' } },
      ]);
    }
  });

  it('cost a list one look-up for a batch, and no more than its fields do', async () => {
    const without = await callsOf(() =>
      read(
        '{ people(first: 50) { nodes { customer { id } requester { id } slackUser { id } employee { employeeId } } } }',
      ),
    );
    const withThem = await callsOf(() => read(`{ people(first: 50) { nodes { ${IDENTITIES} } } }`));
    const { 'resend.contact': looks, ...others } = withThem;
    expect(others).toEqual(without);
    expect(looks).toBe(50);
  });
});

describe('the identities of an account', () => {
  it('show under which id every system knows it, and by which key', async () => {
    const { identities, company, customer } = await account(
      'brightforge.io',
      `${IDENTITIES} company { id } customer { id }`,
    );
    expect(identities).toMatchObject([
      { vendor: 'hubspot', id: company.id, matchedBy: 'domain', confidence: 1 },
      { vendor: 'stripe', id: customer.id, matchedBy: 'metadata.domain', confidence: 0.95 },
      { vendor: 'zendesk', matchedBy: 'external_id', confidence: 1, conflict: null },
    ]);
  });
});

describe('a helpdesk user with another address', () => {
  it('is recognised by the id of the contact', async () => {
    const contact = await newContact({ email: 'zoe@zyx.example' });
    const user = await newUser({ name: 'Zoe', email: 'zoe@elsewhere.example', external_id: contact.id });
    expect(await person('zoe@zyx.example', `requester { id } ${IDENTITIES}`)).toMatchObject({
      requester: user,
      identities: [
        { vendor: 'hubspot' },
        { vendor: 'zendesk', id: user.id, matchedBy: 'external_id', confidence: 1, conflict: null },
      ],
    });
  });

  it('is found for a list of people with one more call', async () => {
    const contacts = await Promise.all(
      Array.from({ length: 30 }, (_, index) => newContact({ email: `p${index}@zyx.example`, lastname: 'Zyxwv' })),
    );
    for (const [index, { id: external_id }] of contacts.entries())
      await newUser({ name: 'P', email: `p${index}@elsewhere.example`, external_id });
    const query =
      '{ people(filter: { search: "Zyxwv" }, first: 100) { nodes { contact { id } requester { external_id } } } }';
    let nodes: Tree[] = [];
    const calls = await callsOf(async () => {
      nodes = (await read(query)).people.nodes;
    });
    expect(nodes.map(({ requester }) => requester.external_id)).toEqual(nodes.map(({ contact }) => contact.id));
    expect(nodes).toHaveLength(30);
    // The second batch of contacts: whether the users' own addresses are another contact's.
    expect(calls).toEqual({
      'hubspot.searchContacts': 1,
      'zendesk.searchUsers': 2,
      'zendesk.showManyUsers': 1,
      'hubspot.batchReadContacts': 1,
    });
  });

  it('is nobody’s when the address is another contact’s: two keys that disagree merge nothing', async () => {
    const other = await newContact({ email: 'other@zyx.example' });
    const named = await newContact({ email: 'named@zyx.example' });
    const user = await newUser({ name: 'Torn', email: 'named@zyx.example', external_id: other.id });
    const conflict = 'email and external_id lead to different objects of the CRM.';
    for (const [email, contact, matchedBy] of [
      ['named@zyx.example', named, 'email'],
      ['other@zyx.example', other, 'external_id'],
    ] as const) {
      const answer = await person(email, `name contact { id } requester { id } ${IDENTITIES}`);
      expect(answer).toMatchObject({ contact, requester: null, name: null });
      expect(entry(answer.identities, 'zendesk')).toEqual({
        vendor: 'zendesk',
        id: user.id,
        matchedBy,
        confidence: 0,
        conflict,
      });
      const masked = JSON.stringify(answer);
      expect(masked).not.toContain(email === 'named@zyx.example' ? 'other@' : 'named@');
    }
  });

  it('is as its address says when the external id is of no contact', async () => {
    await newContact({ email: 'app@zyx.example' });
    for (const [index, external_id] of ['99999999999', 'app-user-7', '0', '-1', '9'.repeat(40)].entries()) {
      const email = index === 0 ? 'app@zyx.example' : `app${index}@zyx.example`;
      if (index > 0) await newContact({ email });
      const user = await newUser({ name: 'App', email, external_id });
      const { requester, identities } = await person(email, `requester { id } ${IDENTITIES}`);
      expect(requester).toEqual(user);
      expect(entry(identities, 'zendesk')).toMatchObject({ matchedBy: 'email', conflict: null });
    }
  });

  it('is still found by address when the CRM is down', async () => {
    const user = (await person(ada, 'requester { id }')).requester;
    await gateway.control('POST', '/faults', { vendor: 'hubspot', kind: 'status', value: 503 });
    const { data } = await gateway.ask(`{ person(email: "${ada}") { requester { id } contact { id } } }`);
    expect((data as Tree).person).toEqual({ requester: user, contact: null });
  });
});

describe('a helpdesk organization', () => {
  it('is recognised by the id of the company when it has another domain', async () => {
    const company = await newCompany({ name: 'Zyx', domain: 'zyx.example' });
    const organization = await newOrganization({
      name: 'Zyx',
      domain_names: ['elsewhere.example'],
      external_id: company.id,
    });
    const { identities } = await account('zyx.example', IDENTITIES);
    expect(entry(identities, 'zendesk')).toMatchObject({
      id: organization.id,
      matchedBy: 'external_id',
      confidence: 1,
    });
  });

  it('shows its tickets to neither of two companies it may be', async () => {
    const one = await newCompany({ name: 'One', domain: 'one.example' });
    await newCompany({ name: 'Two', domain: 'two.example' });
    const organization = await newOrganization({ name: 'Torn', domain_names: ['two.example'], external_id: one.id });
    const requester = await newUser({ name: 'R', email: 'r@two.example' });
    const input = {
      ticket: {
        subject: 'Torn',
        comment: { body: 'Torn' },
        requester_id: requester.id,
        organization_id: organization.id,
      },
    };
    await write('zendeskCreateTicket', 'ZendeskCreateTicketRequestInput', input);
    for (const domain of ['one.example', 'two.example']) {
      const { tickets, identities } = await account(domain, `tickets { nodes { id } } ${IDENTITIES}`);
      expect(tickets.nodes).toEqual([]);
      expect(entry(identities, 'zendesk')).toMatchObject({
        id: organization.id,
        confidence: 0,
        conflict: 'domain_names and external_id lead to different objects of the CRM.',
      });
    }
  });
});

describe('a customer made a moment ago', () => {
  it('is found at once, though searches lag behind', async () => {
    const customer = await newCustomer({ email: 'fresh@zyx.example', name: 'Fresh' });
    expect(await person('Fresh@zyx.example', 'customer { id }')).toEqual({ customer });
    expect(await person('fresh@zyx.example', IDENTITIES)).toMatchObject({ identities: [{ vendor: 'stripe' }] });
  });

  it('costs a stranger one look more, and a list none', async () => {
    const stranger = await callsOf(async () => expect(await person('nobody@zyx.example', 'email')).toBeNull());
    expect(stranger).toMatchObject({ 'stripe.searchCustomers': 1, 'stripe.customers': 1 });
    const list = await callsOf(() => read('{ people(first: 21) { nodes { customer { id } } } }'));
    expect(list).toEqual({ 'hubspot.searchContacts': 1, 'stripe.searchCustomers': 3 });
  });
});
