import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ask, type Tree } from './asking.ts';
import { createOracle, type Oracle } from './oracle.ts';

let gateway: GatewayUnderTest;
let oracle: Oracle;
const unhandled: unknown[] = [];
const remember = (reason: unknown) => void unhandled.push(reason);

beforeAll(async () => {
  process.on('unhandledRejection', remember);
  gateway = await startGatewayUnderTest();
  oracle = createOracle(gateway.sandbox.world);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  process.off('unhandledRejection', remember);
  expect(unhandled).toEqual([]);
});
beforeEach(() => gateway.control('POST', '/reset'));

const ada = 'ada.lindqvist@brightforge.io';

/** Parts a selection of a person is made of: every way GraphQL has to say that something is wanted, or not. */
const PARTS = [
  'name',
  'n: name contact { id owner { email person { name } } }',
  '...Billing',
  '...Twice',
  '... { slackUser { id real_name } }',
  '... on Person { employee { jobTitleName } }',
  '... @include(if: $yes) { profile { full_name } }',
  '... @skip(if: $yes) { profile { nonsense: full_name } }',
  'requester @include(if: $no) { id }',
  'requester @skip(if: $no) { id ...User }',
  't1: tickets(first: 1) { nodes { id } pageInfo { hasNextPage } }',
  't2: tickets(first: $few, status: [$status]) { nodes { id status requester { email } } }',
  't3: tickets(first: $few, status: $statuses) { edges { cursor node { subject account { domain } } } }',
  'bookings(first: $few) { nodes { uid attendees { name slackUser { id } } } }',
  'emails(first: 2) { nodes { id recipients { email } } }',
  'account { domain name owner { email } }',
  'a: account { company { id account { domain } } deals(first: 2) { nodes { id owner { id } } } }',
  'b: account { people(first: 3) { nodes { email customer { id } } } invoices(status: paid, first: $few) { nodes { id account { name } } } }',
  '__typename email',
];
const FRAGMENTS: Record<string, string> = {
  Billing: 'fragment Billing on Person { customer { id email ...Back } ...Twice }',
  Back: 'fragment Back on StripeCustomer { account { domain } person { email } }',
  Twice: 'fragment Twice on Person { requester { name } account { tickets(first: 1) { nodes { id } } } }',
  User: 'fragment User on ZendeskUser { person { contact { id } } }',
};
const VARIABLES =
  '$yes: Boolean = true, $no: Boolean = false, $few: Int = 2, $status: ZendeskTicketStatus! = closed, $statuses: [ZendeskTicketStatus!]';
const VALUES = { few: 3, statuses: ['solved', 'closed'] };

/** The fragments a text spreads, and those these spread. */
function fragmentsOf(text: string, found = new Set<string>()): Set<string> {
  for (const [, name = ''] of text.matchAll(/\.\.\.([A-Z]\w*)/g)) {
    if (!found.has(name)) fragmentsOf(FRAGMENTS[name] ?? '', found.add(name));
  }
  return found;
}
// GraphQL minds what is declared and not used.
function operation(field: string): string {
  const names = [...fragmentsOf(field)];
  const text = `${field}\n${names.map((name) => FRAGMENTS[name]).join('\n')}`;
  const declared = VARIABLES.split(', ').filter((one) => text.includes(`${one.split(':')[0]}`));
  const uses = declared.filter((one) => new RegExp(`\\${one.split(':')[0]}\\b`).test(text));
  return text.replace(/^/, uses.length > 0 ? `query(${uses.join(', ')}) ` : '');
}
const data = (field: string): Promise<Tree> => ask(gateway, operation(`{ ${field} }`), { variables: VALUES });

