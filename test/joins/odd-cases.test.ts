/** What the world does not have: doubles, strays, partial rows and addresses that look like a query. Made by the graph's own writes. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ask, PAGE_INFO, type Tree, walk } from './asking.ts';
import { makeRoomyGraph, type RoomyGraph } from './random/roomy-graph.ts';

let gateway: GatewayUnderTest;
let graph: RoomyGraph;
/** Milliseconds the clock of gateway and sandbox is ahead. */
let ahead: number;

beforeEach(async () => {
  const now = Date.now;
  ahead = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
  graph = makeRoomyGraph();
  gateway = await startGatewayUnderTest({ graphDir: graph.dir });
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  graph[Symbol.dispose]();
  vi.restoreAllMocks();
});

const read = (query: string, variables?: Record<string, unknown>): Promise<Tree> =>
  ask(gateway, query, variables ? { variables } : {});

/** Runs a mutation with one input; answers its field. */
async function write(field: string, type: string, input: unknown, selection = 'id'): Promise<Tree> {
  return (await read(`mutation($input: ${type}!) { ${field}(input: $input) { ${selection} } }`, { input }))[field];
}
const newContact = (properties: object, selection?: string) =>
  write('hubspotCreateContact', 'HubspotContactCreateInput', { properties }, selection);
const newCompany = (properties: object) => write('hubspotCreateCompany', 'HubspotCompanyCreateInput', { properties });
const newDeal = (properties: object, companies: { id: string; primary: boolean }[], selection?: string) =>
  write(
    'hubspotCreateDeal',
    'HubspotDealCreateInput',
    { properties, associations: companies.map(({ id, primary }) => ({ to: { id }, types: [tie(primary ? 5 : 341)] })) },
    selection,
  );
const tie = (associationTypeId: number) => ({ associationCategory: 'HUBSPOT_DEFINED', associationTypeId });
const newCustomer = (input: object) => write('stripeCreateCustomer', 'StripeCreateCustomerInput', input);
const newUser = (user: object) => write('zendeskCreateUser', 'ZendeskCreateUserRequestInput', { user });
const newTicket = (ticket: object) => write('zendeskCreateTicket', 'ZendeskCreateTicketRequestInput', { ticket });
const newOrganization = (organization: object) =>
  write('zendeskCreateOrganization', 'ZendeskCreateOrganizationRequestInput', { organization });

const ada = 'ada.lindqvist@brightforge.io';

/** A search of Stripe's is a minute behind. */
function aMinuteLater(): void {
  ahead += 61_000;
}

describe('an unusual address', () => {
  it.each([
    "sean.o'brien@brightforge.io",
    'ada+billing@brightforge.io',
    "d'arcy+x_y%z@quoted-name.example",
    'jürgen@brightforge.io',
  ])('joins like any other: %s', async (email) => {
    const [contact, customer, user] = [
      await newContact({ email }),
      await newCustomer({ email }),
      await newUser({ name: 'Odd', email }),
    ];
    const ticket = await newTicket({ subject: 'Odd', comment: { body: 'Odd' }, requester_id: user.id });
    aMinuteLater();
    const fields = 'email contact { id } customer { id } requester { id } tickets { nodes { id requester { email } } }';
    expect(
      await read(`query($email: String!) { person(email: $email) { ${fields} } }`, { email: email.toUpperCase() }),
    ).toEqual({
      person: {
        email,
        contact,
        customer,
        requester: user,
        tickets: { nodes: [{ id: ticket.id, requester: { email } }] },
      },
    });
  });

  it('with a star is nobody, wherever it was met: to a helpdesk it would mean everybody', async () => {
    const to = ['*@brightforge.io', `Ada <${ada}>`];
    const input = { from: 'hello@mail.northwindlabs.com', to, subject: 'Odd', text: 'Odd' };
    await write('resendSendEmail', 'ResendNewEmailInput', input);
    await newContact({ email: '*@northwindlabs.com', firstname: 'Star' });
    const { resendEmails, hubspotSearchContacts } = await read(`{
      resendEmails(first: 1) { nodes { to recipients { email tickets { nodes { id } } } } }
      hubspotSearchContacts(input: { query: "Star" }, first: 1) { nodes { properties { email } person { email } } }
    }`);
    expect(resendEmails.nodes[0].to).toEqual(to);
    expect(resendEmails.nodes[0].recipients.map(({ email }: Tree) => email)).toEqual([ada]);
    expect(hubspotSearchContacts.nodes).toEqual([{ properties: { email: '*@northwindlabs.com' }, person: null }]);
  });

  it('with a name before it is the address in it', async () => {
    const to = [`Ada Lindqvist <${ada.toUpperCase()}>`, '"Lost, Person" <lost.person@nowhere.example>'];
    await write('resendSendEmail', 'ResendNewEmailInput', {
      from: 'hello@mail.northwindlabs.com',
      to,
      subject: 'Odd',
      text: 'Odd',
    });
    expect(
      await read(
        `{ resendEmails(first: 1) { nodes { recipients { email name } } } person(email: "${ada}") { emails(first: 1) { nodes { to } } } }`,
      ),
    ).toEqual({
      resendEmails: {
        nodes: [
          {
            recipients: [
              { email: ada, name: 'Ada Lindqvist' },
              { email: 'lost.person@nowhere.example', name: 'Lost, Person' },
            ],
          },
        ],
      },
      person: { emails: { nodes: [{ to }] } },
    });
  });
});

