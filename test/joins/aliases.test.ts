/** Identities of a company's own: aliases, keys left out, other free-mail providers. */
import { describe, expect, it } from 'vitest';
import type { Tree } from './asking.ts';
import { type GraphWithIdentity, startGraphWithIdentity } from './graph-with-identity.ts';

const ada = 'ada.lindqvist@brightforge.io';
const old = 'ada@old.example';

async function write(graph: GraphWithIdentity, field: string, type: string, input: unknown, id = 'id'): Promise<Tree> {
  return (await graph.read(`mutation($input: ${type}!) { ${field}(input: $input) { ${id} } }`, { input }))[field];
}

const withAlias = () => startGraphWithIdentity({ person: { aliases: { [old]: ada } } });
const person = async (graph: GraphWithIdentity, email: string, selection: string): Promise<Tree> =>
  (await graph.read(`{ person(email: "${email}") { ${selection} } }`)).person;

describe('an alias of an address', () => {
  it('is the same person, from either end', async () => {
    await using graph = await withAlias();
    const fields =
      'email name contact { id } requester { id } slackUser { id } account { domain } tickets { nodes { id } }';
    expect(await person(graph, 'ADA@old.example', fields)).toEqual(await person(graph, ada, fields));
    const { contact } = await person(graph, ada, 'contact { id }');
    const { people } = await graph.read(
      `{ people(filter: { emails: ["${old}"] }) { nodes { email contact { id } } } }`,
    );
    expect(people.nodes).toEqual([{ email: ada, contact }]);
  });

  it('finds rows that carry it, in batches and one by one; those that carry the address itself go first', async () => {
    await using graph = await withAlias();
    const { id } = await write(graph, 'resendCreateContact', 'ResendNewContactInput', { email: old });
    const { identities } = await person(graph, ada, 'identities { vendor id matchedBy }');
    // Resend has a contact of the address itself, which goes first.
    expect(identities.find(({ vendor }: Tree) => vendor === 'resend')).toMatchObject({ matchedBy: 'email' });
    expect(identities.map((one: Tree) => one.id)).not.toContain(id);
    const contact = await write(graph, 'hubspotCreateContact', 'HubspotContactCreateInput', {
      properties: { email: old },
    });
    const found = await person(graph, old, 'email contact { id }');
    expect(found.contact.id).not.toBe(contact.id);
    const linked = await graph.read(`{ hubspotContact(id: "${contact.id}") { person { email contact { id } } } }`);
    expect(linked.hubspotContact.person).toEqual({ email: ada, contact: found.contact });
  });

  it('is found where the system has nothing else, and said to be one', async () => {
    await using graph = await startGraphWithIdentity({ person: { aliases: { [old]: 'zoe@zyx.example' } } });
    const contact = await write(graph, 'hubspotCreateContact', 'HubspotContactCreateInput', {
      properties: { email: old },
    });
    const user = await write(graph, 'zendeskCreateUser', 'ZendeskCreateUserRequestInput', {
      user: { name: 'Zoe', email: old },
    });
    for (const email of [old, 'zoe@zyx.example'])
      expect(
        await person(graph, email, 'email contact { id } requester { id } identities { vendor matchedBy }'),
      ).toEqual({
        email: 'zoe@zyx.example',
        contact,
        requester: user,
        identities: [
          { vendor: 'hubspot', matchedBy: 'email (alias)' },
          { vendor: 'zendesk', matchedBy: 'email (alias)' },
        ],
      });
  });

  it('that can be no path hides nobody from a system that takes addresses there', async () => {
    await using graph = await startGraphWithIdentity({ person: { aliases: { 'ada/old@old.example': ada } } });
    const { identities } = await person(graph, ada, 'identities { vendor matchedBy }');
    expect(identities).toContainEqual({ vendor: 'resend', matchedBy: 'email' });
  });

  it('joins lists of both addresses, page by page', async () => {
    await using plain = await startGraphWithIdentity({});
    const { bookings: all, people } = plain.sandbox.world;
    const times = Map.groupBy(
      all.flatMap(({ attendeeIndexes }) => attendeeIndexes),
      (index) => index,
    );
    const [one = '', other = ''] = [...times]
      .toSorted(([, some], [, others]) => others.length - some.length)
      .map(([index]) => people[index]?.email ?? '');
    await using graph = await startGraphWithIdentity({ person: { aliases: { [other]: one } } });
    const fields = 'tickets(first: 100) { nodes { id } } bookings(first: 100) { nodes { uid start } }';
    const [a, b] = [await person(plain, one, fields), await person(plain, other, fields)];
    const both = await person(graph, one, fields);
    const uids = (rows: Tree) => rows.map(({ uid, id }: Tree) => uid ?? id);
    expect(new Set(uids(both.tickets.nodes))).toEqual(new Set(uids([...a.tickets.nodes, ...b.tickets.nodes])));
    const bookings = both.bookings.nodes;
    expect(new Set(uids(bookings))).toEqual(new Set(uids([...a.bookings.nodes, ...b.bookings.nodes])));
    expect(bookings.length).toBeGreaterThan(Math.max(a.bookings.nodes.length, b.bookings.nodes.length));
    expect(bookings).toEqual(bookings.toSorted((x: Tree, y: Tree) => Date.parse(y.start) - Date.parse(x.start)));
    const pages: Tree[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const args: string = after === null ? 'first: 3' : `first: 3, after: "${after}"`;
      const page: Tree = (
        await person(graph, one, `bookings(${args}) { nodes { uid start } pageInfo { hasNextPage endCursor } }`)
      ).bookings;
      pages.push(...page.nodes);
      more = page.pageInfo.hasNextPage;
      after = page.pageInfo.endCursor;
    }
    expect(pages).toEqual(bookings);
  });
});

