/** A link leads back to where it came from: helpdesk rows that carry the CRM's ids, by every route, with the CRM there or not. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Tree } from './asking.ts';
import { type GraphWithIdentity, startGraphWithIdentity } from './graph-with-identity.ts';

let graph: GraphWithIdentity;

beforeAll(async () => {
  graph = await startGraphWithIdentity({});
});
afterAll(() => graph[Symbol.asyncDispose]());
afterEach(() => control('DELETE', '/faults'));

async function control(method: string, path: string, body?: object): Promise<void> {
  const init = { method, ...(body && { body: JSON.stringify(body) }) };
  expect((await fetch(`${graph.sandbox.controlUrl}${path}`, init)).ok).toBe(true);
}
const breakCrm = () => control('POST', '/faults', { vendor: 'hubspot', kind: 'status', value: 500 });

async function write(field: string, type: string, input: unknown, where = graph): Promise<Tree> {
  return (await where.read(`mutation($input: ${type}!) { ${field}(input: $input) { id } }`, { input }))[field];
}
const newContact = (properties: object, where?: GraphWithIdentity) =>
  write('hubspotCreateContact', 'HubspotContactCreateInput', { properties }, where);
const newCompany = (domain: string) =>
  write('hubspotCreateCompany', 'HubspotCompanyCreateInput', { properties: { name: domain, domain } });
const newUser = (user: object, where?: GraphWithIdentity) =>
  write('zendeskCreateUser', 'ZendeskCreateUserRequestInput', { user: { name: 'User', ...user } }, where);
const newOrganization = (organization: object) =>
  write('zendeskCreateOrganization', 'ZendeskCreateOrganizationRequestInput', {
    organization: { name: JSON.stringify(organization), ...organization },
  });
const newTicket = (ticket: object, where?: GraphWithIdentity) =>
  write(
    'zendeskCreateTicket',
    'ZendeskCreateTicketRequestInput',
    { ticket: { subject: 'Both ways', comment: { body: 'Both ways' }, ...ticket } },
    where,
  );

const IDENTITIES = 'identities { vendor id matchedBy confidence conflict }';
const PERSON = `email requester { id } tickets { nodes { id } } ${IDENTITIES}`;
const ACCOUNT = `domain tickets { nodes { id } } ${IDENTITIES}`;
const asPerson = (email: string) => `person(email: "${email}") { ${PERSON} }`;
const asAccount = (domain: string) => `account(domain: "${domain}") { ${ACCOUNT} }`;
const zendesk = ({ identities }: Tree): Tree =>
  identities.find((one: Tree) => one === null || one.vendor === 'zendesk');
const CONFLICT = 'email and external_id lead to different objects of the CRM.';

/** To whom user and ticket lead back. */
const backLinks = (user: Tree, ticket: Tree) => `
  user: zendeskUser(id: "${user.id}") { person { email } }
  ticket: zendeskTicket(id: "${ticket.id}") { requester { email } }
  comments: zendeskTicketComments(id: "${ticket.id}") { nodes { author { email } } }`;
const leadTo = (email: string | null) => {
  const person = email === null ? null : { email };
  return { user: { person }, ticket: { requester: person }, comments: { nodes: [{ author: person }] } };
};

let people = 0;
const domainOfOwn = () => `both-ways-${people++}.example`;

