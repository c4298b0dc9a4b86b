/** Vendors that send rows in another order, or not all of them: what is joined is somebody's own or nothing, never another's. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import type { Tree } from './asking.ts';
import { ACCOUNT_FIELDS, createOracle, type Oracle, PERSON_FIELDS } from './oracle.ts';
import { makeRoomyGraph, type RoomyGraph } from './random/roomy-graph.ts';

let graph: RoomyGraph;
let gateway: GatewayUnderTest;
let oracle: Oracle;

beforeAll(async () => {
  graph = makeRoomyGraph();
  gateway = await startGatewayUnderTest({ graphDir: graph.dir });
  oracle = createOracle(gateway.sandbox.world);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  graph[Symbol.dispose]();
});
beforeEach(() => gateway.control('POST', '/reset'));

const VENDORS = ['hubspot', 'stripe', 'zendesk', 'slack', 'resend', 'pdl', 'calcom', 'bamboohr'];
const break_ = (vendor: string, kind: string) => gateway.control('POST', '/faults', { vendor, kind });

/** People of all kinds: own staff, Ada, customers, strangers to the CRM. */
const sample = () => gateway.sandbox.world.people.filter(({ index }) => index % 31 === 0 || (index > 55 && index < 62));
const companies = () => gateway.sandbox.world.companies.filter(({ index }) => index % 17 === 0 || index < 3);

/** Errors are allowed here, wrong data is not. */
async function read(fields: readonly string[]): Promise<Tree[]> {
  const { data } = await gateway.ask(`{ ${fields.map((field, index) => `a${index}: ${field}`).join('\n')} }`);
  return fields.map((_field, index) => (data as Tree)[`a${index}`]);
}

/** Each field what it must be, or null; where a whole object is null, so is all of it. */
function expectRightOrNull(answer: Tree, expected: Tree): void {
  if (answer === null) return;
  for (const [field, value] of Object.entries(answer))
    if (value !== null) expect({ [field]: value }).toEqual({ [field]: expected?.[field] });
}

/** Nothing but what belongs there, and once. */
function expectSome(nodes: Tree[] | null, key: string, expected: readonly string[]): void {
  for (const node of nodes ?? []) expect(expected).toContain(node?.[key]);
}

const LISTS_OF_PERSON =
  'tickets(first: 50) { nodes { id } } emails(first: 50) { nodes { id } } bookings(first: 50) { nodes { uid } }';
const LISTS_OF_ACCOUNT = `deals(first: 50) { nodes { id account { domain } } } subscriptions(first: 50) { nodes { id account { domain } } }
  invoices(first: 50) { nodes { id account { domain } } } tickets(first: 50) { nodes { id requester { email } account { domain } } }
  people(first: 50) { nodes { email contact { properties { email } } } }`;

describe.each(VENDORS)('when %s', (vendor) => {
  it('sends rows in another order, everybody has what is theirs', async () => {
    await break_(vendor, 'reorder');
    const people = await read(sample().map(({ email }) => `person(email: "${email}") { ${PERSON_FIELDS} }`));
    expect(people).toEqual(sample().map(oracle.person));
    const accounts = await read(companies().map(({ domain }) => `account(domain: "${domain}") { ${ACCOUNT_FIELDS} }`));
    expect(accounts).toEqual(companies().map(oracle.account));
  });

  it('leaves out every other row, everybody has what is theirs or nothing', async () => {
    await break_(vendor, 'drop');
    const people = await read(sample().map(({ email }) => `person(email: "${email}") { ${PERSON_FIELDS} }`));
    for (const [index, person] of sample().entries()) {
      expectRightOrNull(people[index], oracle.person(person) ?? { email: person.email });
    }
    const accounts = await read(companies().map(({ domain }) => `account(domain: "${domain}") { ${ACCOUNT_FIELDS} }`));
    for (const [index, company] of companies().entries()) expectRightOrNull(accounts[index], oracle.account(company));
  });

  it.each(['reorder', 'drop'])('does either, lists hold nothing of others: %s', async (kind) => {
    await break_(vendor, kind);
    const people = await read(
      sample()
        .slice(0, 12)
        .map(({ email }) => `person(email: "${email}") { ${LISTS_OF_PERSON} }`),
    );
    for (const [index, person] of sample().slice(0, 12).entries()) {
      expectSome(people[index]?.tickets.nodes, 'id', oracle.ticketsOf(person));
      expectSome(people[index]?.emails.nodes, 'id', oracle.emailsOf(person));
      expectSome(people[index]?.bookings.nodes, 'uid', oracle.bookingsOf(person));
    }
    const accounts = await read(
      companies().map(({ domain }) => `account(domain: "${domain}") { ${LISTS_OF_ACCOUNT} }`),
    );
    for (const [index, company] of companies().entries()) expectOwnLists(accounts[index], company);
  });
});

describe('when all of them', () => {
  it.each(['reorder', 'drop'])('%s at once, the list of people joins nobody wrongly', async (kind) => {
    for (const vendor of VENDORS) await break_(vendor, kind);
    const { data } = await gateway.ask(`{ people(first: 150) { nodes { ${PERSON_FIELDS} } } }`);
    const { nodes } = (data as Tree).people;
    expect(nodes.length).toBeGreaterThan(70);
    const byEmail = new Map(gateway.sandbox.world.people.map((person) => [person.email, oracle.person(person)]));
    for (const node of nodes) expectRightOrNull(node, byEmail.get(node.email));
    if (kind === 'reorder') for (const node of nodes) expect(node).toEqual(byEmail.get(node.email));
  });
});

function expectOwnLists(account: Tree, company: Parameters<Oracle['account']>[0]): void {
  if (!account) return;
  const own: Record<string, readonly string[]> = {
    deals: oracle.dealsOf(company),
    subscriptions: oracle.subscriptionsOf(company),
    invoices: oracle.invoicesOf(company),
    tickets: oracle.ticketsOfCompany(company),
  };
  for (const [name, ids] of Object.entries(own)) {
    expectSome(account[name].nodes, 'id', ids);
    for (const node of account[name].nodes ?? [])
      expect([null, company.domain]).toContain(node?.account?.domain ?? null);
  }
  expectSome(account.people.nodes, 'email', oracle.peopleOf(company));
  for (const node of account.people.nodes ?? [])
    expect([null, node?.email]).toContain(node?.contact?.properties.email ?? null);
}
