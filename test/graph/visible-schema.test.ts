/** The graph as one caller may know it. */
import { getIntrospectionQuery, printSchema, validateSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { internScopes } from '../../src/auth/interned-scopes.ts';
import { createVisibleSchemas } from '../../src/graph/visible-schema.ts';
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

  it('knows names of types, fields, arguments, values and inputs, to those who may see them', () => {
    const visible = createVisibleSchemas(schema, rules);
    const names = ['Salary', 'salaries', 'band', 'LOW_BAND', 'aboveAmount', 'SalaryFilter'];
    expect(names.filter((name) => visible.isVisible(name, internScopes(['hr'])))).toEqual(names);
    expect(names.filter((name) => visible.isVisible(name, internScopes([])))).toEqual([]);
    expect(visible.isVisible('user', internScopes([]))).toBe(true);
  });
});
