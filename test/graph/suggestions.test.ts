/** graphql-js proposes names near a wrong one: a caller gets those of its own graph only, from validation and variables alike. */
import { buildSchema, GraphQLError, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { withVisibleSuggestion } from '../../src/graph/suggestions.ts';
import { createSmallGraph } from './small-graph.ts';

const schema = buildSchema(
  'type Query { salary(band: Band): Pay sale: Int } enum Band { LOW_BAND } type Pay { amount: Int }',
);

function messageOf(query: string, visible: readonly string[]): string {
  const [error] = validate(schema, parse(query));
  if (!error) throw new Error('The document is valid.');
  return withVisibleSuggestion(error, (name) => visible.includes(name)).message;
}

describe('a suggestion', () => {
  it('goes when it names something hidden, and stays when it does not', () => {
    expect(messageOf('{ salry }', ['sale'])).toBe('Cannot query field "salry" on type "Query".');
    expect(messageOf('{ salry }', ['sale', 'salary'])).toBe(
      'Cannot query field "salry" on type "Query". Did you mean "salary" or "sale"?',
    );
  });

  it('is understood in each of the ways graphql-js writes one', () => {
    const hidden = [
      '{ salary }',
      '{ salary(bnd: LOW_BAND) { amount } }',
      '{ salary(band: LOW_BAN) { amount } }',
      '{ sale ...F } fragment F on Pey { amount }',
    ];
    for (const query of hidden) {
      expect(messageOf(query, [])).not.toContain('Did you mean');
      expect(messageOf(query, ['salary', 'band', 'LOW_BAND', 'Pay'])).toContain('Did you mean');
    }
  });

  it('leaves the rest of the error as it was', () => {
    const [error] = validate(schema, parse('{ salry }'));
    const { locations, message } = withVisibleSuggestion(error ?? new GraphQLError(''), () => false);
    expect(locations).toEqual([{ line: 1, column: 3 }]);
    expect(message).not.toContain('salary');
  });

  it('about a variable names no value of an enum that the caller may not see', async () => {
    const graph = createSmallGraph(`
      type Query @scope(requires: []) { name: String pay(band: Band): Int @scope(requires: ["hr"]) }
      enum Band { LOW_BAND HIGH_BAND }
    `);
    const query = 'query ($band: Band) { name pay(band: $band) }';
    const asked = { variables: { band: 'LOW_BAN' } };
    expect((await graph.ask(query, [], asked)).text).not.toContain('LOW_BAND');
    expect((await graph.ask(query, ['hr'], asked)).messages[0]).toContain(
      'Did you mean the enum value \\"LOW_BAND\\"?'.replaceAll('\\', ''),
    );
  });
});
