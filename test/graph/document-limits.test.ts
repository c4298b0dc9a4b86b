import { readFileSync } from 'node:fs';
import { buildASTSchema, type DocumentNode, getIntrospectionQuery, parse, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type OperationLimits, resolveLimits } from '../../src/config/limits.ts';
import { GatewayError } from '../../src/errors.ts';
import { checkFound, checkShape, checkText, parseWithin } from '../../src/graph/document-limits.ts';
import { shapeOf } from '../../src/graph/document-shape.ts';
import { validateWithin } from '../../src/graph/validate-within.ts';
import { ADVERSARIAL_DOCUMENTS, largest } from './adversarial-documents.ts';
import { cpuMsOf } from './cpu-time.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const schema = buildASTSchema(parse(read('schema/composed.graphql'), { noLocation: true }), {
  assumeValid: true,
  assumeValidSDL: true,
});
const { frontend } = DEFAULT_LIMITS;
/** From the text to what is known of it. */
const MOST_MS = 50;

/** `valid`, `invalid`, or the limit that refuses; throws whatever is neither. */
function outcome(text: string, limits: OperationLimits = frontend, mode: 'enforce' | 'measure' = 'enforce'): string {
  try {
    checkText(text, limits, mode);
    const document = parseWithin(text, limits, mode);
    checkShape(document, undefined, limits, mode);
    return validateWithin(schema, document).length === 0 ? 'valid' : 'invalid';
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'LIMIT_EXCEEDED') return String(error.details.limit);
    if (error instanceof Error && error.message.startsWith('Syntax Error')) return 'invalid';
    throw error;
  }
}

const limitsOf = (more: Partial<OperationLimits>): OperationLimits => ({ ...frontend, ...more });

describe('documents meant to cost more than they look', () => {
  const tokensFit = (text: string) => text.length <= frontend.characters && outcome(text) !== 'tokens';
  const sizes = {
    '64 KB': (text: string) => text.length <= frontend.characters,
    'as many tokens as are allowed': tokensFit,
    // What the process itself refuses, so that the largest document is the dearest that is accepted.
    'as large as pass': (text: string) => {
      const wide = limitsOf({ aliases: 10_000, rootFields: 10_000, directives: 10_000, depth: 100, fields: 20_000 });
      return ['valid', 'invalid'].includes(outcome(text, wide, 'measure')) && tokensFit(text);
    },
  };

  it.each(Object.entries(sizes))('are answered or refused: %s', (size, fits) => {
    const lines: string[] = [];
    for (const one of ADVERSARIAL_DOCUMENTS) {
      const text = largest(one, fits);
      let enforced = '';
      const ms = cpuMsOf(() => (enforced = outcome(text)), { rounds: 3, runs: 2, enough: MOST_MS });
      lines.push(`${ms.toFixed(1).padStart(6)} ms CPU  ${one.name}, ${text.length} characters: ${enforced}`);
      expect(ms, one.name).toBeLessThanOrEqual(MOST_MS);
      expect(outcome(text, frontend, 'measure'), one.name).toMatch(
        /^(valid|invalid|depth|fields|duplicates|operations|tokens)$/,
      );
    }
    process.stdout.write(`${size}\n${lines.join('\n')}\n`);
  });

  it.each([
    ['fields in one another', 'depth'],
    ['fields never closed', 'depth'],
    ['lists in one another', 'depth'],
    ['objects in one another', 'depth'],
    ['list types in one another', 'depth'],
    ['inline fragments in one another', 'depth'],
  ])('never end the stack, in any mode: 100,000 %s', (name, limit) => {
    const text = ADVERSARIAL_DOCUMENTS.find((one) => one.name === name)?.make(100_000) ?? '';
    const wide = limitsOf({ characters: 1e9, tokens: 1e9, depth: 1e9 });
    expect(outcome(text, wide, 'enforce')).toBe(limit);
    expect(outcome(text, wide, 'measure')).toBe(limit);
  });

  it.each([
    ['a chain of fragments', 450, 'duplicates'],
    ['a chain of fragments', 1_500, 'depth'],
    ['a ring of fragments', 1_500, 'depth'],
    ['fragments that spread both their neighbours', 900, 'depth'],
    ['fragments spread twice each', 400, 'fields'],
    ['introspection that doubles', 20, 'fields'],
    ['one object again and again', 400, 'duplicates'],
    ['many fragments in one place', 400, 'duplicates'],
    ['many operations', 101, 'operations'],
    ...[20, 30, 60].map((count) => ['fragments that double what is below', count, 'fields'] as const),
  ] as const)('are refused in measure mode too, for the sake of the process: %s, %i', (name, count, limit) => {
    const text = ADVERSARIAL_DOCUMENTS.find((one) => one.name === name)?.make(count) ?? '';
    expect(outcome(text, frontend, 'measure')).toBe(limit);
  });

  it('are looked at once, however often their fragments are reused', () => {
    for (const { name, make } of ADVERSARIAL_DOCUMENTS.filter((one) => one.name.includes('fragments'))) {
      const document = parse(make(60));
      const counter = countReads(document);
      shapeOf(document);
      shapeOf(document);
      expect(counter.reads, name).toBe(counter.sets);
    }
  });
});