describe('a helpdesk user whose address and id lead to different contacts', () => {
  async function torn() {
    const domain = domainOfOwn();
    const [named, other] = [`named@${domain}`, `other@${domain}`];
    await newContact({ email: named });
    const { id: external_id } = await newContact({ email: other });
    const user = await newUser({ email: named, external_id });
    const ticket = await newTicket({ requester_id: user.id });
    return { named, other, user, ticket };
  }

  it('is nobody’s, whichever way one comes', async () => {
    const { named, other, user, ticket } = await torn();
    const { a, b, ...links } = await graph.read(
      `{ a: ${asPerson(named)} b: ${asPerson(other)} ${backLinks(user, ticket)} }`,
    );
    expect(links).toEqual(leadTo(null));
    for (const person of [a, b]) {
      expect(person).toMatchObject({ requester: null, tickets: { nodes: [] } });
      expect(zendesk(person)).toMatchObject({ id: user.id, confidence: 0, conflict: CONFLICT });
    }
    expect(zendesk(b).matchedBy).toBe('external_id');
  });

  it.each(['down', 'closed to the caller'])(
    'is as its address says while the CRM is %s, and said to be unchecked',
    async (state) => {
      const { named, other, user, ticket } = await torn();
      if (state === 'down') await breakCrm();
      const options = state === 'down' ? {} : { without: 'hubspot' };
      const back = await graph.ask(`{ ${backLinks(user, ticket)} }`, options);
      expect(back).toEqual({ data: leadTo(named), errors: [] });
      const { data } = await graph.ask(`{ ${asPerson(named)} }`, options);
      expect(data.person).toMatchObject({ requester: user, tickets: { nodes: [ticket] } });
      expect(data.person.identities).toContainEqual({
        vendor: 'zendesk',
        id: user.id,
        matchedBy: 'email (unchecked)',
        confidence: 0.5,
        conflict: null,
      });
      // Whom only the CRM's id could lead to: while it is down nobody can tell, which is no "has none".
      const { data: unsure, errors } = await graph.ask(`{ ${asPerson(other)} }`, options);
      if (state === 'down') {
        expect(unsure.person).toMatchObject({ requester: null, tickets: { nodes: null } });
        expect(errors).toContain('person.requester: VENDOR_DOWN');
      } else expect({ unsure, errors }).toEqual({ unsure: { person: null }, errors: [] });
    },
  );
});

describe('a helpdesk user who is known by the CRM’s id alone', () => {
  async function linked(address: (domain: string) => string | undefined) {
    const domain = domainOfOwn();
    const contact = await newContact({ email: `contact@${domain}` });
    const email = address(domain);
    const user = await newUser({ ...(email && { email }), external_id: contact.id });
    const ticket = await newTicket({ requester_id: user.id });
    return { email: `contact@${domain}`, domain, user, ticket };
  }

  it.each([
    ['has another address', (domain: string) => `private@elsewhere-${domain}`],
    ['has none', () => undefined],
  ])('is the contact’s by every route: one who %s', async (_who, address) => {
    const { email, domain, user, ticket } = await linked(address);
    const { person, ...links } = await graph.read(`{ ${asPerson(email)} ${backLinks(user, ticket)} }`);
    expect(links).toEqual(leadTo(email));
    expect(person).toMatchObject({ requester: user, tickets: { nodes: [ticket] } });
    expect(zendesk(person)).toMatchObject({ matchedBy: 'external_id', confidence: 1, conflict: null });
    const other = address(domain);
    if (other === undefined) return;
    // One user, two addresses, one person: the other is told why it is not theirs.
    const { person: stranger } = await graph.read(`{ ${asPerson(other)} }`);
    expect(stranger).toMatchObject({ email: other, requester: null, tickets: { nodes: [] } });
    expect(zendesk(stranger)).toMatchObject({
      matchedBy: 'email',
      confidence: 0,
      conflict: 'external_id goes first, and leads to somebody else.',
    });
  });

  it('is an error while the CRM is down: nobody can tell', async () => {
    const { email } = await linked((domain) => `private@elsewhere-${domain}`);
    await breakCrm();
    const { data, errors } = await graph.ask(`{ ${asPerson(email)} }`);
    expect(data.person).toMatchObject({ requester: null, tickets: { nodes: null }, identities: [null, null] });
    expect(errors.toSorted()).toEqual([
      'person.identities.0: VENDOR_DOWN',
      'person.identities.1: VENDOR_DOWN',
      'person.requester: VENDOR_DOWN',
      'person.tickets.nodes: VENDOR_DOWN',
    ]);
  });

  it('is the address’s to a caller who may not see the CRM, both ways', async () => {
    const { domain, user, ticket } = await linked((of) => `private@elsewhere-${of}`);
    const own = `private@elsewhere-${domain}`;
    const answer = await graph.ask(`{ ${asPerson(own)} ${backLinks(user, ticket)} }`, { without: 'hubspot' });
    expect(answer.errors).toEqual([]);
    const { person, ...links } = answer.data;
    expect(links).toEqual(leadTo(own));
    expect(person).toMatchObject({ requester: user, tickets: { nodes: [ticket] } });
    expect(zendesk(person)).toMatchObject({ matchedBy: 'email (unchecked)', confidence: 0.5 });
    const nameless = await linked(() => undefined);
    expect(await graph.ask(`{ ${backLinks(nameless.user, nameless.ticket)} }`, { without: 'hubspot' })).toEqual({
      data: leadTo(null),
      errors: [],
    });
  });

  it('is the address’s where that goes first', async () => {
    const keys = [
      { key: 'email', confidence: 1 },
      { key: 'external_id', confidence: 0.8 },
    ];
    await using other = await startGraphWithIdentity({ person: { keys: { zendesk: keys } } });
    const { id: external_id } = await newContact({ email: 'contact@first.example' }, other);
    const user = await newUser({ email: 'user@first.example', external_id }, other);
    const ticket = await newTicket({ requester_id: user.id }, other);
    const { a, b, ...links } = await other.read(
      `{ a: ${asPerson('user@first.example')} b: ${asPerson('contact@first.example')} ${backLinks(user, ticket)} }`,
    );
    expect(links).toEqual(leadTo('user@first.example'));
    expect(a).toMatchObject({ requester: user, tickets: { nodes: [ticket] } });
    expect(b).toMatchObject({ requester: null, tickets: { nodes: [] } });
    expect(zendesk(b)).toMatchObject({ confidence: 0, conflict: 'email goes first, and leads to somebody else.' });
  });
});

