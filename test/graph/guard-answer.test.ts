/** What is done to an answer by its plan: nulls as far as GraphQL has them go, masks, errors. */
import { buildSchema, type GraphQLOutputType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { guardAnswer, scopeMissing } from '../../src/graph/guard-answer.ts';
import type { GuardStep } from '../../src/graph/guarded-selection.ts';
import { type GuardedSelection, TYPE_KEY } from '../../src/graph/guarded-selection.ts';

const schema = buildSchema(
  'type Query { row: Row rows: [Row!] must: Row! grid: [[Row!]!] text: String! texts: [String!]! phones: [String!] } type Row { a: String b: Int! }',
);

function typeOf(coordinate: string): GraphQLOutputType {
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  if (!field) throw new RangeError(coordinate);
  return field.type;
}

const of = (...steps: GuardStep[]): GuardedSelection => ({ steps, fragments: [], isAbstract: false });
const refuse = (coordinate: string, key = coordinate.split('.')[1] ?? ''): GuardStep => ({
  kind: 'refuse',
  key,
  type: typeOf(coordinate),
  field: { coordinate, scopes: ['x'] },
});
const below = (coordinate: string, selection: GuardedSelection): GuardStep => ({
  kind: 'below',
  key: coordinate.split('.')[1] ?? '',
  type: typeOf(coordinate),
  selection,
});
const mask = (coordinate: string, category: 'EMAIL' | 'PHONE' | 'CONTENT'): GuardStep => ({
  kind: 'mask',
  key: coordinate.split('.')[1] ?? '',
  type: typeOf(coordinate),
  category,
});

describe('guarding an answer', () => {
  it('nulls the nearest object that may be null', () => {
    const guard = of(below('Query.rows', of(refuse('Row.b'))), below('Query.row', of(refuse('Row.b'))));
    const { data, errors } = guardAnswer({ rows: [{ b: 1 }, { b: 2 }], row: { b: 3 } }, guard);
    expect(data).toEqual({ rows: null, row: null });
    expect(errors.map(({ path }) => path)).toEqual([
      ['rows', 0, 'b'],
      ['row', 'b'],
    ]);
  });

  it('nulls the whole answer when nothing on the way may be null', () => {
    expect(
      guardAnswer({ must: { b: 1 }, row: { a: 'x' } }, of(below('Query.must', of(refuse('Row.b'))))).data,
    ).toBeNull();
  });

  it('goes through lists of lists', () => {
    const grid = [[{ a: 'x' }], [{ a: 'y' }]];
    expect(guardAnswer({ grid }, of(below('Query.grid', of(refuse('Row.a'))))).data).toEqual({
      grid: [[{ a: null }], [{ a: null }]],
    });
    const strict = [[{ b: 1 }]];
    expect(guardAnswer({ grid: strict }, of(below('Query.grid', of(refuse('Row.b'))))).data).toEqual({ grid: null });
  });

  it('leaves alone what is not there', () => {
    const guard = of(refuse('Query.row'), below('Query.rows', of(refuse('Row.a'))));
    expect(guardAnswer({ rows: null }, guard)).toEqual({ data: { rows: null }, errors: [], redacted: [] });
  });

  it('masks texts and lists of texts true to their type, and says where', () => {
    const guard = of(mask('Query.text', 'EMAIL'), mask('Query.texts', 'EMAIL'), mask('Query.phones', 'PHONE'));
    const { data, redacted } = guardAnswer(
      { text: 'no address', texts: ['ada@example.com', 'nothing'], phones: ['+46701234567', '112'] },
      guard,
    );
    expect(data).toEqual({ text: '***', texts: ['a***@example.com', '***'], phones: ['***67', '***'] });
    expect(redacted).toEqual(['text', 'texts', 'phones']);
  });

  it('masks once what two selections have in common', () => {
    const step = mask('Query.phones', 'PHONE');
    const guard = {
      ...of(step),
      fragments: [{ selection: of(step, mask('Query.text', 'EMAIL')) }, { selection: of(step) }],
    };
    expect(guardAnswer({ phones: ['+46701234567', '+46701234599'], text: 'ada@example.com' }, guard).data).toEqual({
      phones: ['***67', '***99'],
      text: 'a***@example.com',
    });
  });

  it('keeps a fragment to the types it is for, and takes the type it asked for out again', () => {
    const inner = { types: new Set(['Row']), selection: of(refuse('Row.a')) };
    const guard = of(below('Query.rows', { steps: [], fragments: [inner], isAbstract: true }));
    const rows = [
      { [TYPE_KEY]: 'Row', a: 'x' },
      { [TYPE_KEY]: 'Other', a: 'y' },
    ];
    expect(guardAnswer({ rows }, guard).data).toEqual({ rows: [{ a: null }, { a: 'y' }] });
  });

  it('tells each place once, with the path of its first row', () => {
    const rows = Array.from({ length: 100 }, () => ({ a: 'x', c: 'x' }));
    const guard = of(below('Query.rows', of(refuse('Row.a'), refuse('Row.a', 'c'))));
    expect(guardAnswer({ rows }, guard).errors.map(({ path }) => path)).toEqual([
      ['rows', 0, 'a'],
      ['rows', 0, 'c'],
    ]);
  });

  it('says which scopes are missing, in words and as data', () => {
    const { message, code, details } = scopeMissing('Row.a needs', ['x', 'y']);
    expect(message).toBe('Row.a needs the scopes x, y, which your credential does not have.');
    expect(code).toBe('SCOPE_MISSING');
    expect(details).toEqual({ scopes: ['x', 'y'], retryable: false });
  });
});
