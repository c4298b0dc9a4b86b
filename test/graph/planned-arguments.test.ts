/** Whatever way an argument is written, a planned operation gives a resolver the same as graphql-js. */
import fc from 'fast-check';
import {
  buildSchema,
  type DocumentNode,
  execute,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { createExecute, type Execute } from '../../src/graph/planned-execution.ts';

const TYPES = [
  'Int',
  'Int!',
  'Int = 1',
  'Int! = 1',
  'Float',
  'String = "d"',
  'ID',
  'Boolean! = true',
  'Colour = RED',
  'Any',
  '[Int]',
  '[Int!]! = [1, 2]',
  '[[Int]]',
  '[Colour] = GREEN',
  'Plain',
  'Plain = { s: "d" }',
  '[Plain!]',
  'Strict',
  'Around',
];

const schema = buildSchema(`
  enum Colour { RED GREEN }
  scalar Any
  input Plain { n: Int = 7 s: String c: Colour = GREEN list: [Int] inner: Plain }
  input Strict { n: Int! = 7 s: String! }
  input Around { strict: [Strict] s: String }
  type Query { ${TYPES.map((type, index) => `f${index}(x: ${type}): String`).join(' ')} }
`);
const fields = Object.values(schema.getQueryType()?.getFields() ?? {});
let seen: unknown[] = [];
for (const field of fields) {
  field.resolve = (_root, args) => {
    seen.push(args);
    return 'x';
  };
}

const SCALARS: Readonly<Record<string, readonly unknown[]>> = {
  Int: [0, -1, 12],
  Float: [0.5, 3, 1e300],
  String: ['t', '', '"\u2028\\'],
  ID: ['a', 7],
  Boolean: [true, false],
  Any: ['t', 1.5, true, [1, null], { a: { b: 'c' } }],
};

/** Values of a type as JSON, and null where it may be null. */
function jsonOf(type: GraphQLInputType, depth = 3): fc.Arbitrary<unknown> {
  if (!isNonNullType(type)) return fc.option(jsonOfPresent(type, depth), { freq: 4 });
  return jsonOfPresent(type.ofType, depth);
}

function jsonOfPresent(type: GraphQLInputType, depth: number): fc.Arbitrary<unknown> {
  if (isListType(type))
    return fc.oneof(
      fc.array(jsonOf(type.ofType, depth - 1), { maxLength: 2 }),
      jsonOfPresent(bare(type.ofType), depth - 1),
    );
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  if (!isInputObjectType(type)) return fc.constantFrom(...(SCALARS[String(type)] ?? []));
  const own = Object.values(type.getFields()).filter((field) => depth > 0 || field.name !== 'inner');
  const required = own.filter((field) => isNonNullType(field.type) && field.defaultValue === undefined);
  return fc.record(Object.fromEntries(own.map((field) => [field.name, jsonOf(field.type, depth - 1)])), {
    requiredKeys: required.map(({ name }) => name),
  });
}

function bare(type: GraphQLInputType): GraphQLInputType {
  return isNonNullType(type) ? type.ofType : type;
}

/** The value written out; what is at some of its places comes as a variable of that place's type. */
function literal(
  value: unknown,
  type: GraphQLInputType,
  variableFor: (value: unknown, type: string) => string | null,
): string {
  const variable = variableFor(value, String(type));
  if (variable !== null) return variable;
  const present = bare(type);
  if (value === null) return 'null';
  if (isListType(present)) {
    const { ofType } = present;
    return Array.isArray(value)
      ? `[${value.map((item) => literal(item, ofType, variableFor)).join(' ')}]`
      : literal(value, bare(ofType), () => null);
  }
  if (isInputObjectType(present)) {
    const all = present.getFields();
    const members = Object.entries(value ?? {}).flatMap(([name, member]) => {
      const field = all[name];
      return field ? [`${name}: ${literal(member, field.type, variableFor)}`] : [];
    });
    return `{ ${members.join(' ')} }`;
  }
  return isEnumType(present) ? String(value) : untyped(value);
}

function untyped(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(untyped).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value).map(([name, member]) => `${name}: ${untyped(member)}`)} }`;
}

/** What becomes of the places of a value, in their order: stays, or is a variable that is given, null or left out. */
const CHOICE = fc.record({
  isVariable: fc.boolean(),
  isOptional: fc.boolean(),
  hasDefault: fc.boolean(),
  given: fc.constantFrom('given', 'null', 'omitted'),
});

const QUESTION = fc.constantFrom(...fields).chain((field) => {
  const type = field.args[0]?.type;
  if (!type) throw new TypeError(`${field.name} takes nothing.`);
  return fc
    .record({ value: jsonOf(type), choices: fc.array(CHOICE, { minLength: 6, maxLength: 6 }) })
    .map(({ value, choices }) => {
      const variables: Record<string, unknown> = {};
      const declared: string[] = [];
      let place = -1;
      const written = literal(value, type, (one, name) => {
        place += 1;
        const choice = choices[place];
        if (!choice?.isVariable) return null;
        const wanted = choice.isOptional ? name.replace(/!$/, '') : name;
        const initial = choice.hasDefault ? DEFAULTS[name.replace(/!$/, '')] : undefined;
        declared.push(`$v${place}: ${wanted}${initial === undefined ? '' : ` = ${initial}`}`);
        if (choice.given !== 'omitted') variables[`v${place}`] = choice.given === 'null' ? null : one;
        return `$v${place}`;
      });
      const head = declared.length > 0 ? `query(${declared.join(', ')})` : '';
      return {
        text: `${head} { ${field.name}(x: ${written}) again: ${field.name}(x: ${written}) }`,
        variables,
      };
    });
});

const DEFAULTS: Readonly<Record<string, string>> = {
  Int: '5',
  String: '"e"',
  Colour: 'GREEN',
  '[Int]': '3',
  Plain: '{ n: null }',
  Strict: '{ s: "e" }',
  Around: '{ strict: { s: "e" } }',
};

const planned = createExecute();

/** What resolvers were given, as JSON, and the answer. */
async function ask(run: Execute, document: DocumentNode, variableValues: Record<string, unknown>) {
  seen = [];
  const result = await run({ schema, document, variableValues });
  return { result, told: JSON.stringify([seen, result.data, result.errors]) };
}

describe('arguments', () => {
  it('are those of graphql-js the first time and the second, however they are written', async () => {
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(QUESTION, async ({ text, variables }) => {
        const document = parse(text);
        fc.pre(validate(schema, document).length === 0);
        const { result, told } = await ask(execute, document, variables);
        // Variables that do not fit are refused before anything is executed.
        fc.pre(result.data !== undefined);
        for (let time = 0; time < 2; time += 1) expect((await ask(planned, document, variables)).told).toBe(told);
        asked += 1;
      }),
      { numRuns: 1_000, seed: 20_261_130 },
    );
    expect(asked).toBe(1_000);
  });

  it.each([
    ['a variable', 'query ($__proto__: String) { f5(x: $__proto__) }', '{"__proto__":"a"}'],
    ['a member of a literal', '{ f9(x: { __proto__: { a: 1 } }) }', '{}'],
  ])('may be called what objects inherit: %s', async (_what, text, variables) => {
    const document = parse(text);
    const { told } = await ask(execute, document, JSON.parse(variables));
    for (let time = 0; time < 2; time += 1)
      expect((await ask(planned, document, JSON.parse(variables))).told).toBe(told);
  });
});
