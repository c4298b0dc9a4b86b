/** One vendor fails, in each way a vendor can: its own fields are null and say why, everything else is what it was. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { VendorName } from '../../src/sandbox/vendor-name.ts';
import { type FaultyGateway, startFaultyGateway } from './faulty-gateway.ts';
import type { AnswerError } from './sound-errors.ts';

const operation = (name: string) =>
  readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');
const QUERIES = { person: operation('customer-360'), account: operation('money-and-tickets') };

/** What hangs on each vendor in the two operations; `*` is every row of a list. */
const OWN_FIELDS: Readonly<Record<VendorName, readonly string[]>> = {
  // Names come from the CRM first, and it cannot be told apart from one without names.
  hubspot: [
    ...['person.name', 'person.contact', 'person.account.name', 'person.account.owner'],
    ...['account.name', 'account.deals.nodes', 'account.tickets.nodes.*.requester.name'],
  ],
  stripe: ['person.customer', 'account.customer', 'account.subscriptions.nodes', 'account.invoices.nodes'],
  zendesk: ['person.tickets.nodes', 'account.tickets.nodes'],
  slack: ['person.slackUser'],
  resend: ['person.emails.nodes'],
  pdl: ['person.profile', 'person.account.profile'],
  calcom: ['person.bookings.nodes'],
  bamboohr: ['person.employee'],
};

const KINDS = {
  'answers 500': { fault: { kind: 'status', value: 500 }, expected: { code: 'VENDOR_DOWN', retryable: true } },
  'cuts connections': { fault: { kind: 'reset' }, expected: { code: 'VENDOR_DOWN', retryable: true } },
  'never answers': { fault: { kind: 'blackhole' }, expected: { code: 'VENDOR_TIMEOUT', retryable: true } },
  'answers half a JSON': { fault: { kind: 'garbage' }, expected: { code: 'VENDOR_BAD_RESPONSE', retryable: false } },
  'limits the rate': {
    fault: { kind: 'ratelimit', value: 30 },
    expected: { code: 'VENDOR_RATE_LIMITED', retryable: true },
  },
} as const;

type Data = Record<string, unknown>;

let sandbox: Sandbox;
let before: Data;

const control = (method: string, path: string, body?: object) =>
  fetch(`${sandbox.controlUrl}${path}`, { method, ...(body && { body: JSON.stringify(body) }) }).then((response) =>
    expect(response.ok).toBe(true),
  );

async function askBoth(gateway: FaultyGateway): Promise<{ data: Data; errors: AnswerError[] }> {
  const answers = await Promise.all([gateway.ask(QUERIES.person), gateway.ask(QUERIES.account)]);
  for (const { status } of answers) expect(status).toBe(200);
  return {
    data: Object.assign({}, ...answers.map(({ data }) => data)),
    errors: answers.flatMap(({ errors }) => errors),
  };
}

beforeAll(async () => {
  sandbox = await startSandbox({ rateFactor: 1_000 });
  await using healthy = await startFaultyGateway({ vendors: sandbox });
  const { data, errors } = await askBoth(healthy);
  expect(errors).toEqual([]);
  before = data;
});
afterAll(() => sandbox[Symbol.asyncDispose]());

describe.each(Object.keys(OWN_FIELDS) as VendorName[])('when %s', (vendor) => {
  let gateway: FaultyGateway;
  beforeAll(async () => {
    // Only the broken vendor is hurried: the others must not run into a deadline on a busy machine.
    const hurry = { timeoutMs: 400, retry: { baseMs: 1, maxMs: 5 } };
    gateway = await startFaultyGateway({ vendors: sandbox, changes: { [vendor]: hurry } });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it.each(Object.entries(KINDS))(
    '%s, its fields alone are null, with the reason',
    async (_name, { fault, expected }) => {
      await control('POST', '/reset');
      await control('POST', '/faults', { vendor, ...fault });
      const { data, errors } = await askBoth(gateway);

      const paths = OWN_FIELDS[vendor].flatMap((pattern) => pathsOf(before, pattern.split('.')));
      expect(data).toEqual(withNulls(before, paths));
      expect(errors.map(({ path }) => path?.join('.')).sort()).toEqual(paths.map((path) => path.join('.')).sort());
      for (const { extensions } of errors) {
        expect(extensions).toMatchObject({
          ...expected,
          vendor,
          operation: expect.stringMatching(new RegExp(`^${vendor}[A-Z]`)),
        });
        // Stripe's 429 does not say when.
        if (fault.kind === 'ratelimit' && vendor !== 'stripe') {
          expect(extensions['retryAfterMs']).toSatisfy((ms) => ms > 25_000 && ms <= 31_000);
        } else {
          expect(extensions).not.toHaveProperty('retryAfterMs');
        }
      }
    },
  );

  it('fails once, a read is tried again and nobody notices', async () => {
    await control('POST', '/reset');
    await control('POST', '/faults', { vendor, kind: 'reset', times: 1 });
    expect(await askBoth(gateway)).toEqual({ data: before, errors: [] });
  });
});

describe('a write', () => {
  it.each([
    [{ kind: 'status', value: 500 }, 'VENDOR_DOWN'],
    [{ kind: 'status', value: 503 }, 'VENDOR_DOWN'],
    [{ kind: 'reset' }, 'VENDOR_DOWN'],
    [{ kind: 'blackhole' }, 'VENDOR_TIMEOUT'],
    [{ kind: 'garbage' }, 'VENDOR_BAD_RESPONSE'],
    [{ kind: 'ratelimit', value: 1 }, 'VENDOR_RATE_LIMITED'],
  ])('that meets %j is never sent a second time', async (fault, code) => {
    await control('POST', '/reset');
    await control('POST', '/faults', { vendor: 'resend', ...fault });
    await using gateway = await startFaultyGateway({
      vendors: sandbox,
      changes: { resend: { timeoutMs: 300, retry: { attempts: 5, baseMs: 1, maxMs: 5 } } },
    });
    const input = '{ from: "a@northwindlabs.com", to: ["b@example.com"], subject: "x", text: "x" }';
    const { data, errors } = await gateway.ask(`mutation { resendSendEmail(input: ${input}) { id } }`);
    expect(data).toEqual({ resendSendEmail: null });
    expect(errors).toMatchObject([{ extensions: { code, vendor: 'resend', operation: 'resendSendEmail' } }]);
    const report = (await (await fetch(`${sandbox.controlUrl}/calls`)).json()) as { total: number };
    expect(report.total).toBe(1);
  });
});

/** The concrete paths of a pattern in `data`. */
function pathsOf(data: unknown, [step, ...rest]: readonly string[]): string[][] {
  if (step === undefined) return [[]];
  const here = Object(data) as Data;
  const keys = step === '*' ? Object.keys(here) : [step];
  return keys.flatMap((key) => pathsOf(here[key], rest).map((path) => [key, ...path]));
}

function withNulls(data: Data, paths: readonly (readonly string[])[]): Data {
  const copy = structuredClone(data);
  for (const path of paths) {
    const parent = path.slice(0, -1).reduce((value: Data, key) => Object(value[key]) as Data, copy);
    parent[path.at(-1) ?? ''] = null;
  }
  return copy;
}
