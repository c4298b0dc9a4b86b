import { readFileSync } from 'node:fs';
import { buildASTSchema, buildSchema, type GraphQLSchema, isObjectType, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compileCost } from '../../src/graph/cost.ts';
import { attachOwnJoins } from '../../src/graph/own-joins.ts';
import { JOINS } from '../../src/joins/joins.ts';

const schema = buildSchema(
  `
  directive @cost(calls: Int = 1, batch: Int = 1, read: String) repeatable on FIELD_DEFINITION
  directive @httpOperation(path: String) on FIELD_DEFINITION
  directive @paging(maxSize: Int!) on FIELD_DEFINITION
  type Query {
    user(id: ID!): User @cost(batch: 100, read: "user")
    users(first: Int = 20): UserConnection! @cost(read: "user")
    row(id: ID!): Row @httpOperation(path: "/rows/{id}")
    rows(first: Int = 20, after: String): RowConnection! @httpOperation(path: "/rows") @paging(maxSize: 50)
    found(filter: RowFilter, first: Int = 20): RowConnection! @httpOperation(path: "/found")
    rowsOf(ids: [ID!]!): [Row] @httpOperation(path: "/batch")
  }
  input RowFilter { ids: [ID!] kinds: [Kind!] word: String }
  enum Kind { SMALL LARGE }
  type Mutation { addRow(name: String): Row @httpOperation(path: "/rows") }
  type User {
    id: ID!
    name: String @cost(batch: 100, read: "user")
    profile: Profile @cost(batch: 100, read: "user")
    chat: Row @cost(read: "chat")
    ping: Int @cost
    paid: Row @cost(batch: 10, read: "bill")
    team: Row @cost(batch: 1000000, read: "team list")
    both: Row @cost(batch: 10, read: "bill") @cost(read: "chat")
    notes(first: Int = 10): RowConnection! @cost
    friends: [User] @cost(calls: 0)
  }
  type Profile { user: User @cost(calls: 0, read: "user") photo: String @cost(batch: 2) }
  type Row { id: ID! owner: User @cost(batch: 100, read: "user by row") guests: [User] @cost(calls: 0) own: String parts: [Row] }
  type UserConnection { nodes: [User] edges: [UserEdge] pageInfo: PageInfo }
  type UserEdge { cursor: String node: User }
  type RowConnection { nodes: [Row] edges: [RowEdge] pageInfo: PageInfo }
  type RowEdge { cursor: String node: Row }
  type PageInfo { endCursor: String }
  `,
  { assumeValidSDL: true },
);

function costOf(query: string, variables: Record<string, unknown> = {}, graph: GraphQLSchema = schema): number {
  const document = parse(query);
  expect(validate(graph, document)).toEqual([]);
  return compileCost(graph, document)(variables);
}

describe('a vendor’s own field', () => {
  it.each([
    ['{ row(id: 1) { id } }', 1],
    ['{ a: row(id: 1) { id } b: row(id: 2) { id } }', 2],
    ['{ rows { nodes { id } } }', 1],
    ['{ rows(first: 50) { nodes { id } } }', 1],
    ['{ rows(first: 51) { nodes { id } } }', 2],
    ['{ rows(first: 1000) { nodes { id } } }', 20],
    ['mutation { addRow(name: "a") { id } }', 1],
    ['{ __typename }', 0],
    ['{ __schema { types { name } } }', 0],
  ])('is one call for each page: %s', (query, cost) => {
    expect(costOf(query)).toBe(cost);
  });

  it('is asked once for aliases with the same arguments', () => {
    expect(
      costOf('{ a: row(id: 1) { id } b: row(id: 1) { own } rows { nodes { id } } c: rows { edges { cursor } } }'),
    ).toBe(2);
  });
});

