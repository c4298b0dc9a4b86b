/** The second lock by itself: documents are executed as they were sent, without the plan that would have refused them. */
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createSmallGraph } from './small-graph.ts';

const SDL = `
type Query @scope(requires: []) { open: Thing vault: Vault item: Item either: [Either] broken: Int @scope(requires: ["a"]) }
interface Item @scope(requires: []) { id: ID label: String }
union Either = Thing | Vault
type Thing implements Item @scope(requires: []) { id: ID label: String secret: String @scope(requires: ["a", "b"]) both: Int @scope(requires: ["a"]) @scope(requires: ["b"]) }
type Vault implements Item @scope(requires: ["vault"]) { id: ID label: String gold: Int gem: Int @scope(requires: ["gem"]) }
type Mutation @scope(requires: ["write"]) { drop: Boolean }
`;
const thing = { __typename: 'Thing', id: 't', label: 'thing', secret: 'swordfish', both: 1 };
const vault = { __typename: 'Vault', id: 'v', label: 'vault', gold: 7, gem: 8 };
const refused = new GatewayError('VENDOR_DOWN', 'The vendor is down.', { retryable: true });
const graph = createSmallGraph(SDL, {
  rows: { open: thing, vault, item: vault, either: [thing, vault], drop: true },
  resolvers: {
    'Query.broken': () => {
      throw refused;
    },
  },
});

describe.each([
  ['by graphql-js', false],
  ['by plan', true],
])('the second lock, executed %s', (_name, isAgain) => {
  const ask = (query: string, scopes: readonly string[]) => graph.ask(query, scopes, { asksOnly: 'second', isAgain });

  it('refuses a field, names its scopes and does not call what answers it', async () => {
    const { data, errors, scopes } = await ask('{ open { id secret } }', []);
    expect(data).toEqual({ open: { id: 't', secret: null } });
    expect(errors).toEqual(['open.secret: SCOPE_MISSING']);
    expect(scopes).toEqual(['a', 'b']);
    expect(graph.resolved).toEqual(['Query.open', 'Thing.id']);
  });

  it('takes any scope of a rule, and asks for each of several rules', async () => {
    expect((await ask('{ open { secret } }', ['b'])).data).toEqual({ open: { secret: 'swordfish' } });
    expect((await ask('{ open { both } }', ['b'])).scopes).toEqual(['a']);
    expect((await ask('{ open { both } }', ['a', 'b'])).data).toEqual({ open: { both: 1 } });
  });

  it('refuses a field for the rule of the type it leads to', async () => {
    const { data, errors } = await ask('{ vault { gold } }', []);
    expect(data).toEqual({ vault: null });
    expect(errors).toEqual(['vault: SCOPE_MISSING']);
    expect(graph.resolved).toEqual([]);
    expect((await ask('{ vault { gold gem } }', ['vault'])).data).toEqual({ vault: { gold: 7, gem: null } });
  });

  it('refuses the fields of a type that was reached through an interface or a union', async () => {
    const { data, text } = await ask(
      '{ item { id label } either { ... on Vault { gold } ... on Item { label } } }',
      [],
    );
    expect(data).toEqual({
      item: { id: null, label: null },
      either: [{ label: 'thing' }, { gold: null, label: null }],
    });
    expect(text).not.toMatch(/"v"|"vault"}|7/);
  });

  it('clears nobody by what it has cleared for others', async () => {
    for (let round = 0; round < 3; round += 1) {
      expect((await ask('{ open { secret } }', ['a'])).data.open.secret).toBe('swordfish');
      expect((await ask('{ open { secret } }', ['c'])).data.open.secret).toBeNull();
    }
  });

  it('lets the errors of resolvers through as they are', async () => {
    const { errors, messages } = await ask('{ broken }', ['a']);
    expect(errors).toEqual(['broken: VENDOR_DOWN']);
    expect(messages).toEqual(['The vendor is down.']);
  });

  it('refuses a write', async () => {
    const { errors } = await ask('mutation { drop }', ['a']);
    expect(errors).toEqual(['drop: SCOPE_MISSING']);
    expect(graph.resolved).toEqual([]);
  });
});
