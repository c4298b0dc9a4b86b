import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkRowLimit } from '../../src/graph/row-limit.ts';
import { cpuMsOf } from './cpu-time.ts';

const schema = buildSchema(readFileSync(new URL('../../schema/composed.graphql', import.meta.url), 'utf8'));
const check = (source: string, variables?: Record<string, unknown>, name?: string) =>
  checkRowLimit(schema, parse(source, { noLocation: true }), name, variables);

describe('the limit on nested pages', () => {
  it.each([
    '{ people(first: 100) { nodes { tickets(first: 100) { nodes { id } } } } }',
    // Beside one another they do not multiply.
    '{ people(first: 1000) { nodes { a: tickets { nodes { id } } b: emails { nodes { id } } } } accounts(first: 1000) { nodes { domain } } }',
    '{ accounts { nodes { people { nodes { tickets { nodes { id } } } } } } }',
    // Sizes that a list refuses by itself, it refuses in better words.
    '{ people(first: 1000000) { nodes { tickets(first: -5) { nodes { id } } } } }',
    '{ hubspotOwners(first: 1000) { nodes { id } } __typename }',
  ])('lets pass %s', (source) => expect(check(source)).toBeUndefined());

  it('refuses what multiplies to more, and names the pages', () => {
    const refusal = check('{ accounts(first: 101) { nodes { all: people(first: 100) { edges { node { name } } } } } }');
    expect(refusal).toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: 'rows', retryable: false } });
    expect(refusal?.message).toBe(
      'The pages of accounts and people multiply to 10100 rows; 10000 is the limit. Ask for smaller pages.',
    );
  });

  it('is the one it is given', () => {
    const document = parse('{ people(first: 10) { nodes { tickets(first: 6) { nodes { id } } } } }');
    expect(checkRowLimit(schema, document, undefined, {}, 60)).toBeUndefined();
    expect(checkRowLimit(schema, document, undefined, {}, 59)?.message).toContain('60 rows; 59 is the limit');
  });

  it('takes a size that is not given for the default, in arguments, variables and nulls', () => {
    const query = (args: string) =>
      `query($n: Int, $d: Int = 600) { accounts(first: 1000) { nodes { people${args} { nodes { name } } } } }`;
    expect(check(query(''))?.message).toContain('20000');
    expect(check(query('(first: null)'))?.message).toContain('20000');
    expect(check(query('(first: $n)'))?.message).toContain('20000');
    expect(check(query('(first: $n)'), { n: null })?.message).toContain('20000');
    expect(check(query('(first: $n)'), { n: 10 })).toBeUndefined();
    expect(check(query('(first: $d)'))?.message).toContain('600000');
    expect(check(query('(first: $d)'), { d: 5 })).toBeUndefined();
  });

  it('looks at the same document anew for other variables and operations', () => {
    const document = parse(`
      query Small { people(first: 10) { nodes { tickets { nodes { id } } } } }
      query Big { people(first: 1000) { nodes { tickets(first: 1000) { nodes { id } } } } }
      query Any($n: Int) { people(first: 1000) { nodes { tickets(first: $n) { nodes { id } } } } }`);
    for (let time = 0; time < 2; time += 1) {
      expect(checkRowLimit(schema, document, 'Small')).toBeUndefined();
      expect(checkRowLimit(schema, document, 'Big')).toBeDefined();
      expect(checkRowLimit(schema, document, 'Any', { n: 1000 })).toBeDefined();
      expect(checkRowLimit(schema, document, 'Any', { n: 1 })).toBeUndefined();
    }
  });

  it('counts what is selected: through fragments, but not what is skipped', () => {
    const query = `query($no: Boolean!) { people(first: 1000) { nodes { ...P ... on Person @include(if: $no) { ...T } } } }
      fragment P on Person { name ...T @skip(if: true) } fragment T on Person { tickets(first: 11) { nodes { id } } }`;
    expect(check(query, { no: false })).toBeUndefined();
    expect(check(query, { no: true })).toBeDefined();
  });

  /** Each fragment spreads the next one twice: written out, two to the power of their number. */
  const doubling = (count: number, selection: (next: string) => string) =>
    parse(
      [...Array(count).keys()]
        .map((index) =>
          index + 1 < count
            ? `fragment F${index} on Person { ${selection(`...F${index + 1}`)} }`
            : `fragment F${index} on Person { tickets { nodes { id } } }`,
        )
        .concat('{ people(first: 1000) { nodes { ...F0 } } }')
        .join('\n'),
    );

  it('counts reused fragments once, so that 64 KB of them take no time', () => {
    const wide = (next: string) =>
      `a: account { owner { person { ${next} } } } b: account { owner { person { ${next} } } }`;
    // As deep as a document may be.
    for (const document of [doubling(100, wide), doubling(490, (next) => `name ${next} ${next} ${' '.repeat(120)}`)]) {
      const ms = cpuMsOf(() => expect(checkRowLimit(schema, document)).toBeUndefined(), { enough: 50 });
      expect(ms).toBeLessThan(50);
    }
  });

  it('survives what validation would refuse', () => {
    for (const source of [
      '{ people(first: "x") { nodes { nothing { first } } } }',
      '{ people { nodes { ...A } } } fragment A on Person { ...A tickets { nodes { id } } }',
      'subscription { nothing }',
      '{ people { nodes { ...Gone } } }',
    ])
      expect(check(source)).toBeUndefined();
    expect(check('{ a: __typename }', {}, 'Other')).toBeUndefined();
  });

  it('leaves the example operations alone', () => {
    for (const name of ['customer-360', 'money-and-tickets', 'people-directory']) {
      const path = new URL(`../../schema/operations/${name}.graphql`, import.meta.url);
      const document = parse(readFileSync(path, 'utf8'));
      expect(validate(schema, document)).toEqual([]);
      expect(checkRowLimit(schema, document)).toBeUndefined();
    }
  });
});