describe('a helpdesk user who is somebody else’s', () => {
  it('does not hide the one whom an alias leads to', async () => {
    const domain = 'aliased.example';
    const [main, alias] = [`ada@${domain}`, `ada.l@${domain}`];
    await using aliased = await startGraphWithIdentity({ person: { aliases: { [alias]: main } } });
    await newContact({ email: main }, aliased);
    const { id: external_id } = await newContact({ email: `other@${domain}` }, aliased);
    await newUser({ email: main, external_id }, aliased);
    const user = await newUser({ email: alias }, aliased);
    const ticket = await newTicket({ requester_id: user.id }, aliased);
    const { person, ...links } = await aliased.read(`{ ${asPerson(main)} ${backLinks(user, ticket)} }`);
    expect(links).toEqual(leadTo(main));
    expect(person).toMatchObject({ requester: user, tickets: { nodes: [ticket] } });
    expect(zendesk(person)).toMatchObject({ id: user.id, matchedBy: 'email (alias)', conflict: null });
  });

  it('does not hide the one whom the CRM’s id leads to', async () => {
    const domain = domainOfOwn();
    const [one, two] = [await newContact({ email: `one@${domain}` }), await newContact({ email: `two@${domain}` })];
    await newUser({ email: `one@${domain}`, external_id: two.id });
    const user = await newUser({ email: `new@${domain}`, external_id: one.id });
    const ticket = await newTicket({ requester_id: user.id });
    const { person, ...links } = await graph.read(`{ ${asPerson(`one@${domain}`)} ${backLinks(user, ticket)} }`);
    expect(links).toEqual(leadTo(`one@${domain}`));
    expect(person).toMatchObject({ requester: user, tickets: { nodes: [ticket] } });
  });
});

