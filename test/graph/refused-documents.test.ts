/** What is refused must cost next to nothing, whatever is asked: from the text through the whole gate, each time as a new text. */
import { readFileSync } from 'node:fs';
import { buildASTSchema, GraphQLError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { internScopes } from '../../src/auth/interned-scopes.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import type { GraphContext } from '../../src/graph/context.ts';
import { createDocuments } from '../../src/graph/documents.ts';
import { maskError } from '../../src/graph/mask.ts';
import { createOperationGate } from '../../src/graph/operation-gate.ts';
import { createVisibleSchemas } from '../../src/graph/visible-schema.ts';
import { createMemoryQuota } from '../../src/quota/memory-quota.ts';
import { readAccessRules } from '../../src/rules/access-rules.ts';
import { ADVERSARIAL_DOCUMENTS } from './adversarial-documents.ts';
import { cpuMsOf } from './cpu-time.ts';

/** Promised, and what a busy machine and a cold start may add. */
const MOST_MS = 5;
const LEEWAY = 3;
const ENOUGH = { enough: MOST_MS };

const sdl = readFileSync(new URL('../../schema/composed.graphql', import.meta.url), 'utf8');
const schema = buildASTSchema(parse(sdl, { noLocation: true }), { assumeValid: true, assumeValidSDL: true });
const rules = readAccessRules(schema);
const visible = createVisibleSchemas(schema, rules);
const limits = DEFAULT_LIMITS;
const documents = createDocuments({ schema, limits, visible });
const graph = { schema, rules, operations: new Map(), unanswered: [] };
const gate = createOperationGate({ graph, rules, visible, limits, quota: createMemoryQuota() });
const vendors = ['hubspot', 'stripe', 'zendesk', 'slack', 'resend', 'calcom', 'bamboohr', 'pdl'];
const scopes = internScopes(vendors.map((vendor) => `${vendor}:read`));
const principal: Principal = { id: 'key:test', client: 'test', kind: 'agent', scopes };

/** The limit or code it is refused with; undefined: it would run. */
function refusalOf(text: string, operationName?: string): string | undefined {
  const tell = (error: unknown): string => {
    const { limit, code } = maskError(error, 'r').error.extensions;
    return String(limit ?? code);
  };
  try {
    const document = documents.parse(text, principal.kind);
    const [invalid] = documents.validate(document, scopes);
    if (invalid) return tell(invalid);
    // A context has more; the gate looks at nothing else.
    const contextValue = { principal, scope: {} as GraphContext['scope'] } as Partial<GraphContext> as GraphContext;
    const checked = gate.check({ schema, document, operationName, contextValue });
    return 'facts' in checked ? undefined : tell(checked[0]);
  } catch (error) {
    if (error instanceof GraphQLError) return tell(error);
    throw error;
  }
}

const times = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');

const TICKET =
  'fragment G on ZendeskTicket { id subject status priority requester { email name } account { domain name } }';
const people = (count: number): string => times(count, (n) => `p${n}: person(email: "a${n}@b.example") { ...F }`);
/** Each `size` another list, which has to be asked for by itself. */
const tickets = (count: number, inside: string, size: (index: number) => number): string =>
  `fragment F on Person { ${times(count, (n) => `a${n}: tickets(first: ${size(n)}) { nodes { ${inside} } }`)} }`;
const second = (root: string): string => `query A { __typename } query B { ${root} }`;
const adversarial = (name: string, count: number): string =>
  ADVERSARIAL_DOCUMENTS.find((one) => one.name === name)?.make(count) ?? '';

const REFUSED: Readonly<Record<string, { text: string; operation?: string; refusal: string }>> = {
  'a large operation beside a small one': {
    text: `${second(people(20))} ${tickets(60, '...G', () => 1)} ${TICKET}`,
    operation: 'B',
    refusal: 'fields',
  },
  'a large operation of lists that differ': {
    text: `${second(people(20))} ${tickets(79, '...G', (n) => n + 1)} ${TICKET}`,
    operation: 'B',
    refusal: 'fields',
  },
  'a deep operation beside a small one': {
    text: second(`person(email: "a") { ${'account { people { nodes { '.repeat(12)} email ${'} } }'.repeat(12)} }`),
    operation: 'B',
    refusal: 'depth',
  },
  'more root fields than are allowed, beside a small one': {
    text: second(times(31, () => '__typename')),
    operation: 'B',
    refusal: 'rootFields',
  },
  'as many calls to vendors as fields allow': {
    text: `${second(people(20))} ${tickets(79, 'id', (n) => n + 1)}`,
    operation: 'B',
    refusal: 'cost',
  },
  'calls to vendors at the end of a wide operation': {
    text: `{ ${people(20)} } fragment F on Person { ${times(79, (n) => `a${n}: emails(first: ${n + 1}) { nodes { id } }`)} bookings(first: 100) { nodes { attendees { tickets { nodes { id } } } } } }`,
    refusal: 'cost',
  },
  'calls to vendors as variables have it': {
    text: `query($n: Int = 100) { people(first: $n) { nodes { ...F } } } ${tickets(90, 'id', (n) => n + 1)}`,
    refusal: 'cost',
  },
  'pages within pages': {
    text: '{ a: people(first: 100) { nodes { account { people(first: 101) { nodes { email } } } } } }',
    refusal: 'rows',
  },
  'no such operation': { text: second('__typename'), operation: 'C', refusal: 'BAD_USER_INPUT' },
  'no operation named, of two': { text: second('__typename'), refusal: 'BAD_USER_INPUT' },
  'wide aliases': { text: adversarial('aliases', 101), refusal: 'aliases' },
  'fields in one another': { text: adversarial('fields in one another', 16), refusal: 'depth' },
  'fragments spread twice each': { text: adversarial('fragments spread twice each', 40), refusal: 'fields' },
  'a chain of fragments': { text: adversarial('a chain of fragments', 350), refusal: 'duplicates' },
  'more characters than are allowed': { text: `{ a(b: "${'x'.repeat(65_536)}") }`, refusal: 'characters' },
  'more tokens than are allowed': { text: `{ ${times(4_000, () => 'a')} }`, refusal: 'tokens' },
  'brackets without end': { text: '{a'.repeat(30_000), refusal: 'depth' },
  'an unknown field': { text: '{ nope }', refusal: 'BAD_USER_INPUT' },
};

describe('a limit that is only measured', () => {
  const measured: string[] = [];
  const low = { ...DEFAULT_LIMITS.agent, characters: 200, tokens: 18, depth: 4, aliases: 1, cost: 5, rows: 100 };
  const measuring = createOperationGate({
    ...{ graph, rules, visible, quota: createMemoryQuota() },
    limits: { ...limits, mode: 'measure', agent: low },
    onMeasured: (limit, kind) => measured.push(`${limit} of ${kind}`),
  });
  const check = (text: string) => {
    measured.length = 0;
    const contextValue = { principal, scope: {} as GraphContext['scope'] } as Partial<GraphContext> as GraphContext;
    expect(measuring.check({ schema, document: parse(text), contextValue })).toHaveProperty('facts');
    return measured.map((told) => told.replace(' of agent', ''));
  };

  it.each([
    ['{ a: __typename }', []],
    [`{ __typename } #${'x'.repeat(200)}`, ['characters']],
    [`{ person(email: "a@b.example") { account { owner { person { email } } } } }`, ['tokens', 'depth']],
    ['{ a: __typename b: __typename }', ['aliases']],
    ['{ hubspotContacts(first: 1000) { nodes { id } } }', ['cost', 'rows']],
  ])('lets pass what it would have refused, and counts it: %s', (text, limits) => {
    expect(check(text)).toEqual(limits);
    expect(check(text)).toEqual(limits);
  });
});

describe('a refused document', () => {
  const lines: string[] = [];

  it.each(Object.entries(REFUSED))('costs little: %s', (name, { text, operation, refusal }) => {
    let sent = 0;
    const cpuMs = cpuMsOf(() => {
      sent += 1;
      expect(refusalOf(`${text} #${sent}`, operation)).toBe(refusal);
    }, ENOUGH);
    lines.push(`${cpuMs.toFixed(1).padStart(6)} ms CPU  ${name}, ${text.length} characters: ${refusal}`);
    expect(cpuMs).toBeLessThanOrEqual(MOST_MS * LEEWAY);
  });

  it('costs little for each new set of scopes, whose names a suggestion may hold', () => {
    let sets = 0;
    const cpuMs = cpuMsOf(() => {
      sets += 1;
      const own = internScopes(vendors.filter((_, at) => (sets >> at) & 1).map((vendor) => `${vendor}:read`));
      const [error] = documents.validate(documents.parse('{ stripeInvoics }', principal.kind), own);
      expect(error?.message).toContain('Cannot query field');
    });
    lines.push(`${cpuMs.toFixed(1).padStart(6)} ms CPU  a name nearly right, for new scopes: BAD_USER_INPUT`);
    expect(cpuMs).toBeLessThanOrEqual(MOST_MS * LEEWAY);
  });

  it('is told', () => {
    process.stdout.write(`refused documents\n${lines.join('\n')}\n`);
    expect(lines).toHaveLength(Object.keys(REFUSED).length + 1);
  });
});
