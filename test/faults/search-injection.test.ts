/** Texts that speak the vendors' search languages. They are looked for, never obeyed. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type FaultyGateway, startFaultyGateway } from './faulty-gateway.ts';

const ADA = 'ada.lindqvist@brightforge.io';
const PERSON = `query ($email: String!) {
  person(email: $email) {
    email name contact { id } customer { id } requester { id } tickets { nodes { id } } slackUser { id } emails { nodes { id } }
    bookings { nodes { uid } } employee { jobTitleName } profile { full_name }
  }
}`;
const ACCOUNT = `query ($domain: String!) {
  account(domain: $domain) {
    domain name company { id } customer { id } subscriptions { nodes { id } } invoices { nodes { id } } tickets { nodes { id } }
    deals { nodes { id } } people { nodes { email } } profile { name }
  }
}`;

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

const control = (method: string, path: string, body?: object) =>
  fetch(`${sandbox.controlUrl}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });

const EMAILS = [
  ...[
    `x" OR email:"${ADA}`,
    `x" email:"${ADA}`,
    `x\\" OR email:\\"${ADA}`,
    `x' OR email:'${ADA}`,
    `x"+OR+email:"${ADA}`,
  ],
  ...[
    `"x"@y.z OR ${ADA}`,
    `${ADA}" AND type:user`,
    `${ADA} OR x@y.z`,
    `${ADA},x@y.z`,
    `${ADA};x@y.z`,
    `<${ADA}>`,
    `Ada <${ADA}>`,
  ],
  ...[
    '*@brightforge.io',
    'ada*@brightforge.io',
    'ada.lindqvist@*',
    'ada.lindqvist@brightforge.*',
    '%@brightforge.io',
    '_da.lindqvist@brightforge.io',
  ],
  ...[
    '@brightforge.io',
    'ada.lindqvist@',
    'ada.lindqvist',
    'brightforge.io',
    'ada?lindqvist@brightforge.io',
    'type:user@brightforge.io',
  ],
  ...[
    '-x@brightforge.io',
    'x@brightforge.io@evil.example',
    'ada.lindqvist@brightforge.io@evil.example',
    'x@y.z%22%20OR%20email:%22ada',
    'none@none',
  ],
  ...[
    `a/b@brightforge.io`,
    `..@brightforge.io`,
    `%2e%2e@brightforge.io`,
    `{args.id}@brightforge.io`,
    `$&@brightforge.io`,
    `${'x'.repeat(10_000)}@y.z`,
  ],
];
const DOMAINS = [
  ...[
    `x" OR metadata['domain']:"brightforge.io`,
    `x"] OR name:"Brightforge`,
    `x.io" domain_names:"brightforge.io`,
    '*.io',
    '*',
    'brightforge.*',
  ],
  ...[
    'brightforge.io OR x.io',
    'brightforge.io,x.io',
    'bright%forge.io',
    '.io',
    'brightforge',
    'brightforge..io',
    '-brightforge.io',
    'brightforge.io:80',
  ],
  ...[
    'http://x@brightforge.io',
    'brightforge.io\0',
    'brightforge.io"',
    "brightforge.io'",
    'brightforge.io\\',
    'xn--',
    '..',
    '',
  ],
];

describe('person(email:)', () => {
  it.each(EMAILS)('finds nobody under %j', async (email) => {
    const { data, errors } = await running.ask({ query: PERSON, variables: { email } });
    expect({ data, errors }).toEqual({ data: { person: null }, errors: [] });
  });

  it('shows nobody else while the CRM is down and cannot deny', async () => {
    await control('POST', '/faults', { vendor: 'hubspot', kind: 'reset' });
    const answers = await Promise.all(EMAILS.map((email) => running.ask({ query: PERSON, variables: { email } })));
    for (const { data, text } of answers) {
      const { person } = data as { person: Record<string, unknown> | null };
      for (const field of ['name', 'contact', 'customer', 'requester', 'slackUser', 'employee', 'profile'])
        expect(person?.[field] ?? null, text).toBeNull();
      for (const list of ['tickets', 'emails', 'bookings']) {
        const connection = person?.[list] as { nodes: unknown[] | null } | undefined;
        expect(connection?.nodes ?? [], text).toEqual([]);
      }
    }
    await control('DELETE', '/faults');
  });

  it('finds her under every spelling of her own address', async () => {
    for (const email of [ADA, ADA.toUpperCase(), ` ${ADA}\n`]) {
      const { data } = await running.ask({
        query: '{ person(email: $e) { email } }'.replace('{', 'query ($e: String!) {'),
        variables: { e: email },
      });
      expect(data).toEqual({ person: { email: ADA } });
    }
  });

  it('asks Stripe and Zendesk for one quoted text, whatever stands in it', async () => {
    const local = fc.string({
      unit: fc.constantFrom(
        'a',
        '"',
        "'",
        '\\',
        '~',
        '+',
        '-',
        ':',
        '|',
        '&',
        '%',
        '{',
        '$',
        '<',
        '*',
        '.',
        'é',
        '\u2019',
      ),
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(local, async (name) => {
        await control('POST', '/reset');
        const { data } = await running.ask({ query: PERSON, variables: { email: `${name}@brightforge.io` } });
        expect(data).toEqual({ person: null });
        const { log } = (await (await control('GET', '/calls')).json()) as {
          log: { operation: string; query: string }[];
        };
        for (const { operation, query } of log) {
          const text = new URLSearchParams(query).get('query') ?? '';
          if (operation === 'searchCustomers') expect(text).toMatch(/^email:"(?:[^"\\]|\\["\\])*"$/);
          if (operation === 'searchUsers') expect(text).toMatch(/^email:"(?:[^"\\]|\\["\\])*"$/);
          if (operation === 'search') expect(text).toMatch(/^type:ticket requester:"(?:[^"\\]|\\["\\])*"$/);
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe('account(domain:)', () => {
  it.each(DOMAINS)('finds nothing under %j', async (domain) => {
    const { data, errors } = await running.ask({ query: ACCOUNT, variables: { domain } });
    expect({ data, errors }).toEqual({ data: { account: null }, errors: [] });
  });
});

describe("the CRM's filters", () => {
  it('take a text as a value and nothing else', async () => {
    const query = `query ($e: String!, $d: String!) {
      people(filter: { emails: [$e] }) { nodes { email } }
      stage: people(filter: { lifecycleStage: $e }) { nodes { email } }
      accounts(filter: { domains: [$d] }) { nodes { domain } }
    }`;
    const ask = async (e: string, d: string) => {
      const { data } = await running.ask({ query, variables: { e, d } });
      for (const { nodes } of Object.values(data as Record<string, { nodes: unknown[] | null }>))
        expect(nodes ?? [], `${e} ${d}`).toEqual([]);
    };
    await Promise.all(EMAILS.map((email, index) => ask(email, DOMAINS[index % (DOMAINS.length - 1)] ?? '')));
  });
});