/** Reads of `selections`, in all selection sets together. */
function countReads(document: DocumentNode): { reads: number; sets: number } {
  const counter = { reads: 0, sets: 0 };
  visit(document, {
    SelectionSet: {
      leave(node) {
        const { selections } = node;
        counter.sets += 1;
        Object.defineProperty(node, 'selections', {
          get() {
            counter.reads += 1;
            return selections;
          },
        });
      },
    },
  });
  return counter;
}

describe('honest documents', () => {
  const collocated = `
    query Page($email: String!) { person(email: $email) { ...Header ...Money ...Support ...Calendar account { ...Company } } }
    fragment Header on Person { email name ...Face contact { id owner { ...Owner } } }
    fragment Face on Person { email slackUser { id real_name } employee { jobTitleName } }
    fragment Money on Person { email customer { id email } account { domain ...Bills } }
    fragment Bills on Account { invoices(first: 5) { edges { node { id ...Bill } } pageInfo { hasNextPage endCursor } } }
    fragment Bill on StripeInvoice { id number amount_due account { domain name } }
    fragment Support on Person { email tickets { nodes { id requester { ...Face } assignee { ...Face } } } }
    fragment Calendar on Person { email bookings { nodes { uid attendees { ...Face } } } }
    fragment Company on Account { domain name owner { ...Owner } people { nodes { ...Face } } ...Bills }
    fragment Owner on HubspotOwner { id email person { ...Face } }`;
  const introspection = getIntrospectionQuery({
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  });
  const saved = ['customer-360', 'money-and-tickets', 'people-directory'].map((name) =>
    read(`schema/operations/${name}.graphql`),
  );

  it.each([
    ...saved.map((text, index) => ({ what: `saved operation ${index + 1}`, text })),
    { what: 'a page of collocated fragments', text: collocated },
    { what: 'introspection with all it can ask', text: introspection },
  ])('pass for every kind of client: $what', ({ text }) => {
    for (const kind of ['frontend', 'app', 'agent', 'operator'] as const)
      expect(outcome(text, DEFAULT_LIMITS[kind])).toBe('valid');
  });

  it('may have a thousand brackets in strings and comments', () => {
    const text = `{ person(email: "${'{'.repeat(1_000)}") { name } b: person(email: """${'[\\"""'.repeat(500)}""") { name } # ${'('.repeat(1_000)}\n }`;
    expect(outcome(text)).toBe('valid');
  });
});

