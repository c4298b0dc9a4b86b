/** The graph as one caller may know it. */
import { readFileSync } from 'node:fs';
import {
  buildASTSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  parse,
  printSchema,
  validateSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { internScopes } from '../../src/auth/interned-scopes.ts';
import { createVisibleSchemas } from '../../src/graph/visible-schema.ts';
import { readAccessRules } from '../../src/rules/access-rules.ts';
import { createSmallGraph } from './small-graph.ts';

const graph = createSmallGraph(`
type Query @scope(requires: []) { user: User salaries(band: Band, filter: SalaryFilter): [Salary] @scope(requires: ["hr"]) node: Node found: Found }
interface Node @scope(requires: []) { id: ID label: String }
union Found = User | Salary
type User implements Node @scope(requires: []) { id: ID label: String @scope(requires: ["x"]) salary: Salary }
type Salary @scope(requires: ["hr"]) { amount: Int }
enum Band { LOW_BAND HIGH_BAND }
input SalaryFilter { aboveAmount: Int }
`);
const { schema, rules } = graph;

/** Without the types of directives and introspection, which nobody asks fields of. */
function namesOf(one: GraphQLSchema): ReadonlySet<string> {
  const named = new Set<string>();
  const apart = new Set(one.getDirectives().flatMap(({ args }) => args.map(({ type }) => getNamedType(type).name)));
  for (const type of Object.values(one.getTypeMap())) {
    if (isIntrospectionType(type) || isScalarType(type) || apart.has(type.name)) continue;
    named.add(type.name);
    if (isEnumType(type)) for (const { name } of type.getValues()) named.add(name);
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      named.add(field.name);
      if ('args' in field) for (const { name } of field.args) named.add(name);
    }
  }
  return named;
}

describe('a visible schema', () => {
  it('has neither hidden fields nor what only they lead to, and is a valid schema', () => {
    const none = createVisibleSchemas(schema, rules).schemaFor(internScopes([]));
    expect(validateSchema(none)).toEqual([]);
    expect(printSchema(none)).not.toMatch(/salar|Band|Amount/i);
    expect(printSchema(createVisibleSchemas(schema, rules).schemaFor(internScopes(['hr'])))).toMatch(
      /salaries.*: \[Salary\]/,
    );
  });

  it('keeps a stricter type’s field that its interface shows: no schema is without it', () => {
    const none = createVisibleSchemas(schema, rules).schemaFor(internScopes([]));
    expect(printSchema(none)).toMatch(/type User implements Node {\s+id: ID\s+label: String\s+}/);
  });

  it('answers introspection for whoever may see nothing at all', async () => {
    const closed = createSmallGraph('type Query @scope(requires: ["hr"]) { salary: Int }');
    const { data, errors } = await closed.ask(getIntrospectionQuery(), []);
    expect(errors).toEqual([]);
    expect(data.__schema.queryType).toEqual({ name: 'Query', kind: 'OBJECT' });
    expect(JSON.stringify(data)).not.toContain('salary');
  });

  it('is kept for the last 32 sets of scopes, and made again after that', () => {
    const visible = createVisibleSchemas(schema, rules);
    const first = internScopes(['hr']);
    const kept = visible.schemaFor(first);
    expect(visible.schemaFor(first)).toBe(kept);
    for (let other = 0; other < 32; other += 1) visible.schemaFor(internScopes([`scope-${other}`]));
    expect(visible.schemaFor(first)).not.toBe(kept);
    expect(printSchema(visible.schemaFor(first))).toBe(printSchema(kept));
  });

  it('knows the names that are in it, and knows them without being made', () => {
    const sdl = readFileSync(new URL('../../schema/composed.graphql', import.meta.url), 'utf8');
    const composed = buildASTSchema(parse(sdl, { noLocation: true }), { assumeValid: true, assumeValidSDL: true });
    const visible = createVisibleSchemas(composed, readAccessRules(composed));
    const every = namesOf(composed);
    for (const scopes of [
      ['stripe:read'],
      ['hubspot:read', 'zendesk:write'],
      ['events:read', 'slack:read', 'pii:read'],
    ]) {
      const own = internScopes(scopes);
      const shown = namesOf(visible.schemaFor(own));
      const known = [...every].filter((name) => visible.isVisible(name, own));
      expect(known.toSorted(), scopes.join(' ')).toEqual([...shown].toSorted());
    }
  });

  it('knows names of types, fields, arguments, values and inputs, to those who may see them', () => {
    const visible = createVisibleSchemas(schema, rules);
    const names = ['Salary', 'salaries', 'band', 'LOW_BAND', 'aboveAmount', 'SalaryFilter'];
    expect(names.filter((name) => visible.isVisible(name, internScopes(['hr'])))).toEqual(names);
    expect(names.filter((name) => visible.isVisible(name, internScopes([])))).toEqual([]);
    expect(visible.isVisible('user', internScopes([]))).toBe(true);
  });
});
