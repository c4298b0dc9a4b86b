/** The first lock and the answer's guard together: what a caller gets of a document, however it is written. */
import fc from 'fast-check';
import { parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { planAccess } from '../../src/graph/access-plan.ts';
import { createSmallGraph, type SmallGraphOptions } from './small-graph.ts';

const SDL = `
type Query @scope(requires: []) {
  user: User
  users: [User!]
  mustUser: MustUser!
  mustUsers: [MustUser!]
  found: [Found!]
  nodes: [Node]
  node: Node
  salaries: [Salary] @scope(requires: ["hr"])
}
type Mutation @scope(requires: []) { rename(to: String): User drop: Boolean @scope(requires: ["write"]) }
interface Node @scope(requires: []) { id: ID! label: String owner: User }
interface Named @scope(requires: []) { name: String }
union Found = User | Ticket
type User implements Node & Named @scope(requires: []) {
  id: ID! label: String owner: User
  name: String @pii(category: NAME)
  email: String @pii(category: EMAIL)
  phones: [String!]! @pii(category: PHONE)
  card: Card @pii(category: FINANCE)
  salary: Salary
  pay: Int @scope(requires: ["hr"])
  friends: [User!]!
}
type Card @scope(requires: []) { digits: String bank: Bank }
type Bank @scope(requires: ["bank"]) { code: String }
type Salary @scope(requires: ["hr"]) { amount: Int! }
type Ticket implements Node @scope(requires: []) {
  id: ID!
  label: String @scope(requires: ["desk"])
  owner: User @scope(requires: ["desk"])
  subject: String
  secret: String @scope(requires: ["desk"])
}
type MustUser @scope(requires: []) { id: ID! pay: Int! @scope(requires: ["hr"]) deep: MustUser! }
`;

const ada = {
  __typename: 'User',
  id: 'u1',
  label: 'ada',
  name: 'Ada Lindqvist',
  email: 'ada@example.com',
  phones: ['+46 701 234 567', '+46 701 234 599'],
  card: { digits: '4242', bank: { code: 'B' } },
  salary: { amount: 10 },
  pay: 20,
  friends: [],
};
const ben = { ...ada, id: 'u2', label: 'ben', name: 'Ben', email: 'ben@example.com', pay: 30 };
const ticket = {
  __typename: 'Ticket',
  id: 't1',
  label: 'broken',
  subject: 'It broke',
  secret: 'swordfish',
  owner: ada,
};
const must = { id: 'm1', pay: 1, deep: { id: 'm2', pay: 2, deep: null } };
const ROWS: SmallGraphOptions = {
  rows: {
    user: { ...ada, friends: [ben] },
    users: [ada, ben],
    mustUser: must,
    mustUsers: [must, must],
    found: [ada, ticket],
    nodes: [ticket, ada],
    node: ticket,
    salaries: [{ amount: 10 }],
    rename: ben,
    drop: true,
  },
};

const graph = createSmallGraph(SDL, ROWS);
/** Every case is asked once, and once more of a graph that has answered it before: both must say the same. */
const ask = async (query: string, scopes: readonly string[], variables?: Record<string, unknown>) => {
  const first = await createSmallGraph(SDL, ROWS).ask(query, scopes, { ...(variables && { variables }) });
  const again = await graph.ask(query, scopes, { ...(variables && { variables }), isAgain: true });
  expect(again).toEqual(first);
  return first;
};

describe('a field the caller may not see', () => {
  it('is null with an error that names the scope, and keeps its place in the answer', async () => {
    const { data, errors, scopes } = await ask('{ user { id pay label } }', []);
    expect(data).toEqual({ user: { id: 'u1', pay: null, label: 'ada' } });
    expect(Object.keys(data.user)).toEqual(['id', 'pay', 'label']);
    expect(errors).toEqual(['user.pay: SCOPE_MISSING']);
    expect(scopes).toEqual(['hr']);
  });

  it('is refused by the type it returns, though it has no rule of its own', async () => {
    const { data, errors } = await ask('{ user { id salary { amount } } }', []);
    expect(data).toEqual({ user: { id: 'u1', salary: null } });
    expect(errors).toEqual(['user.salary: SCOPE_MISSING']);
  });

  it('is refused under an alias, twice, and in a list with one error for all rows', async () => {
    const { data, errors } = await ask('{ users { x: pay y: pay pay pay } }', []);
    expect(data.users).toEqual([
      { x: null, y: null, pay: null },
      { x: null, y: null, pay: null },
    ]);
    expect(errors).toEqual(['users.0.x: SCOPE_MISSING', 'users.0.y: SCOPE_MISSING', 'users.0.pay: SCOPE_MISSING']);
  });

  it('is refused in nested and reused fragments, everywhere they are spread', async () => {
    const query = `{ user { ...A friends { ...A } } } fragment A on User { id ...B } fragment B on User { ... { pay } }`;
    const { data, errors } = await ask(query, []);
    expect(data.user).toEqual({ id: 'u1', pay: null, friends: [{ id: 'u2', pay: null }] });
    expect(errors.toSorted()).toEqual(['user.friends.0.pay: SCOPE_MISSING', 'user.pay: SCOPE_MISSING']);
  });

  it('is neither null nor an error where a condition leaves it out', async () => {
    const query = 'query ($no: Boolean!) { user { id pay @include(if: $no) ... @skip(if: true) { x: pay } } }';
    const { data, errors } = await ask(query, [], { no: false });
    expect(data).toEqual({ user: { id: 'u1' } });
    expect(errors).toEqual([]);
    expect((await ask(query, [], { no: true })).data).toEqual({ user: { id: 'u1', pay: null } });
  });

  it('takes the objects around it along where it is never null, as far as GraphQL says', async () => {
    expect((await ask('{ user { id } mustUsers { id pay } }', [])).data).toEqual({
      user: { id: 'u1' },
      mustUsers: null,
    });
    const bubbling = await ask('{ user { id } mustUser { id pay } }', []);
    expect(bubbling.data).toBeNull();
    expect(bubbling.errors).toEqual(['mustUser.pay: SCOPE_MISSING']);
    expect(bubbling.text).not.toContain('u1');
  });

  it('has its resolver left alone', async () => {
    await graph.ask('{ user { id pay salary { amount } } }', []);
    expect(graph.resolved).toEqual(['Query.user', 'User.id']);
  });

  it('is answered as it is to whoever has the scope', async () => {
    const { data, errors } = await ask('{ user { pay salary { amount } } }', ['hr']);
    expect(data).toEqual({ user: { pay: 20, salary: { amount: 10 } } });
    expect(errors).toEqual([]);
  });
});

describe('behind unions and interfaces', () => {
  it('members with one response name and two rules are told apart', async () => {
    const query = '{ found { ... on User { x: label } ... on Ticket { x: secret } } }';
    const { data, errors } = await ask(query, []);
    expect(data.found).toEqual([{ x: 'ada' }, { x: null }]);
    expect(errors).toEqual(['found.1.x: SCOPE_MISSING']);
    expect((await ask(query, ['desk'])).data.found).toEqual([{ x: 'ada' }, { x: 'swordfish' }]);
  });

  it('members with one response name and two masks are told apart', async () => {
    const { data, redacted } = await ask('{ found { ... on User { x: email } ... on Ticket { x: subject } } }', []);
    expect(data.found).toEqual([{ x: 'a***@example.com' }, { x: 'It broke' }]);
    expect(redacted).toEqual(['found.x']);
  });

  it('nobody passes for another type by the name of a response', async () => {
    for (const name of ['vg__type', 'vg_type', 'vgtype', '__typename']) {
      const own = name === '__typename' ? '__typename' : `${name}: id`;
      const { text } = await ask(`{ found { ... on User { ${own} email } ... on Ticket { ${own} subject } } }`, []);
      expect(text).toContain('a***@example.com');
      expect(text).not.toContain('ada@example.com');
    }
  });

  it('the type that is asked for on the way is not in the answer', async () => {
    const { text } = await ask('{ found { ... on User { ...M } ...M } } fragment M on Named { name }', []);
    expect(text).toContain('A*** L***');
    expect(text).not.toMatch(/vg.type|"User"/);
  });

  it('the second lock refuses where one type is stricter than its interface', async () => {
    const { data, errors, scopes } = await ask('{ nodes { id label } }', []);
    expect(data.nodes).toEqual([
      { id: 't1', label: null },
      { id: 'u1', label: 'ada' },
    ]);
    expect(errors).toEqual(['nodes.0.label: SCOPE_MISSING']);
    expect(scopes).toEqual(['desk']);
  });

  it('a field asked for through the interface and through the stricter type is refused in either order', async () => {
    for (const query of [
      '{ node { ... on Ticket { label } label } }',
      '{ node { label ... on Ticket { label } } }',
      '{ node { ... on Ticket { owner { email } } owner { id email } } }',
      '{ node { owner { id email } ... on Ticket { owner { email } } } }',
    ]) {
      const { data, text } = await ask(query, []);
      expect(Object.values(data.node)).toEqual([null]);
      expect(text).toContain('SCOPE_MISSING');
      expect(text).not.toMatch(/broken|example\.com/);
    }
  });

  it('a field of the interface is masked where the type behind it holds personal data', async () => {
    const { data, redacted } = await ask(
      '{ user { ... on Named { name } ... on Node { ...N } } } fragment N on Named { n: name }',
      [],
    );
    expect(data.user).toEqual({ name: 'A*** L***', n: 'A*** L***' });
    expect(redacted).toEqual(['user.name', 'user.n']);
  });

  it('introspection in the same operation changes nothing about the data', async () => {
    const query = '{ nodes { id label } found { ... on User { email } } __type(name: "Ticket") { fields { name } } }';
    const { data, errors } = await ask(query, []);
    expect(data.nodes).toEqual([
      { id: 't1', label: null },
      { id: 'u1', label: 'ada' },
    ]);
    expect(data.found).toEqual([{ email: 'a***@example.com' }, {}]);
    expect(data.__type.fields.map(({ name }: { name: string }) => name)).toEqual(['id', 'label', 'owner', 'subject']);
    expect(errors).toEqual(['nodes.0.label: SCOPE_MISSING']);
  });
});

describe('personal data', () => {
  it('is masked item by item in lists, once, however often it is selected', async () => {
    const { data } = await ask('{ user { phones ...P } } fragment P on User { phones ... { phones } name }', []);
    expect(data.user).toEqual({ phones: ['***67', '***99'], name: 'A*** L***' });
  });

  it('of an object type is null whole, and nothing below it is asked for', async () => {
    const { data, errors, redacted } = await ask(
      '{ user { id card { ...C } } } fragment C on Card { digits bank { code } }',
      [],
    );
    expect(data.user).toEqual({ id: 'u1', card: null });
    expect(errors).toEqual([]);
    expect(redacted).toEqual(['user.card']);
  });

  it('is in the plan by category, for the record, whether or not the caller sees it in the clear', () => {
    for (const scopes of [[], ['pii:read']])
      expect(graph.plan('{ user { name x: email email } }', scopes).personalData).toEqual({
        NAME: ['User.name'],
        EMAIL: ['User.email'],
      });
  });

  it('is in the clear with pii:read, and what needs another scope is refused all the same', async () => {
    const { data, errors } = await ask('{ user { email card { digits bank { code } } } }', ['pii:read']);
    expect(data.user).toEqual({ email: 'ada@example.com', card: { digits: '4242', bank: null } });
    expect(errors).toEqual(['user.card.bank: SCOPE_MISSING']);
  });
});

describe('an operation that is beyond its caller', () => {
  it('is one error when every root field is refused, and nothing runs', async () => {
    const { data, messages, scopes } = await graph.ask(
      '{ salaries { amount } ...R } fragment R on Query { x: salaries { amount } }',
      [],
    );
    expect(data).toBeUndefined();
    expect(messages).toEqual(['Query.salaries needs the scope hr, which your credential does not have.']);
    expect(scopes).toEqual(['hr']);
    expect(graph.resolved).toEqual([]);
  });

  it('is a mutation with one refused field: none of the others is done', async () => {
    for (const query of [
      'mutation { rename(to: "x") { id } drop }',
      'mutation { rename(to: "x") { id } ...D } fragment D on Mutation { ... { drop } }',
      'mutation { rename(to: "x") { id } drop @skip(if: true) }',
    ]) {
      const { data, errors } = await graph.ask(query, []);
      expect(data).toBeUndefined();
      expect(errors).toEqual([': SCOPE_MISSING']);
      expect(graph.resolved).toEqual([]);
      expect(graph.recorded).toEqual([]);
    }
  });

  it('is not one that has something left', async () => {
    expect((await ask('{ salaries { amount } __typename }', [])).data).toEqual({ salaries: null, __typename: 'Query' });
  });
});

describe('the plan', () => {
  it('leaves a document alone in which nothing is refused, so that it is planned once for all', () => {
    const first = graph.plan('{ user { email } }', []);
    const second = graph.plan('{ user { email } }', ['pii:read']);
    expect(first.document).toBe(second.document);
  });

  it('does not share a document that asks for the schema: its plan would answer from the first caller’s', () => {
    expect(graph.plan('{ __typename __schema { types { name } } }', []).document).not.toBe(
      graph.plan('{ __typename __schema { types { name } } }', ['hr']).document,
    );
  });

  it('shows each caller its own schema, however often another has asked before', async () => {
    const query = '{ __type(name: "Salary") { name } __schema { queryType { fields { name } } } }';
    const all = await graph.ask(query, ['hr', 'desk', 'bank'], { isAgain: true });
    const none = await graph.ask(query, [], { isAgain: true });
    expect(all.data.__type).toEqual({ name: 'Salary' });
    expect(none.data.__type).toBeNull();
    expect(none.text).not.toContain('salaries');
    expect((await graph.ask(query, ['hr', 'desk', 'bank'])).data.__type).toEqual({ name: 'Salary' });
  });

  it('looks at a fragment once, however often fragments that double have it spread', () => {
    const levels = 15;
    const doubling = (name: string, type: string, leaf: string) =>
      Array.from({ length: levels }, (_, level) => {
        const next = `${name}${level + 1}`;
        return `fragment ${name}${level} on ${type} { ${level === levels - 1 ? leaf : `...${next} ... { ...${next} }`} }`;
      }).join(' ');
    const query = `{ ...Q0 user { ...U0 } } ${doubling('Q', 'Query', 'salaries { amount }')} ${doubling('U', 'User', 'pay')}`;
    let questions = 0;
    const rules = {
      ...graph.rules,
      of(typeName: string, fieldName: string) {
        questions += 1;
        return graph.rules.of(typeName, fieldName);
      },
    };
    const { refused } = planAccess(graph.schema, rules, parse(query), undefined, new Set());
    expect(refused.map(({ coordinate }) => coordinate)).toEqual(['Query.salaries', 'User.pay']);
    expect(questions).toBeLessThan(20);
  });

  it('asks for nothing that is refused, whatever the document is made of', () => {
    const leaf = fc.constantFrom('id', 'pay', 'x: pay', 'salary { amount }', 'salary { ... { amount } }', 'label');
    const { set } = fc.letrec<{ set: string; item: string }>((tie) => ({
      item: fc.oneof(
        { weight: 3, arbitrary: leaf },
        tie('set').map((inner) => `friends ${inner}`),
        tie('set').map((inner) => `... ${inner}`),
        tie('set').map((inner) => `... on User @include(if: true) ${inner}`),
        tie('set').map((inner) => `... on Node { ... on User ${inner} }`),
      ),
      set: fc.array(tie('item'), { minLength: 1, maxLength: 4 }).map((items) => `{ ${items.join(' ')} }`),
    }));
    fc.assert(
      fc.property(set, (selection) => {
        const text = print(graph.plan(`{ user ${selection} }`, []).document);
        expect(text.replaceAll(/\w+: __typename/g, '')).not.toMatch(/\bpay\b|salary|amount/);
      }),
      { numRuns: 500 },
    );
  });
});
