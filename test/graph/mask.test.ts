import {
  buildSchema,
  type ExecutionResult,
  GraphQLError,
  GraphQLInt,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  graphql,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, GatewayError } from '../../src/errors.ts';
import { formatError, maskError } from '../../src/graph/mask.ts';

const ID = 'request-1';
/** Words of the insides that no caller may read. */
const SECRET = 'sk_live_4eC39 at https://api.stripe.com/v1/customers?email=ada@brightforge.io';

/** As it leaves: plain JSON. */
function masked(error: unknown) {
  const { error: shown, cause } = maskError(error, ID);
  return { shown: formatError(shown), text: JSON.stringify(formatError(shown)) + JSON.stringify(shown), cause };
}

/** What an error becomes that `resolve` of the field `answer` throws or returns wrongly. */
async function fromResolver(resolve: () => unknown, type: 'Int' | 'String' = 'String'): Promise<GraphQLError> {
  const field = { type: type === 'Int' ? GraphQLInt : GraphQLString, resolve };
  const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: { answer: field } }) });
  const { errors }: ExecutionResult = await graphql({ schema, source: '{ answer }' });
  if (!errors?.[0]) throw new Error('The field did not fail.');
  return errors[0];
}
function failing(error: unknown) {
  return fromResolver(() => {
    throw error;
  });
}

describe("a gateway's own error", () => {
  it.each(ERROR_CODES)('keeps its code and message, and gets the request id: %s', async (code) => {
    const error = new GatewayError(code, 'Written for callers.', {
      vendor: 'stripe',
      operation: 'stripeInvoices',
      retryable: true,
      cause: new Error(SECRET),
    });
    const { shown, text, cause } = masked(await failing(error));
    expect(shown).toEqual({
      message: 'Written for callers.',
      locations: [{ line: 1, column: 3 }],
      path: ['answer'],
      extensions: { code, vendor: 'stripe', operation: 'stripeInvoices', retryable: true, requestId: ID },
    });
    expect(text).not.toContain('sk_live');
    expect(cause).toMatchObject({ message: SECRET });
  });

  it('says when to come back, which scopes it takes, which limit it was, and nothing undefined', () => {
    const error = new GatewayError('VENDOR_RATE_LIMITED', 'Later.', {
      retryAfterMs: 1_500,
      scopes: ['stripe:read'],
      limit: 'depth',
    });
    Object.assign(error.details, { vendor: undefined });
    expect(masked(error).shown.extensions).toEqual({
      ...{ code: 'VENDOR_RATE_LIMITED', retryAfterMs: 1_500, scopes: ['stripe:read'], limit: 'depth', requestId: ID },
    });
  });

  it('is found below the wrappers that executors put around it', () => {
    const inner = new GatewayError('NOT_FOUND', 'Gone.');
    const wrapped = new GraphQLError('outer', {
      originalError: new GraphQLError('inner', { originalError: inner, path: ['a', 0] }),
      path: ['a', 0, 'b'],
    });
    expect(masked(wrapped).shown).toMatchObject({
      message: 'Gone.',
      path: ['a', 0, 'b'],
      extensions: { code: 'NOT_FOUND' },
    });
  });
});

describe('an error nobody foresaw', () => {
  const unforeseen: [string, unknown][] = [
    ['an Error', new Error(SECRET)],
    ['a TypeError', new TypeError(SECRET)],
    [
      'one with a code and extensions of its own',
      Object.assign(new Error(SECRET), { code: 'ECONNREFUSED', extensions: { code: 'VENDOR_DOWN', body: SECRET } }),
    ],
    ['a cause chain', new Error(SECRET, { cause: new Error(SECRET) })],
    ['an AggregateError', new AggregateError([new Error(SECRET)], SECRET)],
    ['a string', SECRET],
    ['an object', { message: SECRET, stack: SECRET }],
    ['null', null],
    ['undefined', undefined],
  ];

  it.each(unforeseen)('is INTERNAL and tells nothing, thrown by a resolver: %s', async (_kind, error) => {
    const { shown, text, cause } = masked(await failing(error));
    expect(shown).toEqual({
      message: `Something went wrong on our side. Quote the request id ${ID}.`,
      locations: [{ line: 1, column: 3 }],
      path: ['answer'],
      extensions: { code: 'INTERNAL', requestId: ID },
    });
    expect(text).not.toMatch(/sk_live|stripe\.com|brightforge|ECONNREFUSED|stack/);
    expect(cause).toBeInstanceOf(Error);
  });

  it.each(unforeseen)('is INTERNAL and a 500, met outside of any field: %s', (_kind, error) => {
    const { error: shown, cause } = maskError(error, ID);
    expect(shown.extensions).toEqual({ code: 'INTERNAL', http: { status: 500 }, requestId: ID });
    expect(masked(error).text).not.toMatch(/sk_live|stripe\.com|brightforge|ECONNREFUSED|stack/);
    expect(cause).toBeInstanceOf(Error);
    expect(formatError(shown).extensions).toEqual({ code: 'INTERNAL', requestId: ID });
  });
});