describe('a row that is only part of the object', () => {
  const whole = 'person { email name contact { id properties { jobtitle lifecyclestage } } } owner { id }';

  it('joins as the whole one does: a list of chosen properties', async () => {
    const list = async (args: string) =>
      (await read(`{ hubspotContacts(${args}first: 50) { nodes { id ${whole} } } }`)).hubspotContacts.nodes;
    const expected = await list('');
    expect(expected.filter((contact: Tree) => contact.person.contact.properties.jobtitle).length).toBeGreaterThan(20);
    for (const properties of ['["phone"]', '["email"]', '["email", "firstname"]', '["hubspot_owner_id"]']) {
      expect(await list(`properties: ${properties}, `)).toEqual(expected);
    }
    const companies = async (args: string) =>
      (
        await read(
          `{ hubspotCompanies(${args}first: 50) { nodes { id account { domain name company { properties { industry city } } } owner { id } } } }`,
        )
      ).hubspotCompanies.nodes;
    for (const properties of ['["phone"]', '["domain"]'])
      expect(await companies(`properties: ${properties}, `)).toEqual(await companies(''));
    const deals = async (args: string) =>
      (await read(`{ hubspotDeals(${args}first: 50) { nodes { id owner { id } account { domain } } } }`)).hubspotDeals
        .nodes;
    expect(await deals('properties: ["amount"], ')).toEqual(await deals(''));
  });

  it('joins as the whole one does: the answer of a write', async () => {
    const { hubspotSearchContacts, account } = await read(`{
      hubspotSearchContacts(input: { filterGroups: [{ filters: [{ propertyName: "email", operator: EQ, value: "${ada}" }] }] }) { nodes { id ${whole} } }
      account(domain: "brightforge.io") { company { id } owner { id } deals(first: 1) { nodes { id } } }
    }`);
    const [{ id, ...expected }] = hubspotSearchContacts.nodes;
    const [deal] = account.deals.nodes;
    const answer = await read(`mutation {
      contact: hubspotUpdateContact(id: "${id}", input: { properties: { phone: "1" } }) { ${whole} }
      company: hubspotUpdateCompany(id: "${account.company.id}", input: { properties: { phone: "1" } }) { account { domain name } owner { id } }
      deal: hubspotUpdateDeal(id: "${deal.id}", input: { properties: { amount: "1" } }) { account { domain } owner { id } }
    }`);
    expect(answer).toEqual({
      contact: expected,
      company: { account: { domain: 'brightforge.io', name: 'Brightforge' }, owner: account.owner },
      deal: { account: { domain: 'brightforge.io' }, owner: account.owner },
    });
  });

  it('does not stand in for the one that is alive: an archived contact', async () => {
    const email = 'twice@brightforge.io';
    const old = await newContact({ email, firstname: 'Old' });
    await read(`mutation { hubspotArchiveContact(id: "${old.id}") }`);
    const live = await newContact({ email, firstname: 'Live' });
    const nodes = await walk(
      gateway,
      `hubspotContacts(archived: true, PAGE) { nodes { id person { name contact { id } } } ${PAGE_INFO} }`,
      (data) => data.hubspotContacts,
      10,
    );
    expect(nodes).toEqual([{ id: old.id, person: { name: 'Live', contact: { id: live.id } } }]);
  });

  it('tells employees who they are, whatever fields were chosen', async () => {
    const list = async (args: string) =>
      (await read(`{ bamboohrEmployees(${args}first: 100) { nodes { employeeId person { email } } } }`))
        .bamboohrEmployees.nodes;
    expect(await list('fields: [departmentName], ')).toEqual(await list(''));
  });
});

