import { describe, expect, it } from 'vitest';
import { readOperations } from '../../src/rest/operation.ts';
import { sendJson } from '../vendors/vendor-server.ts';
import { http, startGraph } from './graph.ts';

const SDL = `
  enum Kind { a_b @enum(subgraph: "stripe", value: "\\"a-b\\"") plain one @enum(subgraph: "stripe", value: "1") }
  union Pet @discriminator(subgraph: "stripe", field: "type", mapping: [["cat", "Cat"], ["dog", "Dog"]]) = Cat | Dog
  type Cat { type: String! meow: String! }
  type Dog { type: String! bark: String }
  union Owner = Person | Company | Label_container
  type Person { id: ID! name: String! born: String }
  type Company { id: ID! name: String! domain: String! }
  type Label_container { Label: String @resolveRoot(subgraph: "stripe") }
  interface Thing { id: ID! }
  type Small implements Thing { id: ID! }
  type Large implements Thing { id: ID! more: String }
  type Row {
    id: ID text: String float: Float int: Int
    first_name: String @resolveRootField(subgraph: "stripe", field: "first-name")
    kind: Kind kinds: [Kind] big: BigInt at: DateTime day: Date link: URL mail: EmailAddress free: JSON bytes: Byte
    pets: [Pet] owner: Owner things: [Thing]
  }
  type Query { row: Row ${http('GET', '/row')} pick(kind: Kind, big: BigInt, at: DateTime, day: Date, link: URL): JSON ${http('GET', '/pick', 'queryParamArgMap: "{\\"kind\\":\\"kind\\"}"')} }
`;

async function read(row: unknown, fields: string) {
  await using graph = await startGraph({
    sdl: SDL,
    answer: (_request, response) => void response.end(typeof row === 'string' ? row : JSON.stringify(row)),
  });
  const { data, errors } = await graph.query(`{ row { ${fields} } }`);
  return { row: (data as { row: unknown } | null | undefined)?.row, errors };
}

describe('properties', () => {
  it('are read under the vendor’s own names', async () => {
    expect(await read({ 'first-name': 'Ada' }, 'first_name')).toMatchObject({ row: { first_name: 'Ada' } });
  });

  it('stay exact beyond 2^53, whatever type they are read as', async () => {
    const row =
      '{"id":9007199254740993,"big":9007199254740993,"text":9007199254740993,"free":{"n":[9007199254740993]},"float":18446744073709551616}';
    expect(await read(row, 'id big text free float')).toEqual({
      row: {
        id: '9007199254740993',
        big: '9007199254740993',
        text: '9007199254740993',
        free: { n: ['9007199254740993'] },
        float: 2 ** 64,
      },
      errors: undefined,
    });
  });

  it('may be small whole numbers as text and number', async () => {
    expect(await read({ id: 42, big: 42 }, 'id big')).toMatchObject({ row: { id: '42', big: 42 } });
    expect(await read({ big: '42' }, 'big')).toMatchObject({ row: { big: 42 } });
    expect(await read({ big: 'many' }, 'big')).toMatchObject({
      row: { big: null },
      errors: [{ path: ['row', 'big'] }],
    });
  });

  it('pass leniently where the vendor breaks its own format', async () => {
    const row = { at: '2026-11-02 09:00', day: 'soon', link: 'not a url', mail: 'x', bytes: 'AA==' };
    expect(await read(row, 'at day link mail bytes')).toEqual({ row, errors: undefined });
  });
});

describe('enums', () => {
  it('are read by the vendor’s values', async () => {
    expect(await read({ kind: 'a-b', kinds: ['plain', 1, null] }, 'kind kinds')).toMatchObject({
      row: { kind: 'a_b', kinds: ['plain', 'one', null] },
    });
  });

  it('fail their own field on a value nobody described', async () => {
    expect(await read({ id: '1', kind: 'brand-new' }, 'id kind')).toMatchObject({
      row: { id: '1', kind: null },
      errors: [{ path: ['row', 'kind'], message: 'The vendor sent a value "brand-new" that Kind does not know.' }],
    });
  });

  it('show no value that could be something else', async () => {
    const { errors } = await read({ kind: '<script>' }, 'kind');
    expect(errors?.[0]?.message).toBe('The vendor sent a value that Kind does not know.');
  });
});

