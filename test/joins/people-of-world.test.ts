import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ask, askPeople, PAGE_INFO, walk } from './asking.ts';
import { createOracle, type Oracle, PERSON_FIELDS } from './oracle.ts';

let gateway: GatewayUnderTest;
let oracle: Oracle;

beforeAll(async () => {
  gateway = await startGatewayUnderTest();
  oracle = createOracle(gateway.sandbox.world);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const people = () => gateway.sandbox.world.people;
const emails = () => people().map(({ email }) => email);

describe('every person of the world', () => {
  it('is joined with their own record in each system, by address', async () => {
    expect(await askPeople(gateway, emails(), PERSON_FIELDS)).toEqual(people().map(oracle.person));
  });

  it('is the same under any spelling of the address', async () => {
    const spelled = people().filter(({ spelling }) => Object.keys(spelling).length > 0);
    expect(spelled.length).toBeGreaterThan(40);
    const spellings = spelled.map(({ email, spelling }) => Object.values(spelling)[0] ?? email);
    expect(await askPeople(gateway, spellings, PERSON_FIELDS)).toEqual(spelled.map(oracle.person));
    const shouted = people()
      .slice(0, 100)
      .map(({ email }) => ` ${email.toUpperCase()}\n`);
    expect(await askPeople(gateway, shouted, PERSON_FIELDS)).toEqual(people().slice(0, 100).map(oracle.person));
  });

  it('is there without the CRM, when any other system knows them', async () => {
    const strangers = people().filter(({ ids }) => !ids.hubspot);
    const answers = await askPeople(
      gateway,
      strangers.map(({ email }) => email),
      'email contact { id }',
    );
    expect(answers).toEqual(
      strangers.map((person) => (oracle.person(person) ? { email: person.email, contact: null } : null)),
    );
    const bookedOnly = strangers.filter(
      (person) => oracle.bookingsOf(person).length > 0 && !oracle.zendeskIdOf(person) && !person.ids.slack,
    );
    expect(bookedOnly.length).toBeGreaterThan(0);
  });

  it('is found once in the list of people, which goes through the whole CRM', async () => {
    const nodes = await walk(
      gateway,
      `people(PAGE) { nodes { ${PERSON_FIELDS} } ${PAGE_INFO} }`,
      ({ people }) => people,
      150,
    );
    expect(nodes).toEqual(oracle.contacts().map(oracle.person));
  });
});

describe('an address nobody has', () => {
  it('is null, without an error', async () => {
    const unknown = [
      'nobody@brightforge.io',
      'ada.lindqvist@northwindlabs.com',
      'ada.lindqvist+work@brightforge.io',
      'x@nowhere.example',
    ];
    expect(await askPeople(gateway, unknown, PERSON_FIELDS)).toEqual(unknown.map(() => null));
  });

  it('is null without asking anybody when it is no address', async () => {
    await gateway.control('POST', '/reset');
    const malformed = [
      '',
      ' ',
      'ada',
      '@',
      'ada@',
      '@brightforge.io',
      'ada lindqvist@brightforge.io',
      'ada@@brightforge.io',
    ].concat(
      [
        'ada@brightforge.io" OR email:"x',
        '<ada.lindqvist@brightforge.io>',
        '*@brightforge.io',
        'ada.lindqvist@*',
        'a\u0000@b.io',
      ],
      [`${'a'.repeat(250)}@b.io`, 'a@b.io,c@d.io', 'a@b.io;c@d.io'],
    );
    expect(await askPeople(gateway, malformed, PERSON_FIELDS)).toEqual(malformed.map(() => null));
    expect(await gateway.calls()).toEqual({});
  });

  it('needs an address', async () => {
    const { errors } = await gateway.ask('{ person { email } }');
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    expect(await ask(gateway, 'query($e: String! = "") { person(email: $e) { email } }')).toEqual({ person: null });
  });
});
