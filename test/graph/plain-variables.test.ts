/** What is called plain, graphql-js takes; the rest is graphql-js's to judge. */
import fc from 'fast-check';
import { buildSchema, getVariableValues, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { arePlain } from '../../src/graph/plain-variables.ts';

const SCHEMA = buildSchema(`
  enum Status { OPEN }
  input Filter { status: Status }
  scalar Anything
  type Query { a(one: Float, two: ID, three: Anything, four: Filter): Int }
`);
const TYPES = ['String', 'ID', 'Boolean', 'Float', 'Int', 'Status', 'Filter', 'Anything', '[Int]'].flatMap((type) => [
  type,
  `${type}!`,
]);

function operationOf(type: string, defaultValue = ''): OperationDefinitionNode {
  const [operation] = parse(`query ($v: ${type}${defaultValue}) { a }`).definitions;
  // The text has one.
  return operation as OperationDefinitionNode;
}

describe('variables', () => {
  it('are never called plain where graphql-js refuses them or makes something else of them', () => {
    const values = fc.oneof(
      fc.anything(),
      fc.integer(),
      fc.double(),
      fc.constantFrom(2 ** 31, -(2 ** 31), 'OPEN', null, undefined),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...TYPES),
        fc.constantFrom('', ' = null'),
        fc.record({ v: values }, { requiredKeys: [] }),
        (type, initial, variables) => {
          const operation = operationOf(type, type.endsWith('!') ? '' : initial);
          if (!arePlain(operation, variables)) return;
          const { errors, coerced } = getVariableValues(SCHEMA, operation.variableDefinitions ?? [], variables);
          expect(errors).toBeUndefined();
          if (variables.v !== undefined) expect(coerced).toEqual({ v: variables.v });
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['String!', 'x'],
    ['ID', 'x'],
    ['Boolean', false],
    ['Float', 1.5],
    ['Int!', -5],
    ['Int', null],
  ])('of the type %s are plain: %j', (type, v) => expect(arePlain(operationOf(type), { v })).toBe(true));

  it.each([
    ['Int!', undefined],
    ['Int', '5'],
    ['Int', 2 ** 31],
    ['String', 5],
    ['Status', 'OPEN'],
    ['[Int]', [1]],
  ])('of the type %s are left to graphql-js: %j', (type, v) => expect(arePlain(operationOf(type), { v })).toBe(false));

  it('are not read from a prototype', () => {
    expect(arePlain(operationOf('String!'), Object.create({ v: 'x' }))).toBe(false);
  });
});
