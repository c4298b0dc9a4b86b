/** Ids that want to be a path, a query, a template or another vendor's object. Each stays one id, or goes nowhere. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type FaultyGateway, startFaultyGateway } from './faulty-gateway.ts';
import type { AnswerError } from './sound-errors.ts';

/** Root fields whose id is a segment of a path, how many segments stand before it, and what else they take. */
const OPERATIONS = [
  { field: 'hubspotContact', vendor: 'hubspot', before: 4, selection: '{ id }' },
  { field: 'stripeCustomer', vendor: 'stripe', before: 2, selection: '{ id }' },
  { field: 'zendeskTicket', vendor: 'zendesk', before: 3, selection: '{ id }' },
  { field: 'zendeskTicketComments', vendor: 'zendesk', before: 3, selection: '{ nodes { id } }' },
  { field: 'calcomBooking', vendor: 'calcom', before: 2, selection: '{ uid }' },
  { field: 'resendEmail', vendor: 'resend', before: 1, selection: '{ id }' },
  { field: 'bamboohrEmployee', vendor: 'bamboohr', before: 3, selection: '{ id }' },
  {
    field: 'hubspotUpdateContact',
    vendor: 'hubspot',
    before: 4,
    selection: '{ id }',
    write: 'input: { properties: { city: "x" } }',
  },
  { field: 'hubspotArchiveContact', vendor: 'hubspot', before: 4, selection: '', write: '' },
  { field: 'stripeUpdateCustomer', vendor: 'stripe', before: 2, selection: '{ id }', write: 'input: { name: "x" }' },
  {
    field: 'zendeskUpdateTicket',
    vendor: 'zendesk',
    before: 3,
    selection: '{ id }',
    write: 'input: { ticket: { subject: "x" } }',
  },
  {
    field: 'calcomCancelBooking',
    vendor: 'calcom',
    before: 2,
    selection: '{ uid }',
    write: 'input: { cancellationReason: "x" }',
  },
  { field: 'resendCancelEmail', vendor: 'resend', before: 1, selection: '{ id }', write: '' },
  { field: 'bamboohrUpdateEmployee', vendor: 'bamboohr', before: 3, selection: '', write: 'input: { firstName: "x" }' },
] as const;
type Operation = (typeof OPERATIONS)[number];

const REFUSED = [
  ...['../../admin?x=1', '', 'a/b', '%2e%2e', '%252e%252e%252f', '%25252e%25252e', '..', '.', '\\..\\', '..\\admin'],
  ...['a\r\nx-evil: 1', '\n', '\0', 'a\0b', '\u007f', 'x'.repeat(10_000)],
  // Dots and slashes that some servers fold into plain ones.
  ...['\u2025', '\uff0e\uff0e', '\uff0e', 'a\uff0fb', '\u2024\u2024', 'a\uff3cb', '%ef%bc%8e%ef%bc%8e/'],
  ...['a%2fb', 'a%5cb', 'a%00b', '%0d%0ax: 1', 'a%zz%2fb', 'https://evil.example/', '//evil.example'],
];
const TAKEN = [
  ...[
    '{args.id}',
    '{id}',
    '$&',
    "$'",
    '$1',
    '${x}',
    '%',
    '%zz',
    '%E0%A4%A',
    '...',
    '..a',
    'a..',
    'a b',
    ' ',
    '+',
    'a+b',
    'a&b=c',
  ],
  ...[
    'a?x=1',
    '#',
    'a#b',
    ';',
    'a;b=c',
    '@',
    'user:password@host',
    ':1',
    '__proto__',
    'constructor',
    '*',
    "'",
    '"',
    '<script>',
    '\u202e',
    'é',
    '🦩',
  ],
];

let sandbox: Sandbox;
let running: FaultyGateway;
beforeAll(async () => {
  sandbox = await startSandbox({ rateFactor: 100_000 });
  running = await startFaultyGateway({ vendors: sandbox });
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});
beforeEach(() => fetch(`${sandbox.controlUrl}/reset`, { method: 'POST' }));

interface SandboxCall {
  vendor: string;
  operation: string;
  method: string;
  path: string;
  query: string;
}

async function calls(): Promise<SandboxCall[]> {
  const report = (await (await fetch(`${sandbox.controlUrl}/calls`)).json()) as { log: SandboxCall[] };
  return report.log;
}

const named = ({ field, selection, ...more }: Operation, id: string, alias = 'it'): string =>
  `${alias}: ${field}(id: ${id}${'write' in more && more.write ? `, ${more.write}` : ''}) ${selection}`;

/** What one operation may ask for at once. */
const MOST_ROOT_FIELDS = 30;

