/** Every way an operation is refused as a whole, with what its caller is told. */
import type { ErrorCode } from '../../src/errors.ts';
import { type ClientName, SMALL } from './access-gateway.ts';

export interface Refusal {
  /** `nobody` sends no credential, a `stranger` one that nobody knows. */
  client: ClientName | 'nobody' | 'stranger';
  query: string;
  told: { code: ErrorCode; limit?: string; scopes?: readonly string[] };
  /** Of HTTP. For a limit it is 200 with application/json and in a stream, else 400, as GraphQL over HTTP has it. */
  status: number | 'of a limit';
  /** Headers beside it. */
  headers?: Readonly<Record<string, unknown>>;
}

const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

const INVOICES = 'stripeInvoices(first: 1) { nodes { id } }';

function limit(name: string, query: string, client: ClientName = 'small'): Refusal {
  return { client, query, told: { code: 'LIMIT_EXCEEDED', limit: name }, status: 'of a limit' };
}

function unknown(client: 'nobody' | 'stranger'): Refusal {
  return {
    client,
    query: `{ ${INVOICES} }`,
    told: { code: 'UNAUTHENTICATED' },
    status: 401,
    headers: {
      'www-authenticate':
        client === 'nobody'
          ? /^Bearer resource_metadata="http/
          : /^Bearer error="invalid_token", resource_metadata="http/,
    },
  };
}

/** Each is over its own limit and under all others. */
const LIMITS: Readonly<Record<string, Refusal>> = {
  'too many characters': limit('characters', `{ ${INVOICES} } #${'x'.repeat(SMALL.characters)}`),
  'too many tokens': limit(
    'tokens',
    `{ account(domain: "a.example") { tickets(status: [${times(SMALL.tokens, () => 'open')}]) { nodes { id } } } }`,
  ),
  'too deep': limit(
    'depth',
    '{ account(domain: "a.example") { people(first: 1) { nodes { account { people(first: 1) { nodes { email } } } } } } }',
  ),
  'too deep, written in fragments': limit(
    'depth',
    `{ account(domain: "a.example") { ...A } } fragment A on Account { people(first: 1) { nodes { ...B } } }
     fragment B on Person { account { people(first: 1) { nodes { email } } } }`,
  ),
  'too many aliases': limit('aliases', `{ stripeInvoices(first: 1) { nodes { ${times(4, (n) => `a${n}: id`)} } } }`),
  'too many root fields': limit('rootFields', `{ ${INVOICES} ${times(SMALL.rootFields, () => '__typename')} }`),
  'too many directives': limit('directives', `{ ${INVOICES} __typename ${times(4, () => '@include(if: true)')} }`),
  'too many fields': limit(
    'fields',
    `{ stripeInvoices(first: 1) { nodes { ${times(3, () => '...F')} } } } fragment F on StripeInvoice { ${times(13, () => 'id')} }`.replace(
      /\.\.\.F \.\.\.F/,
      '...F ... { ...F }',
    ),
  ),
  'too many rows': limit('rows', '{ people(first: 60) { nodes { tickets(first: 10) { nodes { id } } } } }'),
  'too many vendor calls': limit('cost', '{ stripeInvoices(first: 700) { nodes { id } } }', 'thrifty'),
  'too many duplicates': limit(
    'duplicates',
    `{ stripeInvoices(first: 1) { nodes { ${times(700, () => 'id')} } } }`,
    'reader',
  ),
  'too many operations': limit(
    'operations',
    times(101, (n) => `query Q${n} { ${INVOICES} }`),
    'reader',
  ),
  'too many brackets': limit(
    'depth',
    `{ stripeInvoices(first: ${'['.repeat(301)}${']'.repeat(301)}) { nodes { id } } }`,
    'reader',
  ),
};

export const REFUSALS: Readonly<Record<string, Refusal>> = {
  'no credential': unknown('nobody'),
  'an unknown credential': unknown('stranger'),
  ...LIMITS,
  'a scope missing for all of it': {
    client: 'billing',
    query: '{ hubspotContacts(first: 1) { nodes { id } } }',
    told: { code: 'SCOPE_MISSING', scopes: ['hubspot:read'] },
    status: 403,
    headers: {
      'www-authenticate': /^Bearer error="insufficient_scope", scope="hubspot:read", resource_metadata="http/,
    },
  },
  'a write without its scope': {
    client: 'reader',
    query: 'mutation { slackPostMessage(input: { channel: "C1", text: "hi" }) { ts } }',
    told: { code: 'SCOPE_MISSING', scopes: ['slack:write'] },
    status: 403,
  },
  'a quota used up': {
    client: 'spent',
    query: `{ ${INVOICES} }`,
    told: { code: 'QUOTA_EXCEEDED' },
    status: 429,
    headers: { 'retry-after': /^[1-9]\d*$/, ratelimit: /./, 'ratelimit-policy': /./ },
  },
  'a quota of calls that is smaller than what it takes': {
    client: 'frugal',
    query: '{ stripeInvoices(first: 300) { nodes { id } } }',
    told: { code: 'QUOTA_EXCEEDED' },
    status: 429,
    headers: { ratelimit: /./, 'ratelimit-policy': /./ },
  },
};

/** Refused by what it is that brings it. */
export const TEXT_OF_TRUSTED: Refusal = {
  client: 'trusted',
  query: `{ ${INVOICES} }`,
  told: { code: 'BAD_USER_INPUT' },
  status: 403,
};

export const WRITE_BY_GET: Refusal = {
  client: 'writer',
  query: 'mutation { slackPostMessage(input: { channel: "C1", text: "hi" }) { ts } }',
  told: { code: 'BAD_USER_INPUT' },
  status: 405,
  headers: { allow: 'POST' },
};

/** Its hosts let it run unasked, because it says that it only reads. */
export const WRITE_BY_TOOL: Refusal = { ...WRITE_BY_GET, status: 200, headers: {} };
