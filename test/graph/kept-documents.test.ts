/** What is kept of documents, in bytes: within its bound, and what the heap says. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  buildASTSchema,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { internScopes } from '../../src/auth/interned-scopes.ts';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { createDocuments } from '../../src/graph/documents.ts';
import { createOperationFacts } from '../../src/graph/operation-facts.ts';
import { createExecute } from '../../src/graph/planned-execution.ts';
import { createGraph } from '../../src/graph/schema.ts';
import { createVisibleSchemas } from '../../src/graph/visible-schema.ts';
import { JOINS } from '../../src/joins/joins.ts';

const MB = 2 ** 20;

const sdl = readFileSync(new URL('../../schema/composed.graphql', import.meta.url), 'utf8');
const { schema, rules } = createGraph(sdl, JOINS);
const met = withRows(buildASTSchema(parse(sdl), { assumeValid: true }));
const visible = createVisibleSchemas(schema, rules);
const everything = internScopes([
  'hubspot:read',
  'stripe:read',
  'zendesk:read',
  'slack:read',
  'resend:read',
  'pdl:read',
  'pii:read',
]);
const less = internScopes(['hubspot:read', 'stripe:read', 'zendesk:read', 'pdl:read', 'bamboohr:read']);

/** About 1,300 tokens, and like no other. */
function textOf(number: number, field = 'name'): string {
  const person = (index: number) =>
    `p${index}: person(email: "${number}-${index}@b.example") { ${field} email contact { id createdAt } tickets(first: 3) { nodes { id subject status } }
      customer { id email currency } slackUser { id real_name } emails(first: 3) { nodes { id subject } } }`;
  return `query Q${number} { ${Array.from({ length: 24 }, (_, index) => person(index)).join(' ')} }`;
}

/** Every field has a value and every list a row: all that is selected is met. */
function withRows(bare: GraphQLSchema): GraphQLSchema {
  const sampleOf = (type: GraphQLOutputType): unknown => {
    if (isNonNullType(type)) return sampleOf(type.ofType);
    if (isListType(type)) return [sampleOf(type.ofType)];
    if (isEnumType(type)) return type.getValues()[0]?.name;
    if (type.name === 'Boolean') return true;
    return isObjectType(type) || isAbstractType(type) ? {} : '1';
  };
  for (const type of Object.values(bare.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = () => bare.getPossibleTypes(type)[0]?.name;
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) field.resolve = () => sampleOf(field.type);
  }
  return bare;
}

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

describe('documents that are kept', () => {
  const start = () =>
    createDocuments({ schema, limits: DEFAULT_LIMITS, visible, validBytes: 8 * MB, refusedBytes: 4 * MB });

  it('stay within their bytes, which are those of the heap, with cost and plans', async () => {
    const documents = start();
    const factsOf = createOperationFacts(schema, rules);
    const run = createExecute();
    const use = async (number: number): Promise<void> => {
      const document = documents.parse(textOf(number), 'app');
      expect(documents.validate(document, everything)).toEqual([]);
      const facts = factsOf(document, undefined);
      // Executed as it is, and without what this caller may not see; every field is met.
      for (const scopes of [everything, less]) {
        const planned = facts?.planFor(scopes).document;
        if (planned) await run({ schema: met, document: planned });
      }
    };
    await use(0);
    const before = heap();
    for (let number = 1; number <= 30; number += 1) await use(number);
    const taken = heap() - before;
    expect(documents.bytes).toBeGreaterThan(7 * MB);
    expect(documents.bytes).toBeLessThanOrEqual(8 * MB);
    expect(taken).toBeLessThan(documents.bytes);
  });

  it('are the same object for the same text, once they are valid', () => {
    const documents = start();
    const again = () => documents.parse('{ __typename }', 'app');
    const first = again();
    documents.validate(first, everything);
    expect(again() === first).toBe(true);
  });

  it('leave their room to no document that is refused, whose refusal is kept in little', () => {
    const documents = start();
    const good = documents.parse('{ __typename }', 'app');
    documents.validate(good, everything);
    for (let number = 0; number < 12; number += 1) {
      const bad = documents.parse(textOf(number, 'nothing'), 'app');
      const [error] = documents.validate(bad, everything);
      expect(error?.message).toMatch(/Cannot query field "nothing"/);
      expect(documents.parse(textOf(number, 'nothing'), 'app') === bad).toBe(true);
      expect(documents.validate(bad, everything)[0]?.message).toBe(error?.message);
    }
    expect(documents.bytes).toBeLessThanOrEqual(5 * MB);
    expect(documents.parse('{ __typename }', 'app') === good).toBe(true);
  });

  it('tell the place of an error, though they have no tokens any more', async () => {
    const documents = start();
    const document = documents.parse('{\n  zendeskTicket(id: "1") { id }\n}', 'app');
    documents.validate(document, everything);
    const { errors } = await createExecute()({ schema, document, contextValue: {} });
    expect(errors?.[0]?.locations).toEqual([{ line: 2, column: 3 }]);
  });
});
