import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { PAGE_INFO, type Tree, walk } from './asking.ts';
import { createOracle, type Oracle } from './oracle.ts';

let gateway: GatewayUnderTest;
let oracle: Oracle;

beforeAll(async () => {
  gateway = await startGatewayUnderTest();
  oracle = createOracle(gateway.sandbox.world);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const listed = (field: 'people' | 'accounts', args: string, key: string, first: number): Promise<Tree[]> =>
  walk(gateway, `${field}(${args}, PAGE) { nodes { ${key} } ${PAGE_INFO} }`, (data) => data[field], first);

const text = (a: string, b: string) => (a < b ? -1 : Number(a > b));
const byId = (a: { ids: { hubspot?: string } }, b: { ids: { hubspot?: string } }) =>
  Number(a.ids.hubspot) - Number(b.ids.hubspot);

describe('the order of people', () => {
  it.each([
    ['CREATED_ASC', 1, (one: { createdAt: string }) => one.createdAt],
    ['CREATED_DESC', -1, (one: { createdAt: string }) => one.createdAt],
    ['UPDATED_DESC', -1, (one: { updatedAt: string }) => one.updatedAt],
    ['LAST_NAME_ASC', 1, (one: { lastName: string }) => one.lastName.toLowerCase()],
    ['LAST_NAME_DESC', -1, (one: { lastName: string }) => one.lastName.toLowerCase()],
    ['EMAIL_ASC', 1, (one: { email: string }) => one.email],
    ['EMAIL_DESC', -1, (one: { email: string }) => one.email],
  ] as const)('is the one asked for, over all pages: %s', async (sort, sign, keyOf) => {
    const wanted = oracle.contacts().toSorted((a, b) => sign * text(keyOf(a), keyOf(b)) || byId(a, b));
    const emails = (await listed('people', `sort: ${sort}`, 'email', 150)).map(({ email }) => email);
    expect(emails).toEqual(wanted.map(({ email }) => email));
  });

  it('goes with a filter', async () => {
    const args = 'filter: { lifecycleStage: "opportunity" }, sort: EMAIL_DESC';
    const wanted = oracle.contacts().filter(({ lifecycleStage }) => lifecycleStage === 'opportunity');
    expect((await listed('people', args, 'email', 7)).map(({ email }) => email)).toEqual(
      wanted
        .map(({ email }) => email)
        .toSorted(text)
        .toReversed(),
    );
  });
});

describe('the order of accounts', () => {
  it.each([
    ['CREATED_ASC', 1, (one: { createdAt: string }) => one.createdAt],
    ['CREATED_DESC', -1, (one: { createdAt: string }) => one.createdAt],
    ['UPDATED_DESC', -1, (one: { updatedAt: string }) => one.updatedAt],
    ['NAME_ASC', 1, (one: { name: string }) => one.name.toLowerCase()],
    ['NAME_DESC', -1, (one: { name: string }) => one.name.toLowerCase()],
    ['DOMAIN_ASC', 1, (one: { domain: string }) => one.domain],
    ['DOMAIN_DESC', -1, (one: { domain: string }) => one.domain],
  ] as const)('is the one asked for, over all pages: %s', async (sort, sign, keyOf) => {
    const wanted = oracle.companies().toSorted((a, b) => sign * text(keyOf(a), keyOf(b)) || byId(a, b));
    const domains = (await listed('accounts', `sort: ${sort}`, 'domain', 60)).map(({ domain }) => domain);
    expect(domains).toEqual(wanted.map(({ domain }) => domain));
  });
});

describe('a cursor', () => {
  it.each([
    ['people', 'sort: EMAIL_ASC', 'sort: EMAIL_DESC'],
    ['people', 'sort: EMAIL_ASC', ''],
    ['people', 'filter: { lifecycleStage: "lead" }', 'filter: { lifecycleStage: "customer" }'],
    ['accounts', 'sort: NAME_ASC', 'sort: NAME_DESC'],
    ['accounts', 'filter: { country: "Germany" }', 'filter: { country: "France" }'],
  ])('of %s(%s) is none of (%s)', async (field, args, others) => {
    const first = await gateway.ask(`{ ${field}(first: 1, ${args}) { pageInfo { endCursor } } }`);
    const { endCursor } = (first.data as Tree)[field].pageInfo;
    const next = (which: string) =>
      gateway.ask(`{ ${field}(first: 1, after: "${endCursor}" ${which}) { nodes { name } } }`);
    expect((await next(args)).errors).toEqual([]);
    expect((await next(others)).errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
  });

  it('of the order that holds without one holds when that order is named', async () => {
    const first = await gateway.ask('{ people(first: 1) { pageInfo { endCursor } } }');
    const { endCursor } = (first.data as Tree).people.pageInfo;
    const next = await gateway.ask(
      `{ people(first: 1, sort: CREATED_ASC, after: "${endCursor}") { nodes { email } } }`,
    );
    expect(next.errors).toEqual([]);
    const missing = await gateway.ask(`{ people(first: 1, sort: null, after: "${endCursor}") { nodes { email } } }`);
    expect(missing.errors).toEqual([]);
  });
});

describe('a filter of many values', () => {
  it.each([
    ['people', 'emails', (index: number) => `p${index}@zyx.example`],
    ['accounts', 'domains', (index: number) => `d${index}.example`],
  ] as const)('%s takes a hundred %s and says so of more', async (field, name, keyOf) => {
    const ask = (count: number) =>
      gateway.ask(`query($v: [String!]) { ${field}(filter: { ${name}: $v }) { nodes { name } } }`, {
        variables: { v: Array.from({ length: count }, (_, index) => keyOf(index)) },
      });
    const full = await ask(100);
    expect([full.errors, (full.data as Tree)[field].nodes]).toEqual([[], []]);
    await gateway.control('POST', '/reset');
    expect((await ask(101)).errors).toMatchObject([
      { message: expect.stringContaining(`"${name}" has 101 values`), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(await gateway.calls()).toEqual({});
  });
});