describe('a join', () => {
  it.each([
    ['is asked once for each parent where it takes one', 'chat { id }', 1 + 30],
    ['is asked in batches where it takes several', 'paid { id }', 1 + 3],
    ['is asked once where one list serves all', 'team { id }', 1 + 1],
    ['is asked for nothing that came with the parent', 'id name profile { user { name } }', 1],
    ['needs what it shares with another once', 'both { id } chat { id } paid { id }', 1 + 3 + 30],
    ['is one call for each page of a list', 'notes(first: 250) { nodes { id } }', 1 + 30 * 3],
    ['is the same by nodes and by edges', 'chat { id }', 1 + 30],
  ])('%s', (_what, selection, cost) => {
    expect(costOf(`{ users(first: 30) { nodes { ${selection} } edges { node { ${selection} } } } }`)).toBe(cost);
  });

  it('shares batches with others at the same distance', () => {
    const users = Array.from({ length: 20 }, (_, index) => `u${index}: user(id: ${index}) { id paid { id } }`);
    expect(costOf(`{ ${users.join(' ')} }`)).toBe(1 + 2);
  });

  it('waits for what it hangs on: those at other distances have batches of their own, but for lists that serve all', () => {
    const query = (field: string) =>
      `{ users(first: 5) { nodes { ${field} { id } } } rows(first: 5) { nodes { owner { ${field} { id } } } } }`;
    expect(costOf(query('paid'))).toBe(2 + 1 + 2);
    expect(costOf(query('team'))).toBe(2 + 1 + 1);
  });

  it('takes a list of somebody’s to hold them, too', () => {
    // The user and four others.
    expect(costOf('{ user(id: 1) { notes(first: 4) { nodes { guests { ping } } } } }')).toBe(1 + 1 + 5);
  });

  it('takes pages to be full only where a size is asked for, or everything', () => {
    const rows = (args: string) => costOf(`{ rows${args} { nodes { owner { chat { id } } } } }`);
    expect(rows('')).toBe(2 + 20);
    expect(rows('(first: 20)')).toBe(2 + 20);
    expect(rows('(after: "x")')).toBe(2 + 10);
    expect(costOf('{ user(id: 1) { notes { nodes { guests { ping } } } } }')).toBe(2 + 6);
    expect(costOf('{ user(id: 1) { notes(first: 10) { nodes { guests { ping } } } } }')).toBe(2 + 11);
  });

  it('takes a filter by keys to leave no more than there are keys', () => {
    const found = (args: string, variables = {}) =>
      costOf(
        `query($f: RowFilter) { found${args} { nodes { owner { chat { id } } } } }`.replace(/\(\$f.*?\)/, (all) =>
          args.includes('$f') ? all : '',
        ),
        variables,
      );
    expect(found('(filter: { ids: ["a", "b", "c"] })')).toBe(2 + 3);
    expect(found('(filter: { ids: ["a", "b", "c"] }, first: 2)')).toBe(2 + 2);
    expect(found('(filter: $f, first: 50)', { f: { ids: ['a'], word: 'x' } })).toBe(2 + 1);
    expect(found('(filter: { ids: [] }, first: 50)')).toBe(2 + 1);
    // Values of an enum are no keys.
    expect(found('(filter: { kinds: [SMALL] }, first: 50)')).toBe(2 + 50);
    expect(found('(filter: { word: "x" })')).toBe(2 + 10);
    expect(found('(filter: null)')).toBe(2 + 10);
  });

  it('multiplies with the pages it is nested in', () => {
    const query = '{ users(first: 5) { nodes { notes(first: 4) { nodes { id owner { chat { id } } } } } } }';
    // The page, five lists, one batch of owners; the owners of somebody's notes are that somebody.
    expect(costOf(query)).toBe(1 + 5 + 1 + 5);
    expect(costOf('{ rows(first: 7) { nodes { owner { chat { id } } } } }')).toBe(1 + 1 + 7);
  });

  it('takes short lists to hold two, and lists that were asked for by keys as many as the keys', () => {
    expect(costOf('{ user(id: 1) { friends { chat { id } } } }')).toBe(1 + 2);
    expect(costOf('{ rowsOf(ids: [1, 2, 3, 4, 5]) { owner { chat { id } } } }')).toBe(1 + 1 + 5);
    const query = 'query($ids: [ID!]!) { rowsOf(ids: $ids) { owner { chat { id } } } }';
    expect(costOf(query, { ids: Array.from({ length: 40 }, String) })).toBe(1 + 1 + 40);
    // Whatever somebody sends there.
    expect(costOf(query, { ids: JSON.parse(`${'['.repeat(400_000)}${']'.repeat(400_000)}`) })).toBe(1 + 1 + 2);
    expect(costOf(query, { ids: Array.from({ length: 400_000 }, String) })).toBe(1 + 4_000 + 400_000);
  });

  it('of a graph folder’s own is one call for each parent unless it says otherwise', () => {
    const own = buildSchema(
      'type Query { things(first: Int = 20): ThingConnection! } type ThingConnection { nodes: [Thing] } type Thing { id: ID own: String }',
    );
    const query = '{ things(first: 6) { nodes { id own } } }';
    expect(costOf(query, {}, own)).toBe(0);
    attachOwnJoins(own, [{ file: 'joins/own.ts', join: { Thing: { own: () => 'x' } } }]);
    expect(costOf(query, {}, own)).toBe(6);
  });
});