describe('a deal', () => {
  it('is with its primary company, wherever that stands in the list', async () => {
    const [one, two] = [
      await newCompany({ name: 'One', domain: 'one.example' }),
      await newCompany({ name: 'Two', domain: 'two.example' }),
    ];
    const ties = [
      { id: one.id, primary: false },
      { id: two.id, primary: true },
    ];
    const deal = await newDeal({ dealname: 'Odd', dealstage: 'contractsent' }, ties, 'id account { domain }');
    expect(deal.account).toEqual({ domain: 'two.example' });
    expect(
      await read(
        '{ a: account(domain: "one.example") { deals { nodes { id } } } b: account(domain: "two.example") { deals { nodes { id } } } }',
      ),
    ).toEqual({
      a: { deals: { nodes: [{ id: deal.id }] } },
      b: { deals: { nodes: [{ id: deal.id }] } },
    });
  });

  it('without a company, or with one without a domain, has no account', async () => {
    const bare = await newCompany({ name: 'No domain' });
    const properties = { dealname: 'Odd', dealstage: 'contractsent' };
    expect(await newDeal(properties, [], 'account { domain } owner { id }')).toEqual({ account: null, owner: null });
    expect(await newDeal(properties, [{ id: bare.id, primary: true }], 'account { domain }')).toEqual({
      account: null,
    });
    expect(await read(`{ hubspotCompany(id: "${bare.id}") { account { domain } } }`)).toEqual({
      hubspotCompany: { account: null },
    });
  });
});

describe('a company', () => {
  it('with the domain of another is the same account, whose record is the older one', async () => {
    const twin = await newCompany({ name: 'Brightforge twin', domain: 'brightforge.io' });
    const account = 'domain name company { id }';
    const answer = await read(
      `{ account(domain: "brightforge.io") { ${account} } hubspotCompany(id: "${twin.id}") { account { domain } } }`,
    );
    const id = gateway.sandbox.world.companies[1]?.ids.hubspot;
    expect(answer).toEqual({
      account: { domain: 'brightforge.io', name: 'Brightforge', company: { id } },
      hubspotCompany: { account: { domain: 'brightforge.io' } },
    });
  });

  it('has all its people, even more than HubSpot tells at once', async () => {
    const company = await newCompany({ name: 'Crowd', domain: 'crowd.example' });
    const emails = Array.from({ length: 1_004 }, (_, index) => `p${index}@crowd.example`);
    const input = (email: string) => ({
      properties: { email },
      associations: [{ to: { id: company.id }, types: [tie(1)] }],
    });
    for (let start = 0; start < emails.length; start += 50) {
      const batch = emails.slice(start, start + 50);
      const declared = batch.map((_email, index) => `$i${index}: HubspotContactCreateInput!`).join(' ');
      const fields = batch.map((_email, index) => `m${index}: hubspotCreateContact(input: $i${index}) { id }`);
      await read(
        `mutation(${declared}) { ${fields} }`,
        Object.fromEntries(batch.map((email, index) => [`i${index}`, input(email)])),
      );
    }
    const nodes = await walk(
      gateway,
      `account(domain: "crowd.example") { people(PAGE) { nodes { email } ${PAGE_INFO} } }`,
      (data) => data.account.people,
      400,
    );
    expect(nodes.map(({ email }) => email)).toEqual(emails);
  });

  it('with two domains in the helpdesk has its tickets under both', async () => {
    const organization = await newOrganization({
      name: 'Two Names',
      domain_names: ['two-names.example', 'two-names.test'],
    });
    const user = await newUser({ name: 'Odd', email: 'odd@two-names.test', organization_id: organization.id });
    const ticket = await newTicket({ subject: 'Odd', comment: { body: 'Odd' }, requester_id: user.id });
    const tickets = 'domain name tickets { nodes { id account { domain } } }';
    const under = (domain: string) => ({
      domain,
      name: 'Two Names',
      tickets: { nodes: [{ id: ticket.id, account: { domain: 'two-names.example' } }] },
    });
    expect(
      await read(
        `{ a: account(domain: "two-names.example") { ${tickets} } b: account(domain: "two-names.test") { ${tickets} } }`,
      ),
    ).toEqual({
      a: under('two-names.example'),
      b: under('two-names.test'),
    });
  });

  it('is not lost because the helpdesk knows something else under its first domain', async () => {
    const organization = await newOrganization({ name: 'Half', domain_names: ['not a domain', 'half.example'] });
    expect(await read(`{ zendeskOrganization(id: "${organization.id}") { account { domain } } }`)).toEqual({
      zendeskOrganization: { account: { domain: 'half.example' } },
    });
  });
});

