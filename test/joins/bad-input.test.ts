/** What callers get wrong about joins, and that it costs nobody else anything. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ask, type Tree } from './asking.ts';
import { createOracle } from './oracle.ts';

let gateway: GatewayUnderTest;

beforeAll(async () => {
  gateway = await startGatewayUnderTest();
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.control('POST', '/reset'));

const ada = 'ada.lindqvist@brightforge.io';

/** Every list of the unified layer, as the parent that has it. */
const LISTS = [
  ...['tickets', 'emails', 'bookings'].map((list) => ({ parent: `person(email: "${ada}")`, list })),
  ...['deals', 'subscriptions', 'invoices', 'tickets', 'people'].map((list) => ({
    parent: 'account(domain: "brightforge.io")',
    list,
  })),
];

describe('an unknown key', () => {
  it.each([
    'person(email: "nobody@nowhere.example")',
    'person(email: "nonsense")',
    'person(email: "")',
    'account(domain: "nowhere.example")',
    'account(domain: "")',
  ])('%s is null, not an error', async (field) => {
    const { data, errors } = await gateway.ask(`{ it: ${field} { name tickets { nodes { id } } } }`);
    expect([data, errors]).toEqual([{ it: null }, []]);
  });
});

describe.each(LISTS)('$parent { $list }', ({ parent, list }) => {
  const page = (args: string) =>
    gateway.ask(`{ it: ${parent} { list: ${list}(${args}) { nodes { __typename } pageInfo { endCursor } } } }`);

  it.each(['0', '-1', '1001', '2147483647'])('takes no page of %s', async (first) => {
    const { data, errors } = await page(`first: ${first}`);
    expect((data as Tree).it.list.nodes).toBeNull();
    for (const error of errors) {
      expect(error.extensions['code']).toBe('BAD_USER_INPUT');
      expect(error.message).toContain('1 to 1000');
    }
    expect(errors).not.toEqual([]);
  });

  it('takes no size for its default', async () => {
    const [none, nothing] = [await page('after: null'), await page('first: null')];
    expect([none.errors, nothing.errors]).toEqual([[], []]);
    expect((none.data as Tree).it.list.nodes.length).toBeLessThanOrEqual(20);
  });

  it('takes no cursor of another list, nor one that was changed', async () => {
    const own = await gateway.ask(`{ it: ${parent} { list: ${list}(first: 1) { edges { cursor } } } }`);
    const cursor: string = (own.data as Tree).it.list.edges[0]?.cursor ?? '';
    const strange = await gateway.ask('{ hubspotDeals(first: 1) { pageInfo { endCursor } } }');
    const changed = cursor.slice(0, -2) + (cursor.endsWith('A') ? 'BB' : 'AA');
    for (const after of [(strange.data as Tree).hubspotDeals.pageInfo.endCursor, changed, 'nonsense', `${cursor}=`]) {
      const { errors } = await page(`after: "${after}"`);
      expect(errors[0]?.extensions['code']).toBe('CURSOR_INVALID');
    }
  });
});

describe('a cursor of a nested list', () => {
  it('does not hold for another parent', async () => {
    const { world } = gateway.sandbox;
    const oracle = createOracle(world);
    const domains = oracle
      .companies()
      .filter((company) => oracle.peopleOf(company).length > 1 && oracle.dealsOf(company).length > 0)
      .map(({ domain }) => domain);
    const [one, other] = domains;
    for (const list of ['people', 'deals']) {
      const first = await ask(
        gateway,
        `{ account(domain: "${one}") { ${list}(first: 1) { pageInfo { endCursor } } } }`,
      );
      const { endCursor } = first.account[list].pageInfo;
      const next = (domain: string | undefined) =>
        gateway.ask(`{ account(domain: "${domain}") { ${list}(after: "${endCursor}") { nodes { __typename } } } }`);
      expect((await next(one)).errors).toEqual([]);
      expect((await next(other)).errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
    }
  });
});

describe('a thousand aliases', () => {
  const aliases = (field: string) =>
    `{ ${Array.from({ length: 1_000 }, (_, index) => `a${index}: ${field}`).join(' ')} }`;

  it.each([
    [`person(email: "${ada}") { name customer { id } requester { id } slackUser { id } account { company { id } } }`],
    [`person(email: "${ada}") { tickets(first: 2) { nodes { id } } bookings { nodes { uid } } }`],
    [
      'account(domain: "brightforge.io") { company { id } deals { nodes { id } } invoices { nodes { id } } identities { id } }',
    ],
  ])('of one join are one set of calls: %s', async (field) => {
    const before = await gateway.calls();
    expect(before).toEqual({});
    await ask(gateway, `{ a: ${field} }`);
    const once = await gateway.calls();
    await gateway.control('POST', '/reset');
    const { data, errors } = await gateway.ask(aliases(field));
    if (errors[0]?.extensions['code'] === 'LIMIT_EXCEEDED') return;
    expect(errors).toEqual([]);
    expect(Object.keys(data ?? {})).toHaveLength(1_000);
    expect(await gateway.calls()).toEqual(once);
  });
});