describe('reading ahead', () => {
  it('changes no answer: a person is the same whether the reads began early or not', async () => {
    const people = [
      'maya.okafor@northwindlabs.com',
      ada,
      ...oracle
        .contacts()
        .slice(0, 3)
        .map(({ email }) => email),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(PARTS, { minLength: 1 }),
        fc.constantFrom(...people),
        async (parts, email) => {
          const selection = parts.join('\n');
          const { person: early } = await data(`person(email: "${email}") { ${selection} }`);
          // A list of one, which is not read ahead.
          const { people: listed } = await data(`people(filter: { emails: ["${email}"] }) { nodes { ${selection} } }`);
          expect(early).toEqual(listed.nodes[0]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('makes no call more than the answer needs', async () => {
    const selection = PARTS.join('\n');
    await data(`people(filter: { emails: ["${ada}"] }) { nodes { ${selection} } }`);
    const late = await gateway.calls();
    await gateway.control('POST', '/reset');
    await data(`person(email: "${ada}") { ${selection} }`);
    const { 'hubspot.searchContacts': _list, ...others } = late;
    expect(await gateway.calls()).toEqual({
      ...others,
      'hubspot.batchReadContacts': 1 + (others['hubspot.batchReadContacts'] ?? 0),
    });
  });

  it('works for accounts alike', async () => {
    const selection =
      'name company { id } ...Money tickets(first: 2, status: [closed]) { nodes { id requester { name } } } people(first: 2) { nodes { name } }';
    const fragment =
      'fragment Money on Account { customer { id } invoices(first: 2) { nodes { id } } deals(first: 1) { nodes { id account { name } } } }';
    const early = await ask(gateway, `{ account(domain: "brightforge.io") { ${selection} } } ${fragment}`);
    const listed = await ask(
      gateway,
      `{ accounts(filter: { domains: ["brightforge.io"] }) { nodes { ${selection} } } } ${fragment}`,
    );
    expect(early.account).toEqual(listed.accounts.nodes[0]);
  });

  it('leaves alone what was not asked for', async () => {
    const query = `query($no: Boolean = false) { person(email: "${ada}") {
      email customer @include(if: $no) { id } ... @include(if: $no) { slackUser { id } } ...Off @skip(if: true) contact { id }
    } } fragment Off on Person { employee { employeeId } }`;
    await ask(gateway, query);
    expect(await gateway.calls()).toEqual({ 'hubspot.batchReadContacts': 1 });
  });

  it('ends when nobody knows the person: a walk through a list goes no further', async () => {
    await gateway.control('POST', '/faults', { vendor: 'resend', operation: 'emails', kind: 'latency', value: 50 });
    const wholeList = Math.ceil(gateway.sandbox.world.emails.length / 100);
    expect(await ask(gateway, '{ person(email: "nobody@nowhere.example") { emails { nodes { id } } } }')).toEqual({
      person: null,
    });
    // Somebody else's whole walk takes long enough for the first to have gone on beside it.
    await ask(gateway, `{ person(email: "${ada}") { emails(first: 100) { nodes { id } } } }`);
    const { 'resend.emails': pages = 0 } = await gateway.calls();
    expect(pages).toBeGreaterThanOrEqual(wholeList);
    expect(pages).toBeLessThanOrEqual(wholeList + 3);
  });
});

describe('reading ahead of a vendor that fails', () => {
  const FIELDS: Record<string, string> = {
    name: 'name',
    contact: 'contact { id }',
    customer: 'customer { id }',
    requester: 'requester { id }',
    'tickets.nodes': 'tickets { nodes { id } }',
    slackUser: 'slackUser { id }',
    'emails.nodes': 'emails(first: 1) { nodes { id } }',
    'bookings.nodes': 'bookings { nodes { uid } }',
    employee: 'employee { employeeId }',
    profile: 'profile { id }',
    'account.company': 'account { company { id } }',
    'account.owner': 'account { owner { id } }',
    'account.deals.nodes': 'account { deals { nodes { id } } }',
    'account.profile': 'account { profile { id } }',
  };
  const OWN: Record<string, string[]> = {
    hubspot: ['name', 'contact', 'account.company', 'account.owner', 'account.deals.nodes'],
    stripe: ['customer'],
    zendesk: ['requester', 'tickets.nodes'],
    slack: ['slackUser'],
    resend: ['emails.nodes'],
    calcom: ['bookings.nodes'],
    bamboohr: ['employee'],
    pdl: ['profile', 'account.profile'],
  };
  const KINDS = [{ kind: 'status', value: 400 }, { kind: 'garbage' }];

  it.each(Object.entries(OWN))('tells each field that asked exactly once: %s', async (vendor, own) => {
    for (const fault of KINDS) {
      await gateway.control('DELETE', '/faults');
      await gateway.control('POST', '/faults', { vendor, ...fault });
      const { data: answer, errors } = await gateway.ask(
        `{ person(email: "${ada}") { ${Object.values(FIELDS).join('\n')} } }`,
      );
      expect(errors.map(({ path }) => path?.slice(1).join('.')).toSorted()).toEqual(own.toSorted());
      for (const { extensions } of errors)
        expect(extensions).toMatchObject({ vendor, code: expect.stringMatching(/^VENDOR_/) });
      for (const path of Object.keys(FIELDS)) {
        const value = path.split('.').reduce((part: Tree, name) => part[name], (answer as Tree).person);
        expect({ [path]: value === null }).toEqual({ [path]: own.includes(path) });
      }
    }
  });

  it('says nothing of a failure nobody asked about, when the person is not there', async () => {
    for (const vendor of ['pdl', 'resend', 'calcom']) {
      await gateway.control('POST', '/faults', {
        vendor,
        operation: vendor === 'pdl' ? 'enrichPeople' : vendor === 'resend' ? 'emails' : 'eventTypes',
        kind: 'status',
        value: 400,
      });
    }
    const query = '{ person(email: "nobody@nowhere.example") { profile { id } emails { nodes { id } } } }';
    expect(await ask(gateway, query)).toEqual({ person: null });
  });

  it('cannot deny: a person nobody else knows is there, with the failure on what was asked', async () => {
    await gateway.control('POST', '/faults', { vendor: 'slack', kind: 'status', value: 400 });
    const { data: answer, errors } = await gateway.ask(
      '{ person(email: "nobody@nowhere.example") { email contact { id } slackUser { id } } }',
    );
    expect(answer).toEqual({ person: { email: 'nobody@nowhere.example', contact: null, slackUser: null } });
    expect(errors.map(({ path }) => path)).toEqual([['person', 'slackUser']]);
  });
});