describe('unions and interfaces', () => {
  it('go by their discriminator', async () => {
    const pets = [
      { type: 'dog', bark: 'w', meow: 'x' },
      { type: 'cat', meow: 'm' },
    ];
    expect(await read({ pets }, 'pets { __typename }')).toMatchObject({
      row: { pets: [{ __typename: 'Dog' }, { __typename: 'Cat' }] },
    });
  });

  it('go by their properties when the discriminator says nothing', async () => {
    const pets = [
      { type: 'unknown', bark: 'w' },
      { type: 'unknown', meow: 'm' },
    ];
    expect(await read({ pets }, 'pets { __typename }')).toMatchObject({
      row: { pets: [{ __typename: 'Dog' }, { __typename: 'Cat' }] },
    });
  });

  it.each([
    [{ id: 1, name: 'a', domain: 'b' }, 'Company'],
    [{ id: 1, name: 'a', born: 'b' }, 'Person'],
    [{ id: 1, name: 'a' }, 'Person'],
    [{ id: 1, name: 'a', domain: null, born: 'b' }, 'Person'],
    ['vip', 'Label_container'],
  ])('take the member that explains most of %j', async (owner, type) => {
    expect(await read({ owner }, 'owner { __typename ... on Label_container { Label } }')).toMatchObject({
      row: { owner: { __typename: type } },
    });
  });

  it('take the smaller member of two that explain the same', async () => {
    const things = [{ id: 1 }, { id: 2, more: 'x' }];
    expect(await read({ things }, 'things { __typename }')).toMatchObject({
      row: { things: [{ __typename: 'Small' }, { __typename: 'Large' }] },
    });
  });

  it('fail their own field on a row that is none of them', async () => {
    expect(await read({ id: '1', owner: { x: 1 } }, 'id owner { __typename }')).toMatchObject({
      row: { id: '1', owner: null },
      errors: [{ path: ['row', 'owner'] }],
    });
    expect(await read({ owner: [] }, 'owner { __typename }')).toMatchObject({ row: { owner: null } });
  });
});

describe('arguments', () => {
  it.each([
    'big: "12.5"',
    'big: 1.5',
    'big: "0x10"',
    'at: "2026-11-02"',
    'at: "2026-13-02T09:00:00Z"',
    'at: 5',
    'day: "2026-02-30"',
    'day: "2.11.2026"',
    'link: "no url"',
  ])('are checked before any call: %s', async (args) => {
    await using graph = await startGraph({ sdl: SDL, answer: (_request, response) => sendJson(response, {}) });
    expect((await graph.query(`{ pick(${args}) }`)).errors).toHaveLength(1);
    expect(graph.vendor.seen).toEqual([]);
  });

  it.each([
    'big: 12',
    'big: "-9007199254740993"',
    'at: "2026-11-02T09:00:00+01:00"',
    'day: "2024-02-29"',
    'link: "https://x.example"',
  ])('are taken: %s', async (args) => {
    await using graph = await startGraph({ sdl: SDL, answer: (_request, response) => sendJson(response, {}) });
    expect((await graph.query(`{ pick(${args}) }`)).errors).toBeUndefined();
  });

  it('refuse a number that has lost digits on its way', async () => {
    await using graph = await startGraph({ sdl: SDL, answer: (_request, response) => sendJson(response, {}) });
    const { errors } = await graph.query('query ($big: BigInt) { pick(big: $big) }', { big: 9007199254740992 });
    expect(errors?.[0]?.message).toContain('string of digits');
  });
});

describe('readOperations', () => {
  it('says what is wrong with an annotation, and where', async () => {
    const broken = startGraph({ sdl: `type Query { row: JSON ${http('TRACE', '/row')} }`, answer: () => undefined });
    await expect(broken).rejects.toThrow('@httpOperation of row: unknown httpMethod TRACE');
  });

  it('leaves fields that call no vendor alone', async () => {
    await using graph = await startGraph({
      sdl: `type Query { person: JSON row: JSON ${http('GET', '/row')} }`,
      answer: () => undefined,
    });
    expect([...readOperations(graph.schema).keys()]).toEqual(['row']);
  });
});
