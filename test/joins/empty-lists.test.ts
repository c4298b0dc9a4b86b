/** Lists that nobody has: of a company that a system does not know. They are empty, and take no odd argument for all that. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import type { Tree } from './asking.ts';

let gateway: GatewayUnderTest;

beforeAll(async () => {
  gateway = await startGatewayUnderTest();
});
afterAll(() => gateway[Symbol.asyncDispose]());

type System = 'hubspot' | 'stripe' | 'zendesk';

/** A company that other systems know, or there would be no account. */
function strangerTo(system: System): string {
  const { companies } = gateway.sandbox.world;
  const found = companies.find(
    ({ ids }) => ids[system] === undefined && (ids.hubspot || ids.stripe || ids.zendesk) !== undefined,
  );
  if (!found) throw new Error(`Everybody is known to ${system}.`);
  return found.domain;
}

const LISTS: readonly { list: string; system: System }[] = [
  { list: 'deals', system: 'hubspot' },
  { list: 'people', system: 'hubspot' },
  { list: 'subscriptions', system: 'stripe' },
  { list: 'invoices', system: 'stripe' },
  { list: 'tickets', system: 'zendesk' },
];

describe.each(LISTS)('$list of an account that $system does not know', ({ list, system }) => {
  const read = async (args: string) => {
    const field = `account(domain: "${strangerTo(system)}") { list: ${list}${args} { nodes { __typename } } }`;
    const { data, errors } = await gateway.ask(`{ ${field} }`);
    return { nodes: (data as Tree).account.list.nodes, codes: errors.map(({ extensions }) => extensions['code']) };
  };

  it('are none', async () => {
    expect(await read('')).toEqual({ nodes: [], codes: [] });
  });

  it.each([
    ['first: 0', 'BAD_USER_INPUT'],
    ['first: 1001', 'BAD_USER_INPUT'],
    ['after: "nonsense"', 'CURSOR_INVALID'],
  ])('take no %s', async (args, code) => {
    expect(await read(`(${args})`)).toEqual({ nodes: null, codes: [code] });
  });
});

describe.each([
  ['people', 'emails'],
  ['accounts', 'domains'],
])('%s of whom one of no %s is looked for', (list, filter) => {
  it('are none, whatever the page, but for a page that cannot be', async () => {
    const read = (args: string) => gateway.ask(`{ ${list}(filter: { ${filter}: [] }, ${args}) { nodes { name } } }`);
    expect(await read('first: 5')).toMatchObject({ data: { [list]: { nodes: [] } }, errors: [] });
    expect((await read('first: 0')).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe.each([
  ['person', 'email: "ada.lindqvist@brightforge.io"'],
  ['account', 'domain: "brightforge.io"'],
])('tickets of one of no status, of a %s', (field, key) => {
  const read = (status: string) => gateway.ask(`{ owner: ${field}(${key}) { tickets(${status}) { nodes { id } } } }`);

  it('are none, for no call, whatever the page, but for a page that cannot be', async () => {
    expect((await read('first: 5')).data).not.toMatchObject({ owner: { tickets: { nodes: [] } } });
    await gateway.control('POST', '/reset');
    expect(await read('status: [], first: 5')).toMatchObject({
      data: { owner: { tickets: { nodes: [] } } },
      errors: [],
    });
    expect(Object.keys(await gateway.calls()).filter((name) => name.startsWith('zendesk.'))).toEqual([]);
    expect((await read('status: [], first: 0')).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
