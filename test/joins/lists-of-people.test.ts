import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ask, askPeople, PAGE_INFO, type Tree, walk } from './asking.ts';
import { createOracle, type Oracle } from './oracle.ts';

let gateway: GatewayUnderTest;
let oracle: Oracle;

beforeAll(async () => {
  gateway = await startGatewayUnderTest();
  oracle = createOracle(gateway.sandbox.world);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const ada = 'ada.lindqvist@brightforge.io';
const people = () => gateway.sandbox.world.people;
const known = () => people().filter(oracle.person);
const personCalled = (email: string) => {
  const person = people().find((one) => one.email === email);
  if (person === undefined) throw new Error(`There is no ${email}.`);
  return person;
};
/** The people with most of something, so that there is more than a page of it. */
const busiest = (count: (person: Tree) => number, most = 4) =>
  known()
    .toSorted((a, b) => count(b) - count(a))
    .slice(0, most);

describe("a person's lists", () => {
  it('hold what is theirs and nothing else, in order, for everybody', async () => {
    const selection = `
      tickets(first: 100) { nodes { id } pageInfo { hasNextPage } }
      emails(first: 100) { nodes { id } pageInfo { hasNextPage } }
      bookings(first: 100) { nodes { uid } pageInfo { hasNextPage } }`;
    const pageInfo = { hasNextPage: false };
    const expected = (person: Tree) => ({
      tickets: { nodes: oracle.ticketsOf(person).map((id) => ({ id })), pageInfo },
      emails: { nodes: oracle.emailsOf(person).map((id) => ({ id })), pageInfo },
      bookings: { nodes: oracle.bookingsOf(person).map((uid) => ({ uid })), pageInfo },
    });
    const listed = await walk(
      gateway,
      `people(PAGE) { nodes { ${selection} } ${PAGE_INFO} }`,
      ({ people }) => people,
      // With a hundred rows each, a page of more people is over the limit of nested pages.
      100,
    );
    expect(listed).toEqual(oracle.contacts().map(expected));
    const strangers = known()
      .filter(({ ids }) => !ids.hubspot)
      .slice(0, 50);
    expect(
      await askPeople(
        gateway,
        strangers.map(({ email }) => email),
        selection,
      ),
    ).toEqual(strangers.map(expected));
  });

  it.each([1, 2, 3])('are whole when read %i at a time', async (first) => {
    const lists = [
      { name: 'tickets', id: 'id', of: oracle.ticketsOf },
      { name: 'emails', id: 'id', of: oracle.emailsOf },
      { name: 'bookings', id: 'uid', of: oracle.bookingsOf },
    ];
    for (const { name, id, of } of lists) {
      for (const person of [personCalled(ada), ...busiest((one) => of(one).length, 1)]) {
        expect(of(person).length).toBeGreaterThan(2);
        const field = `person(email: "${person.email}") { ${name}(PAGE) { nodes { ${id} } ${PAGE_INFO} } }`;
        const nodes = await walk(gateway, field, (data) => data.person[name], first);
        expect(nodes.map((node) => node[id])).toEqual(of(person));
      }
    }
  });

  it('go on from the cursor of any row', async () => {
    const all = oracle.emailsOf(personCalled(ada));
    const read = (args: string) =>
      ask(gateway, `{ person(email: "${ada}") { emails(${args}) { edges { cursor node { id } } } } }`);
    const { edges } = (await read('first: 100')).person.emails;
    for (const [index, { cursor }] of edges.entries()) {
      const rest = (await read(`first: 100, after: "${cursor}"`)).person.emails.edges;
      expect(rest.map((edge: Tree) => edge.node.id)).toEqual(all.slice(index + 1));
    }
  });

  it('can be narrowed to tickets in one status or several', async () => {
    for (const person of [personCalled(ada), ...busiest((one) => oracle.ticketsOf(one).length)]) {
      for (const statuses of [['open'], ['closed'], ['solved', 'open'], ['new', 'open', 'pending', 'hold'], ['hold']]) {
        const field = `person(email: "${person.email}") { tickets(status: [${statuses}], PAGE) { nodes { id status } ${PAGE_INFO} } }`;
        const nodes = await walk(gateway, field, (data) => data.person.tickets, 2);
        expect(nodes.map(({ id }) => id)).toEqual(oracle.ticketsOf(person, statuses));
        for (const { status } of nodes) expect(statuses).toContain(status);
      }
    }
  });

  it('refuse sizes nobody can want and cursors made elsewhere, each its own field only', async () => {
    const query = (args: string) =>
      `{ person(email: "${ada}") { email tickets(${args}) { nodes { id } } emails(${args}) { nodes { id } } } }`;
    for (const args of ['first: 0', 'first: -1', 'first: 1001']) {
      const { data, errors } = await gateway.ask(query(args));
      expect(data).toEqual({ person: { email: ada, tickets: { nodes: null }, emails: { nodes: null } } });
      expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
    }
    const { errors } = await gateway.ask(query('after: "bm9uc2Vuc2U"'));
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['CURSOR_INVALID', 'CURSOR_INVALID']);
  });

  it("take no cursor of another person's tickets", async () => {
    const [one, other] = busiest((person) => oracle.ticketsOf(person).length, 2);
    const first = `{ person(email: "${one?.email}") { tickets(first: 1) { pageInfo { endCursor } } } }`;
    const { endCursor } = (await ask(gateway, first)).person.tickets.pageInfo;
    const { errors } = await gateway.ask(
      `{ person(email: "${other?.email}") { tickets(after: "${endCursor}") { nodes { id } } } }`,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
  });
});