describe("a value the vendor's description does not allow", () => {
  it.each([
    ['text for a number', () => fromResolver(() => SECRET, 'Int')],
    ['an object for a text', () => fromResolver(() => ({ body: SECRET }))],
    ['an error a scalar threw', () => failing(new GraphQLError(`Cannot represent ${SECRET}`))],
    [
      'nothing where something is promised',
      () => failing(new Error(`Cannot return null for non-nullable field ${SECRET}.`)),
    ],
    [
      'no list where one is promised',
      () => failing(new Error(`Expected Iterable, but did not find one for field "${SECRET}".`)),
    ],
    [
      'a word an enum does not know',
      () => failing(new Error(`Enum "StripeInvoiceStatus" cannot represent value: "${SECRET}"`)),
    ],
  ])('is VENDOR_BAD_RESPONSE, without the value: %s', async (_kind, make) => {
    const { shown, text, cause } = masked(await make());
    expect(shown.extensions).toEqual({ code: 'VENDOR_BAD_RESPONSE', retryable: false, requestId: ID });
    expect(shown.path).toEqual(['answer']);
    expect(text).not.toMatch(/sk_live|stripe\.com|brightforge/);
    expect(cause).toBeInstanceOf(Error);
  });
});

describe("a fault of the caller's request", () => {
  const schema = buildSchema('type Query { answer(first: Int!): String }');

  it('keeps what graphql-js says of it', async () => {
    const unparsed = (await graphql({ schema, source: '{ answer(' })).errors?.[0];
    expect(masked(unparsed)).toMatchObject({
      shown: { message: expect.stringMatching(/^Syntax Error/), extensions: { code: 'GRAPHQL_PARSE_FAILED' } },
      cause: undefined,
    });
    const [invalid] = validate(schema, parse('{ nothing }'));
    expect(masked(invalid)).toMatchObject({
      shown: { message: expect.stringContaining('Cannot query field "nothing"') },
      cause: undefined,
    });
    const source = 'query($first: Int!) { answer(first: $first) }';
    const unset = (await graphql({ schema, source, variableValues: {} })).errors?.[0];
    expect(masked(unset)).toMatchObject({
      shown: { message: expect.stringContaining('"$first"'), extensions: { code: 'BAD_USER_INPUT', requestId: ID } },
      cause: undefined,
    });
  });

  it('keeps a code of the table and no other, and nothing else that hung on it', () => {
    const known = new GraphQLError('Too deep.', { extensions: { code: 'LIMIT_EXCEEDED', secret: SECRET } });
    expect(masked(known).shown).toEqual({
      message: 'Too deep.',
      extensions: { code: 'LIMIT_EXCEEDED', requestId: ID },
    });
    const unknown = new GraphQLError('Odd.', { extensions: { code: 'WHATEVER', stacktrace: [SECRET] } });
    expect(masked(unknown).shown).toEqual({ message: 'Odd.', extensions: { code: 'BAD_USER_INPUT', requestId: ID } });
  });

  it('keeps the HTTP status it was given, for the transport alone', () => {
    const refused = new GraphQLError('Must provide query string.', {
      extensions: { http: { status: 400, headers: { allow: 'POST' } } },
    });
    const { error } = maskError(refused, ID);
    expect(error.extensions['http']).toMatchObject({ status: 400, headers: { allow: 'POST' } });
    expect(formatError(error).extensions).toEqual({ code: 'BAD_USER_INPUT', requestId: ID });
  });
});