describe('an alias of a domain', () => {
  it('is the same account, for people and customers too', async () => {
    await using graph = await startGraphWithIdentity({ account: { aliases: { 'bright.example': 'brightforge.io' } } });
    const { account } = await graph.read(
      '{ account(domain: "www.Bright.example") { domain company { id } customer { id } } }',
    );
    expect(account).toEqual(
      (await graph.read('{ account(domain: "brightforge.io") { domain company { id } customer { id } } }')).account,
    );
    expect(account.company).not.toBeNull();
    await write(graph, 'hubspotCreateContact', 'HubspotContactCreateInput', {
      properties: { email: 'new@bright.example' },
    });
    expect(await person(graph, 'new@bright.example', 'account { domain }')).toEqual({
      account: { domain: 'brightforge.io' },
    });
  });
});

describe('keys left out', () => {
  it('recognise nobody: helpdesk users by address alone, or by id alone', async () => {
    const ask = async (keys: string[]) => {
      await using graph = await startGraphWithIdentity({
        person: { keys: { zendesk: keys.map((key) => ({ key, confidence: 0.5 })) } },
      });
      const contact = await write(graph, 'hubspotCreateContact', 'HubspotContactCreateInput', {
        properties: { email: 'zoe@zyx.example' },
      });
      const other = await write(graph, 'hubspotCreateContact', 'HubspotContactCreateInput', {
        properties: { email: 'yan@zyx.example' },
      });
      await write(graph, 'zendeskCreateUser', 'ZendeskCreateUserRequestInput', {
        user: { name: 'Z', email: 'yan@zyx.example', external_id: contact.id },
      });
      const matchOf = async (email: string) =>
        (await person(graph, email, 'identities { vendor matchedBy confidence conflict }')).identities.find(
          ({ vendor }: Tree) => vendor === 'zendesk',
        );
      expect(other.id).not.toBe(contact.id);
      return [await matchOf('zoe@zyx.example'), await matchOf('yan@zyx.example')];
    };
    const match = { vendor: 'zendesk', confidence: 0.5, conflict: null };
    expect(await ask(['email'])).toEqual([undefined, { ...match, matchedBy: 'email' }]);
    expect(await ask(['external_id'])).toEqual([{ ...match, matchedBy: 'external_id' }, undefined]);
  });

  it('lead from a customer to no account', async () => {
    const accountOf = async (stripe: string[]) => {
      await using graph = await startGraphWithIdentity({
        account: { keys: { stripe: stripe.map((key) => ({ key, confidence: 1 })) } },
      });
      const create = (metadata: Tree) =>
        write(
          graph,
          'stripeCreateCustomer',
          'StripeCreateCustomerInput',
          { email: 'pay@brightforge.io', metadata },
          'account { domain }',
        );
      return [(await create({ domain: 'other.example' })).account?.domain, (await create({})).account?.domain];
    };
    expect(await accountOf(['metadata.domain', 'email_domain'])).toEqual(['other.example', 'brightforge.io']);
    expect(await accountOf(['email_domain', 'metadata.domain'])).toEqual(['brightforge.io', 'brightforge.io']);
    expect(await accountOf(['metadata.domain'])).toEqual(['other.example', undefined]);
    expect(await accountOf(['email_domain'])).toEqual(['brightforge.io', 'brightforge.io']);
  });

  it('take a domain for free mail, or gmail.com for a company', async () => {
    await using graph = await startGraphWithIdentity({ freeMailDomains: ['brightforge.io'] });
    expect(await person(graph, ada, 'account { domain }')).toEqual({ account: null });
    await write(graph, 'hubspotCreateContact', 'HubspotContactCreateInput', { properties: { email: 'zoe@gmail.com' } });
    expect(await person(graph, 'zoe@gmail.com', 'account { domain }')).toEqual({ account: { domain: 'gmail.com' } });
  });
});

describe('letters beyond ASCII', () => {
  it('in a domain are another spelling of it, in every system', async () => {
    await using graph = await startGraphWithIdentity({});
    const [typed, sent] = ['bücher.example', 'xn--bcher-kva.example'];
    const company = await write(graph, 'hubspotCreateCompany', 'HubspotCompanyCreateInput', {
      properties: { name: 'Bücher', domain: typed },
    });
    await write(graph, 'zendeskCreateOrganization', 'ZendeskCreateOrganizationRequestInput', {
      organization: { name: 'Bücher', domain_names: [sent] },
    });
    const contact = await write(graph, 'hubspotCreateContact', 'HubspotContactCreateInput', {
      properties: { email: `ada@${sent}` },
    });
    const fields = 'domain company { id } identities { vendor matchedBy conflict }';
    for (const domain of [typed, sent]) {
      const { account, person: ada } = await graph.read(
        `{ account(domain: "${domain}") { ${fields} } person(email: "ada@${domain}") { email contact { id } account { domain } } }`,
      );
      expect(account).toEqual({
        domain: sent,
        company,
        identities: [
          { vendor: 'hubspot', matchedBy: 'domain', conflict: null },
          { vendor: 'zendesk', matchedBy: 'domain_names', conflict: null },
        ],
      });
      expect(ada).toEqual({ email: `ada@${sent}`, contact, account: { domain: sent } });
    }
  });
});