describe('a helpdesk organization', () => {
  async function ticketOf(organization: Tree) {
    const requester = await newUser({ email: `user@${domainOfOwn()}` });
    return newTicket({ requester_id: requester.id, organization_id: organization.id });
  }
  const linksBack = (organization: Tree, ticket: Tree) => `
    organization: zendeskOrganization(id: "${organization.id}") { account { domain } }
    ticket: zendeskTicket(id: "${ticket.id}") { account { domain } }`;
  const leadToAccount = (domain: string | null) => {
    const account = domain === null ? null : { domain };
    return { organization: { account }, ticket: { account } };
  };

  it('whose domain and id lead to different companies is nobody’s, and unchecked while the CRM cannot be asked', async () => {
    const [named, other] = [domainOfOwn(), domainOfOwn()];
    await newCompany(named);
    const { id: external_id } = await newCompany(other);
    const organization = await newOrganization({ domain_names: [named], external_id });
    const ticket = await ticketOf(organization);
    const { a, b, ...links } = await graph.read(
      `{ a: ${asAccount(named)} b: ${asAccount(other)} ${linksBack(organization, ticket)} }`,
    );
    expect(links).toEqual(leadToAccount(null));
    for (const account of [a, b]) {
      expect(account.tickets.nodes).toEqual([]);
      expect(zendesk(account)).toMatchObject({ id: organization.id, confidence: 0 });
    }
    await breakCrm();
    for (const without of [undefined, 'hubspot']) {
      const options = without === undefined ? {} : { without };
      expect(await graph.ask(`{ ${linksBack(organization, ticket)} }`, options)).toEqual({
        data: leadToAccount(named),
        errors: [],
      });
      const { account } = (await graph.ask(`{ ${asAccount(named)} }`, options)).data;
      expect(account.tickets.nodes).toEqual([ticket]);
      expect(account.identities).toContainEqual(
        expect.objectContaining({ vendor: 'zendesk', matchedBy: 'domain_names (unchecked)', confidence: 0.5 }),
      );
    }
  });

  it('that is known by the id alone is that company’s by every route, and not its own domain’s', async () => {
    const [domain, elsewhere] = [domainOfOwn(), domainOfOwn()];
    const { id: external_id } = await newCompany(domain);
    const organization = await newOrganization({ domain_names: [elsewhere], external_id });
    const ticket = await ticketOf(organization);
    const { a, b, ...links } = await graph.read(
      `{ a: ${asAccount(domain)} b: ${asAccount(elsewhere)} ${linksBack(organization, ticket)} }`,
    );
    expect(links).toEqual(leadToAccount(domain));
    expect(a.tickets.nodes).toEqual([ticket]);
    expect(b.tickets.nodes).toEqual([]);
    expect(zendesk(b)).toMatchObject({ id: organization.id, confidence: 0 });
    await breakCrm();
    const down = await graph.ask(`{ account(domain: "${domain}") { tickets { nodes { id } } } }`);
    expect(down.errors).toEqual(['account.tickets.nodes: VENDOR_DOWN']);
  });

  it('with several domains is the CRM’s company under each that is nobody else’s', async () => {
    const [first, second] = [domainOfOwn(), domainOfOwn()];
    const { id: external_id } = await newCompany(second);
    const organization = await newOrganization({ domain_names: [first, second], external_id });
    const ticket = await ticketOf(organization);
    const { a, b, ...links } = await graph.read(
      `{ a: ${asAccount(first)} b: ${asAccount(second)} ${linksBack(organization, ticket)} }`,
    );
    expect(links).toEqual(leadToAccount(second));
    for (const account of [a, b]) expect(account.tickets.nodes).toEqual([ticket]);
  });

  it('of a double in the CRM is the older record’s by domain, and nobody’s by the younger one’s id', async () => {
    const domain = domainOfOwn();
    await newCompany(domain);
    const { id: external_id } = await newCompany(domain);
    const same = await newOrganization({ domain_names: [domain], external_id });
    const ticket = await ticketOf(same);
    const { account, ...links } = await graph.read(`{ ${asAccount(domain)} ${linksBack(same, ticket)} }`);
    expect(links).toEqual(leadToAccount(domain));
    expect(account.tickets.nodes).toEqual([ticket]);
    const bare = domainOfOwn();
    await newCompany(bare);
    const { id } = await newCompany(bare);
    const strange = await newOrganization({ domain_names: [domainOfOwn()], external_id: id });
    const alone = await graph.read(`{ ${asAccount(bare)} ${linksBack(strange, await ticketOf(strange))} }`);
    expect(alone).toMatchObject({ ...leadToAccount(null), account: { tickets: { nodes: [] } } });
  });
});
