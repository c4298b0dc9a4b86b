/** Variables as a record keeps them. They may be anything: refused operations are recorded too. */
import fc from 'fast-check';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { redactVariables } from '../../src/graph/redact-variables.ts';

const schema = buildSchema(`
type Query { a(id: ID, ids: [ID!], text: String, size: Int, on: Boolean, sort: Sort, filter: Filter, filters: [Filter], json: JSON): Int }
enum Sort { NAME_ASC NAME_DESC }
input Filter { id: ID name: String sort: Sort below: Filter all: [Filter!] }
scalar JSON
`);

function kept(type: string, value: unknown): unknown {
  const operation = getOperationAST(parse(`query ($v: ${type}) { a }`));
  if (!operation) throw new Error('no operation');
  return redactVariables(schema, operation, { v: value })?.['v'];
}

describe('variables on record', () => {
  it('keep ids, numbers, switches, enums and nulls, and no text', () => {
    expect(kept('ID!', 'cus_1x')).toBe('cus_1x');
    expect(kept('Int', 3)).toBe(3);
    expect(kept('Boolean', false)).toBe(false);
    expect(kept('Sort', 'NAME_ASC')).toBe('NAME_ASC');
    expect(kept('String', null)).toBeNull();
    expect(kept('String', 'Ada')).toBe('***');
    expect(kept('JSON', { name: 'Ada' })).toBe('***');
    expect(kept('Filter', { id: '1', name: 'Ada', all: [{ name: 'Ben', sort: 'NAME_DESC' }] })).toEqual({
      id: '1',
      name: '***',
      all: [{ name: '***', sort: 'NAME_DESC' }],
    });
  });

  it('keep nothing that stands where an id or an enum should and is none', () => {
    expect(kept('ID', 'ada@example.com')).toBe('***');
    expect(kept('ID', 'Ada Lindqvist')).toBe('***');
    expect(kept('ID', '1'.repeat(101))).toBe('***');
    expect(kept('Sort', 'ada@example.com')).toBe('***');
    expect(kept('Filter', 'Ada')).toBe('***');
    expect(kept('Filter', { nosuch: 'Ada' })).toEqual({});
    expect(kept('NoSuchType', 'Ada')).toBe('***');
  });

  it('keep twenty items of a list', () => {
    expect(
      kept(
        '[ID!]',
        Array.from({ length: 30 }, (_, index) => `${index}`),
      ),
    ).toEqual([...Array.from({ length: 20 }, (_, index) => `${index}`), '…']);
  });

  it('end where lists and objects nest endlessly', () => {
    const nested = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(JSON.stringify(kept('[ID]', nested)).length).toBeLessThan(100);
    let filter: unknown = { name: 'Ada' };
    for (let level = 0; level < 10_000; level += 1) filter = { below: filter };
    expect(JSON.stringify(kept('Filter', filter)).length).toBeLessThan(1_000);
  });

  it('leave out what no variable is declared for', () => {
    const operation = getOperationAST(parse('query ($id: ID) { a }'));
    if (!operation) throw new Error('no operation');
    expect(redactVariables(schema, operation, { id: '1', other: 'Ada' })).toEqual({ id: '1' });
    expect(redactVariables(schema, operation, { other: 'Ada' })).toBeUndefined();
    expect(redactVariables(schema, operation, null)).toBeUndefined();
  });

  it('never hold an address, whatever they are and are declared as', () => {
    const address = 'ada@example.com';
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(address, 1, null, true, 'NAME_ASC'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('id', 'name', 'sort', 'below', 'all', 'x', '__proto__'), tie('value'), {
          maxKeys: 3,
        }),
      ),
    }));
    const types = fc.constantFrom('ID', '[ID!]!', 'String', 'Sort', 'Filter', '[[Filter]]', 'JSON', 'Int', 'Nope');
    fc.assert(
      fc.property(types, value, (type, given) => {
        expect(JSON.stringify(kept(type, given) ?? null)).not.toContain(address);
      }),
      { numRuns: 2_000 },
    );
  });
});
