/** What graphql-jit is known to answer otherwise than graphql-js is answered alike, whenever it is asked. */
import { buildSchema, type DocumentNode, type ExecutionResult, execute, isObjectType, parse } from 'graphql';
import { beforeAll, expect, it } from 'vitest';
import { isCompilable } from '../../src/graph/compilable.ts';
import { createCompiledExecute } from '../../src/graph/compiled-execution.ts';

const schema = buildSchema(`
  type Query { t: T tT: String plain: T }
  type T { f: String n: Int nested: T at: String nested_at: String }
  type Mutation { write: String }
`);

const resolvers: Readonly<Record<string, () => unknown>> = {
  plain: () => ({ f: 'f', n: 1, nested: { f: 'g' } }),
};

beforeAll(async () => {
  for (const [name, resolve] of Object.entries(resolvers)) {
    const field = schema.getQueryType()?.getFields()[name];
    if (field) field.resolve = resolve;
  }
  const type = schema.getType('T');
  const { at, nested_at: other } = isObjectType(type) ? type.getFields() : {};
  if (at) at.resolve = (_row, _args, _context, { fieldName }) => fieldName;
  if (other) other.resolve = (_row, _args, _context, { fieldName }) => fieldName;
  await run(parse('{ plain { f } }'));
  await run(parse('{ plain { f } }'));
});

const compiled = createCompiledExecute();
const run = async (document: DocumentNode): Promise<ExecutionResult> => compiled({ schema, document });

async function settled(): Promise<void> {
  await import('graphql-jit');
  await new Promise((resolve) => setImmediate(resolve));
}

it.each([
  ['two fields whose paths read alike', '{ plain { nested { at } at_nested_plain: at } at_nested_plain: tT }'],
  ['a name that objects inherit', '{ __proto__: plain { f } plain { __proto__: f } }'],
])('%s', async (_what, text) => {
  const document = parse(text);
  const expected = JSON.stringify(await execute({ schema, document }));
  await run(document);
  await run(document);
  await settled();
  for (let time = 3; time <= 4; time += 1) expect(JSON.stringify(await run(document))).toBe(expected);
});

it('compiles a plain query, and no mutation', () => {
  expect(isCompilable({ schema, document: parse('{ plain { f nested { n } } tT }') })).toBe(true);
  expect(isCompilable({ schema, document: parse('mutation { write }') })).toBe(false);
});

it('tells fields apart whose type and name read alike together', () => {
  const alike = buildSchema('type Query { a: A aB: AB } type A { Bc: Int d: Int } type AB { c: Int d: Int }');
  expect(isCompilable({ schema: alike, document: parse('{ aB { c } }') })).toBe(false);
  expect(isCompilable({ schema: alike, document: parse('{ a { Bc } }') })).toBe(false);
  expect(isCompilable({ schema: alike, document: parse('{ a { d } aB { d } }') })).toBe(true);
});