describe('a limit', () => {
  const fields = (count: number, field: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => field(index)).join(' ');
  const cases: [keyof OperationLimits, number, (found: number) => string][] = [
    ['characters', 50, (found) => `{ __typename }${' '.repeat(found - 14)}`],
    ['tokens', 50, (found) => `{ a(b: [${fields(found - 9, () => '1')}]) }`],
    ['depth', 8, (found) => `{ ${'a { '.repeat(found - 1)} a ${'} '.repeat(found)}`],
    ['aliases', 9, (found) => `{ ${fields(found, (n) => `a${n}: __typename`)} }`],
    [
      'rootFields',
      7,
      (found) => `{ ...R ... { a } } fragment R on Query { ${fields(found - 1, () => 'a { b c }')} ...R }`,
    ],
    ['directives', 6, (found) => `{ ${fields(found, () => 'a @b')} }`],
    [
      'fields',
      20,
      (found) =>
        `{ ...R ...R ${fields(found - 18, () => 'a')} } fragment R on Query { a ...S ...S } fragment S on Query { a { b c d } }`,
    ],
  ];

  it.each(cases)('of %s lets %i pass, and one more not', (name, limit, make) => {
    const limits = limitsOf({ [name]: limit });
    const refuse = (text: string) => {
      checkText(text, limits);
      checkShape(parseWithin(text, limits), undefined, limits);
    };
    expect(() => refuse(make(limit))).not.toThrow();
    expect(() => refuse(make(limit + 1))).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED', details: { limit: name, retryable: false } }),
    );
    expect(() => refuse(make(limit + 1))).toThrow(String(limit));
  });

  it.each(cases)('of %s is only reported when it is measured', (name, limit, make) => {
    const limits = limitsOf({ [name]: limit });
    const exceeded = (text: string) => {
      const document = parseWithin(text, limits, 'measure');
      const byTokens = checkFound({ tokens: document.tokenCount ?? 0 }, limits, 'measure');
      const byShape = checkShape(document, undefined, limits, 'measure');
      return [...checkText(text, limits, 'measure'), ...byTokens, ...byShape];
    };
    expect(exceeded(make(limit))).toEqual([]);
    expect(exceeded(make(limit + 1))).toEqual([name]);
  });

  it('is that of the operation that runs, and of the client that asks', () => {
    const document = parse('query Deep { a { b { c } } } query Flat { a }');
    const limits = limitsOf({ depth: 2 });
    expect(() => checkShape(document, 'Flat', limits)).not.toThrow();
    expect(() => checkShape(document, 'Deep', limits)).toThrow('nests fields 3 deep; 2 is the limit');
    expect(() => checkShape(document, 'Deep', frontend)).not.toThrow();
  });

  it('leaves introspection what it needs, and no more', () => {
    const types = (depth: number) =>
      `{ __schema { types { ...T } } } fragment T on __Type { ${'ofType { '.repeat(depth - 3)} name ${'}'.repeat(depth - 3)} }`;
    const limits = limitsOf({ depth: 3 });
    expect(outcome(types(15), limits)).toBe('valid');
    expect(outcome(types(16), limits)).toBe('depth');
  });

  it('does not stop what is invalid from being told so', () => {
    for (const text of [
      '{ person(email: "a") { ...Gone } }',
      '{ person(email: "a") { ...A } } fragment A on Person { ...B } fragment B on Person { account { people { nodes { ...A } } } }',
      '{ person(email: "a") { email email: name } }',
      '{ a: person(email: "a") { email } ...Q } fragment Q on Query { a: person(email: "b") { email } }',
      '{ nothing }',
      '{ person(email: "a") { name }',
    ])
      expect(outcome(text), text).toBe('invalid');
  });
});

describe('validation', () => {
  const wrong = parse(`{ ${Array.from({ length: 50 }, (_, index) => `hubspotContact${index}`).join(' ')} }`);

  it('tells five errors, however many there are', () => {
    expect(validateWithin(schema, wrong)).toHaveLength(5);
  });
});

describe('settings', () => {
  it('keep the defaults of what they leave out', () => {
    const limits = resolveLimits({ mode: 'measure', agent: { depth: 4 } });
    expect(limits).toEqual({ ...DEFAULT_LIMITS, mode: 'measure', agent: { ...DEFAULT_LIMITS.agent, depth: 4 } });
  });
});