/** One call for each id, in as few requests as may be. Answers with the error's code, or none, by position. */
async function askAll(operation: Operation, ids: readonly string[], style: 'literal' | 'variable') {
  const answers: (AnswerError | undefined)[] = [];
  for (let start = 0; start < ids.length; start += MOST_ROOT_FIELDS)
    answers.push(...(await askSome(operation, ids.slice(start, start + MOST_ROOT_FIELDS), style)));
  return answers;
}

async function askSome(operation: Operation, ids: readonly string[], style: 'literal' | 'variable') {
  const kind = 'write' in operation ? 'mutation' : 'query';
  const variables = Object.fromEntries(ids.map((id, index) => [`v${index}`, id]));
  const fields = ids.map((id, index) =>
    named(operation, style === 'literal' ? JSON.stringify(id) : `$v${index}`, `a${index}`),
  );
  const head = style === 'literal' ? kind : `${kind} (${ids.map((_, index) => `$v${index}: ID!`).join()})`;
  const { errors, text } = await running.ask({
    query: `${head} { ${fields.join('\n')} }`,
    variables: style === 'literal' ? {} : variables,
  });
  const byAlias = new Map(errors.map((error) => [error.path?.[0], error]));
  // Without a path the whole request was refused, and nothing would be proved.
  expect(byAlias.has(undefined), text.slice(0, 500)).toBe(false);
  return ids.map((_, index) => byAlias.get(`a${index}`));
}

describe.each(OPERATIONS)('$field', (operation) => {
  it.each(['literal', 'variable'] as const)(
    'refuses, as a %s, what would leave its segment of the path, and calls nobody',
    async (style) => {
      const answers = await askAll(operation, REFUSED, style);
      expect(answers.map((error) => error?.extensions['code'])).toEqual(REFUSED.map(() => 'BAD_USER_INPUT'));
      for (const error of answers)
        expect(error?.extensions).toMatchObject({ vendor: operation.vendor, operation: operation.field });
      expect(await calls()).toEqual([]);
    },
  );

  it('sends everything else as exactly this id, in exactly its place', async () => {
    await askAll(operation, TAKEN, 'variable');
    const log = await calls();
    expect(log.map(({ path }) => decodeURIComponent(path.split('/')[operation.before + 1] ?? '')).sort()).toEqual(
      [...TAKEN].sort(),
    );
    const [model] = log;
    for (const { vendor, operation: reached, method, path } of log) {
      expect({ vendor, reached, method }).toEqual({
        vendor: operation.vendor,
        reached: model?.operation,
        method: model?.method,
      });
      const fixed = (text: string | undefined) => text?.split('/').toSpliced(operation.before + 1, 1);
      expect(fixed(path)).toEqual(fixed(model?.path));
    }
  });
});

describe('any text there is', () => {
  const PARTS = [...'. .. / \\ % %2e %2f %25 ? # a {args.id}'.split(' '), '\0', '\r\n', '\uff0e', '\ud800'];
  const id = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.array(fc.constantFrom(...PARTS), { maxLength: 6 }).map((parts) => parts.join('')),
  );

  it('is refused, or sent as exactly this id', async () => {
    const ids = fc.uniqueArray(id, { minLength: 10, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...OPERATIONS), ids, async (operation, given) => {
        await fetch(`${sandbox.controlUrl}/reset`, { method: 'POST' });
        const answers = await askAll(operation, given, 'variable');
        const sent = given.filter((_, index) => answers[index]?.extensions['code'] !== 'BAD_USER_INPUT');
        const log = await calls();
        const reached = log.map(({ path }) => decodeURIComponent(path.split('/')[operation.before + 1] ?? ''));
        expect(reached.sort()).toEqual(sent.sort());
        expect(new Set(log.map(({ path }) => path.split('/').length)).size).toBeLessThanOrEqual(1);
        expect(new Set(log.map((call) => call.operation)).size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 25 },
    );
  });
});

describe('an argument in the query', () => {
  it('is one parameter with exactly this value, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        async (email, id) => {
          await fetch(`${sandbox.controlUrl}/reset`, { method: 'POST' });
          await running.ask({
            query:
              'query ($email: String!, $id: String!) { stripeCustomers(email: $email, first: 3) { nodes { id } } slackUser(id: $id) { id } }',
            variables: { email, id },
          });
          const log = await calls();
          const parameters = (vendor: string) => [
            ...new URLSearchParams(log.find((call) => call.vendor === vendor)?.query),
          ];
          expect(parameters('stripe').sort()).toEqual(
            [
              ['email', email.toWellFormed()],
              ['limit', '3'],
            ].sort(),
          );
          expect(parameters('slack')).toEqual([['user', id.toWellFormed()]]);
        },
      ),
      { numRuns: 25 },
    );
  });
});