describe('Stripe customers', () => {
  it('of one address are each their own company, and one of them, always the same, is the person’s', async () => {
    const email = 'payer@payer.example';
    const customers: Tree[] = [];
    for (const domain of ['first.example', 'second.example', undefined]) {
      customers.push(await newCustomer({ email, name: 'Payer', ...(domain && { metadata: { domain } }) }));
    }
    aMinuteLater();
    const links = '{ id account { domain } person { email } }';
    const [a, b, c] = customers.map(({ id }) => id);
    expect(
      await read(
        `{ a: stripeCustomer(id: "${a}") ${links} b: stripeCustomer(id: "${b}") ${links} c: stripeCustomer(id: "${c}") ${links} }`,
      ),
    ).toEqual({
      a: { id: a, account: { domain: 'first.example' }, person: { email } },
      b: { id: b, account: { domain: 'second.example' }, person: { email } },
      c: { id: c, account: { domain: 'payer.example' }, person: { email } },
    });
    const { person, first, second } = await read(`{
        person(email: "${email}") { customer { id } account { customer { id } } }
        first: account(domain: "first.example") { customer { id } }
        second: account(domain: "second.example") { customer { id } }
      }`);
    expect([a, b, c]).toContain(person.customer.id);
    // By domain a customer is found by what its metadata says and nothing else.
    expect([person.account.customer, first.customer.id, second.customer.id]).toEqual([null, a, b]);
    await gateway.control('POST', '/faults', { vendor: 'stripe', kind: 'reorder' });
    expect(await read(`{ person(email: "${email}") { customer { id } } }`)).toEqual({
      person: { customer: person.customer },
    });
  });

  it('may come whole in an invoice: the account is the same', async () => {
    const invoices = (args: string) => read(`{ stripeInvoices(${args}first: 20) { nodes { id account { domain } } } }`);
    expect(await invoices('expand: ["data.customer"], ')).toEqual(await invoices(''));
  });

  it('that were deleted belong to nobody, and nobody to them', async () => {
    const email = 'gone@gone.example';
    const { id } = await newCustomer({ email, metadata: { domain: 'gone.example' } });
    await gateway.control('POST', '/emit', { vendor: 'stripe', type: 'customer.deleted' });
    aMinuteLater();
    const query = `{ stripeCustomer(id: "${id}") { deleted account { domain } person { email } } person(email: "${email}") { email } account(domain: "gone.example") { domain } }`;
    expect(await read(query)).toEqual({
      stripeCustomer: { deleted: true, account: null, person: null },
      person: null,
      account: null,
    });
  });
});

describe('what has nobody behind it', () => {
  it('is null: a ticket of somebody without an address, a message of an app, an employee without an address', async () => {
    const user = await newUser({ name: 'Phone only' });
    const ticket = await newTicket({ subject: 'Odd', comment: { body: 'Odd' }, requester_id: user.id });
    const channel = gateway.sandbox.world.channels.find(({ isPrivate, isArchived }) => !isPrivate && !isArchived)?.id;
    const message = await write(
      'slackPostMessage',
      'SlackPostMessageInput',
      { channel, text: 'Odd' },
      'bot_id author { id }',
    );
    const create = 'mutation { bamboohrCreateEmployee(input: { firstName: "No", lastName: "Address" }) }';
    expect(await read(create)).toEqual({ bamboohrCreateEmployee: true });
    const answer = await read(`{
      zendeskUser(id: "${user.id}") { person { email } }
      zendeskTicket(id: "${ticket.id}") { requester { email } assignee { email } account { domain } }
      bamboohrEmployees(first: 100) { nodes { lastName person { email } } }
    }`);
    expect(answer.zendeskUser).toEqual({ person: null });
    expect(answer.zendeskTicket).toEqual({ requester: null, assignee: null, account: null });
    expect(answer.bamboohrEmployees.nodes.find(({ lastName }: Tree) => lastName === 'Address')).toEqual({
      lastName: 'Address',
      person: null,
    });
    expect(message).toEqual({ bot_id: expect.any(String), author: null });
  });
});
