/** Join files of a graph folder: what the types let through, and whose join a field gets. */
import { isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { createGraph } from '../../src/graph/schema.ts';
import { defineJoin, defineKeyedRead, type KeyedRead, type PageArguments } from '../../src/index.ts';

interface Row {
  id: string;
}

interface Operations {
  acmeAnvil: { args: { id: string }; result: Row | null };
  acmeManyAnvils: { args: { ids: readonly string[] }; result: readonly (Row | null)[] | null };
  acmeAnvils: { args: { colour?: 'red' | 'grey' | null }; row: Row };
}

it('lets a read call what there is, with the arguments it takes, for the rows it gives', () => {
  const read: KeyedRead<Row> = defineKeyedRead<Operations, Row>({
    name: 'anvil by id',
    chunk: 10,
    async read(ids, { call, everyRow, firstRow }) {
      // @ts-expect-error There is no such operation.
      void (() => call('acmeAnvilz', { ids }));
      // @ts-expect-error A call of one that is paged.
      void (() => call('acmeAnvils', {}));
      // @ts-expect-error Every row of one that is not.
      void (() => everyRow('acmeAnvil', { id: '1' }));
      // @ts-expect-error No such argument.
      void (() => call('acmeManyAnvils', { keys: ids }));
      // @ts-expect-error No such colour.
      void (() => firstRow('acmeAnvils', { colour: 'blue' }));
      return call('acmeManyAnvils', { ids }, ids.length);
    },
    // @ts-expect-error No such property.
    keysOf: (row) => [row.id, row.key],
  });
  expect(read.chunk).toBe(10);

  defineKeyedRead<Operations, { weight: number }>({
    name: 'weights',
    chunk: 1,
    // @ts-expect-error These rows have no weight.
    read: (ids, { call }) => call('acmeManyAnvils', { ids }),
    keysOf: () => [],
  });

  defineJoin<Operations>({
    Smith: {
      anvils: (_smith: Row, page: PageArguments, { rest, scope }) => rest.page('acmeAnvils', {}, page, scope),
      // @ts-expect-error A page of one that is not paged.
      anvil: ({ id }: Row, page: PageArguments, { rest, scope }) => rest.page('acmeAnvil', { id }, page, scope),
    },
  });
});

it('gives a field the folder’s own join, whatever the engine has for it', () => {
  const engine = () => 'engine';
  const own = () => 'own';
  const open = '@scope(requires: [])';
  const sdl = `type Query ${open} { smith: Smith } type Smith ${open} { name: String anvil: String }`;
  const { schema } = createGraph(
    sdl,
    [{ Query: { smith: engine }, Smith: { name: engine, anvil: engine } }],
    [{ file: 'joins/smith.ts', join: { Smith: { name: own } } }],
  );
  const type = schema.getType('Smith');
  const fields = isObjectType(type) ? type.getFields() : {};
  expect([fields['name']?.resolve, fields['anvil']?.resolve]).toEqual([own, engine]);
});