describe('a request', () => {
  it('decides with its variables, or their defaults', () => {
    const query = 'query($n: Int = 3) { users(first: $n) { nodes { chat { id } } } }';
    expect(costOf(query)).toBe(1 + 3);
    expect(costOf(query, { n: 8 })).toBe(1 + 8);
    expect(costOf(query, { n: null })).toBe(1 + 20);
    expect(costOf('query($n: Int) { users(first: $n) { nodes { chat { id } } } }')).toBe(1 + 20);
  });

  it('pays nothing for what it leaves out, directly or within fragments', () => {
    const query = `query($no: Boolean!) { user(id: 1) { chat @include(if: $no) { id } ...F @include(if: $no) ... @skip(if: true) { team { id } } } }
      fragment F on User { paid { id } }`;
    expect(costOf(query, { no: false })).toBe(1);
    expect(costOf(query, { no: true })).toBe(1 + 1 + 1);
    // What one alias leaves out, another asks for.
    expect(costOf('{ user(id: 1) { a: chat @skip(if: true) { id } b: chat { id } } }')).toBe(2);
  });

  it('pays for what only another part leaves out', () => {
    const query =
      'query($no: Boolean!) { user(id: 1) { chat @include(if: $no) { id } notes { nodes { owner { chat { id } } } } } }';
    expect(costOf(query, { no: false })).toBe(1 + 1 + 1 + 1);
  });

  it('names the operation that runs', () => {
    const document = parse('query A { row(id: 1) { id } } query B { rows(first: 500) { nodes { id } } }');
    expect(compileCost(schema, document, 'A')({})).toBe(1);
    expect(compileCost(schema, document, 'B')({})).toBe(10);
    expect(compileCost(schema, document, 'C')({})).toBe(0);
  });

  it('costs more than any limit, not less, when pages multiply beyond all numbers', () => {
    const nest = (depth: number): string =>
      depth === 0 ? 'chat { id }' : `notes(first: 1000) { nodes { guests { ${nest(depth - 1)} } } }`;
    const cost = costOf(`{ users(first: 1000) { nodes { ${nest(120)} } } }`);
    expect(cost).toBeGreaterThan(100_000);
    expect(Number.isSafeInteger(cost)).toBe(true);
  });
});

describe('the reference graph', () => {
  const sdl = readFileSync(new URL('../../schema/composed.graphql', import.meta.url), 'utf8');
  const graph = buildASTSchema(parse(sdl, { noLocation: true }), { assumeValid: true, assumeValidSDL: true });

  it('says of every join what it costs', () => {
    const silent = JOINS.flatMap((join) => Object.entries(join)).flatMap(([typeName, fields]) => {
      const type = graph.getType(typeName);
      const known = isObjectType(type) ? type.getFields() : {};
      return Object.keys(fields)
        .filter((name) => !known[name]?.astNode?.directives?.some((directive) => directive.name.value === 'cost'))
        .map((name) => `${typeName}.${name}`);
    });
    expect(silent).toEqual([]);
  });
});
