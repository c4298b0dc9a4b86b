/** What joins of a graph folder may return: the same answer, or the same error, whether the operation is interpreted or compiled. */
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createCompiledExecute } from '../../src/graph/compiled-execution.ts';
import { attachOwnJoins } from '../../src/graph/own-joins.ts';
import { plainResult } from '../../src/graph/plain-result.ts';
import { createConnection } from '../../src/rest/connection.ts';

class Row {
  f(): string {
    return 'called';
  }
}

const WRONG: readonly [what: string, returned: () => unknown, message: string][] = [
  ['a function in a row', () => ({ f: () => 'called' }), 'Query.own.f is a function; a join returns what it gives.'],
  [
    'a promise in a row',
    () => ({ f: Promise.resolve('x') }),
    'Query.own.f is a promise, which the join has to await; a join returns plain objects.',
  ],
  [
    'a function deeper down',
    async () => ({ nested: { f: () => 'called' } }),
    'Query.own.nested.f is a function; a join returns what it gives.',
  ],
  ['an instance of a class', () => new Row(), 'Query.own is an instance of Row; a join returns plain objects.'],
  [
    'a list of promises',
    () => [Promise.resolve({ f: 'x' })],
    'Query.own.0 is a promise, which the join has to await; a join returns plain objects.',
  ],
];

describe('what a join of a graph folder returns', () => {
  it.each(WRONG)('is refused with %s inside, interpreted and compiled alike', async (_what, returned, message) => {
    const schema = buildSchema(
      `type Query { own: ${_what.includes('list') ? '[T]' : 'T'} } type T { f: String nested: T }`,
    );
    attachOwnJoins(schema, [{ file: 'own.ts', join: { Query: { own: returned } } }]);
    const run = createCompiledExecute();
    const document = parse('{ own { f nested { f } } }');
    for (let time = 1; time <= 4; time += 1) {
      const { data, errors } = await run({ schema, document });
      expect(JSON.stringify(data)).toBe('{"own":null}');
      expect(errors?.map(({ message }) => message)).toEqual([message]);
      // The compiler is loaded behind the second time.
      await import('graphql-jit');
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  it('is given on as it is when it is plain', async () => {
    const row = { id: '1', at: new Date(0), bytes: Buffer.from('x'), list: [{ a: null }], bare: Object.create(null) };
    for (const value of [row, [row], null, undefined, 5, 'text']) {
      expect(plainResult(value, 'Query.own')).toBe(value);
      expect(await plainResult(Promise.resolve(value), 'Query.own')).toBe(value);
    }
  });

  it('may be a connection, whose rows are looked at when they are there', async () => {
    const page = (node: unknown) =>
      createConnection(async () => ({ rows: [{ node, cursor: 'c' }], hasNextPage: false, endCursor: null }));
    const good = plainResult(page({ f: 'x' }), 'T.own') as ReturnType<typeof createConnection>;
    expect(await good.nodes()).toEqual([{ f: 'x' }]);
    expect(await good.pageInfo()).toMatchObject({ hasNextPage: false });
    const bad = plainResult(page({ f: () => 'x' }), 'T.own') as ReturnType<typeof createConnection>;
    await expect(bad.nodes()).rejects.toThrow('T.own.nodes.0.f is a function');
    await expect(bad.edges()).rejects.toThrow('T.own.edges.node.f is a function');
  });
});
