import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorldCompany, WorldPerson } from '../../src/sandbox/world.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ask, PAGE_INFO, type Tree, walk } from './asking.ts';
import { createOracle, type Oracle } from './oracle.ts';

let gateway: GatewayUnderTest;
let oracle: Oracle;

beforeAll(async () => {
  gateway = await startGatewayUnderTest();
  oracle = createOracle(gateway.sandbox.world);
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function listed(field: 'people' | 'accounts', filter: object, key: string, first = 20): Promise<string[]> {
  const written = JSON.stringify(filter).replace(/"(\w+)":/g, '$1:');
  const nodes = await walk(
    gateway,
    `${field}(filter: ${written}, PAGE) { nodes { ${key} } ${PAGE_INFO} }`,
    (data) => data[field],
    first,
  );
  const keys = nodes.map((node: Tree) => node[key]);
  expect(new Set(keys).size).toBe(keys.length);
  return keys;
}
const peopleWith = (filter: object, first?: number) => listed('people', filter, 'email', first);
const accountsWith = (filter: object, first?: number) => listed('accounts', filter, 'domain', first);
const contacts = (wanted: (person: WorldPerson) => boolean) =>
  oracle
    .contacts()
    .filter(wanted)
    .map(({ email }) => email);
const companies = (wanted: (company: WorldCompany) => boolean) =>
  oracle
    .companies()
    .filter(wanted)
    .map(({ domain }) => domain);

describe('the list of people', () => {
  it.each([3, 100])('holds those in a stage of life, %i at a time', async (first) => {
    const wanted = contacts(({ lifecycleStage }) => lifecycleStage === 'opportunity');
    expect(wanted.length).toBeGreaterThan(50);
    expect(await peopleWith({ lifecycleStage: 'opportunity' }, first)).toEqual(wanted);
  });

  it('holds those with certain addresses, however they are typed', async () => {
    const some = oracle
      .contacts()
      .slice(40, 46)
      .map(({ email }) => email);
    const typed = some.map((email, index) => [email.toUpperCase(), ` ${email} `, email][index % 3]);
    expect(await peopleWith({ emails: [...typed, 'nobody@nowhere.example', 'nonsense'] }, 2)).toEqual(some);
    await gateway.control('POST', '/reset');
    expect(await peopleWith({ emails: [] })).toEqual([]);
    // HubSpot would refuse a filter without values.
    expect(await gateway.calls()).toEqual({});
    const strangers = gateway.sandbox.world.people.filter(({ ids }) => !ids.hubspot).map(({ email }) => email);
    expect(await peopleWith({ emails: strangers.slice(0, 50) })).toEqual([]);
  });

  it('holds those whom words describe, and all conditions hold together', async () => {
    const wanted = ({ firstName, lastName, email, companyIndex }: WorldPerson) =>
      [firstName, lastName, email, gateway.sandbox.world.companies[companyIndex ?? -1]?.name ?? ''].some((text) =>
        /\bbrightforge/i.test(text),
      );
    expect(contacts(wanted).length).toBeGreaterThan(2);
    expect(await peopleWith({ search: 'Brightforge' }, 2)).toEqual(contacts(wanted));
    const customers = contacts((person) => wanted(person) && person.lifecycleStage === 'customer');
    expect(await peopleWith({ search: 'Brightforge', lifecycleStage: 'customer' }, 2)).toEqual(customers);
    expect(await peopleWith({ search: 'Brightforge', emails: customers.slice(0, 1) })).toEqual(customers.slice(0, 1));
  });

  it('is the whole list when a condition is null or empty', async () => {
    const read = async (filter: string) =>
      (await ask(gateway, `{ people(${filter}first: 3) { nodes { email } } }`)).people.nodes;
    const whole = oracle
      .contacts()
      .slice(0, 3)
      .map(({ email }) => ({ email }));
    for (const filter of [
      '',
      'filter: null, ',
      'filter: {}, ',
      'filter: { search: null, emails: null }, ',
      'filter: { search: "" }, ',
    ])
      expect(await read(filter)).toEqual(whole);
  });

  it('takes no cursor of another filter', async () => {
    const { endCursor } = (await ask(gateway, '{ people(first: 2) { pageInfo { endCursor } } }')).people.pageInfo;
    const { errors } = await gateway.ask(
      `{ people(filter: { lifecycleStage: "lead" }, after: "${endCursor}") { nodes { email } } }`,
    );
    expect(errors).toMatchObject([{ path: ['people', 'nodes'], extensions: { code: 'CURSOR_INVALID' } }]);
  });

  it('leaves out contacts without an address, and those whose address cannot be one', async () => {
    const create =
      'mutation($p: HubspotContactValuesInput!) { hubspotCreateContact(input: { properties: $p }) { id person { email } } }';
    const made = async (p: object) => (await ask(gateway, create, { variables: { p } })).hubspotCreateContact;
    expect(await made({ firstname: 'Nameless', lastname: 'Zzyzx' })).toMatchObject({ person: null });
    expect(await made({ email: '*@zzyzx.example', lastname: 'Zzyzx' })).toMatchObject({ person: null });
    await made({ email: 'zoe@zzyzx.example', lastname: 'Zzyzx' });
    expect(await peopleWith({ search: 'Zzyzx' }, 1)).toEqual(['zoe@zzyzx.example']);
  });
});

describe('the list of accounts', () => {
  it.each([7, 100])('holds those of an industry or a country, %i at a time', async (first) => {
    const industries = Map.groupBy(oracle.companies(), ({ industry }) => industry);
    const [industry] =
      [...industries].filter(([name]) => name).toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
    expect(await accountsWith({ industry }, first)).toEqual(companies((one) => one.industry === industry));
    expect(await accountsWith({ country: 'Germany' }, first)).toEqual(companies((one) => one.country === 'Germany'));
    expect(await accountsWith({ country: 'Germany', industry }, first)).toEqual(
      companies((one) => one.country === 'Germany' && one.industry === industry),
    );
  });

  it('holds those with certain domains, however they are typed', async () => {
    const some = oracle
      .companies()
      .slice(20, 24)
      .map(({ domain }) => domain);
    const typed = some.map(
      (domain, index) => [domain.toUpperCase(), `https://www.${domain}/`, ` ${domain}.`][index % 3],
    );
    expect(await accountsWith({ domains: [...typed, 'nowhere.example', 'nonsense'] }, 1)).toEqual(some);
    expect(await accountsWith({ domains: [] })).toEqual([]);
  });

  it('holds those whom words describe', async () => {
    expect(await accountsWith({ search: 'brightforge' })).toEqual(['brightforge.io']);
    const begun = companies(({ name, domain }) => /\bhe/i.test(name) || /\bhe/i.test(domain));
    expect(begun.length).toBeGreaterThan(1);
    expect(await accountsWith({ search: 'he' }, 1)).toEqual(begun);
  });
});
