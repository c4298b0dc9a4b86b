import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { rejection, stripeConfig, wholeStory } from '../vendors/kit.ts';
import { sendJson } from '../vendors/vendor-server.ts';
import { http, startGraph } from './graph.ts';

const SDL = `
  type User { id: ID name: String }
  type Query {
    user: User ${http('GET', '/user')} @vendorResult(path: "data.0.user")
    plain: User ${http('GET', '/plain')}
    users: [User] ${http('GET', '/users')}
    note: String ${http('GET', '/note', 'operationSpecificHeaders: [["accept", "text/plain"]]')}
    file: File ${http('GET', '/file')}
    any: JSON ${http('GET', '/any')}
    done: Boolean ${http('GET', '/done')}
  }
  type Mutation {
    change: User ${http('POST', '/change')}
    remove: Boolean ${http('DELETE', '/remove')}
    forget: Void ${http('DELETE', '/forget')}
  }
`;

interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

async function answered(
  name: string,
  { status = 200, headers = {}, body = '' }: Reply,
  config = stripeConfig(),
): Promise<unknown> {
  await using graph = await startGraph({
    sdl: SDL,
    config,
    answer: (_request, response) => void response.writeHead(status, headers).end(body),
  });
  return await graph.rest.call(name, {}, graph.scope);
}

describe('a good answer', () => {
  it('is taken out of its envelope', async () => {
    expect(await answered('user', { body: '{"data":[{"user":{"id":1}}]}' })).toEqual({ id: 1 });
  });

  it('is read once, however many fields share it, and its bytes are let go', async () => {
    await using graph = await startGraph({
      sdl: SDL,
      answer: (_request, response) => sendJson(response, [{ id: 1 }]),
    });
    const [one, other] = await Promise.all([1, 2].map(() => graph.rest.call('users', {}, graph.scope)));
    expect(one).toEqual([{ id: 1 }]);
    expect(other).toBe(one);
    expect(graph.vendor.seen).toHaveLength(1);
    const answers = await Promise.all(graph.scope.reads.values());
    expect(answers.map(({ body }) => body.length)).toEqual([0]);
  });

  it('may hold null where the object would be', async () => {
    expect(await answered('user', { body: '{"data":[{"user":null}]}' })).toBeNull();
  });

  it.each([
    ['plain', 204, null],
    ['plain', 200, null],
    ['users', 200, null],
    ['done', 204, true],
    ['remove', 200, true],
    ['forget', 204, null],
  ])('without content means %s (%i) → %j', async (name, status, expected) => {
    expect(await answered(name, { status })).toBe(expected);
  });

  it('that says more than yes is still yes', async () => {
    expect(await answered('remove', { body: '{"id":"cus_1","deleted":true}' })).toBe(true);
    expect(await answered('done', { body: 'false' })).toBe(false);
    expect(await answered('forget', { body: 'gone' })).toBeNull();
  });

  it('may be plain text, or text in JSON', async () => {
    expect(await answered('note', { body: 'hello', headers: { 'content-type': 'text/plain' } })).toBe('hello');
    expect(await answered('note', { body: '"hello"', headers: { 'content-type': 'application/json' } })).toBe('hello');
  });

  it('may be bytes, which leave as base64', async () => {
    const bytes = Buffer.from([0, 255, 1]);
    expect(await answered('file', { body: bytes })).toEqual(bytes);
    await using graph = await startGraph({ sdl: SDL, answer: (_request, response) => void response.end(bytes) });
    expect(await graph.query('{ file }')).toEqual({ data: { file: 'AP8B' } });
  });

  it('keeps whole numbers exact', async () => {
    const body =
      '{"id":9007199254740993,"n":[-12345678901234567890,1e20,0.1,1234567890123456],"s":"12345678901234567890"}';
    expect(await answered('any', { body })).toEqual({
      id: '9007199254740993',
      n: ['-12345678901234567890', 1e20, 0.1, 1234567890123456],
      s: '12345678901234567890',
    });
  });

  it('cannot reach a prototype', async () => {
    const value = await answered('any', {
      body: '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
    });
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('may begin with a byte-order mark', async () => {
    expect(await answered('any', { body: '\uFEFF{"a":1}' })).toEqual({ a: 1 });
  });
});

describe('an answer that is none', () => {
  it.each([
    ['plain', '<html>maintenance</html>', 'text/html'],
    ['note', '<html>maintenance</html>', 'text/html; charset=utf-8'],
    ['plain', '{"id":', 'application/json'],
    ['plain', '[{"id":"a"},{"id":"b"}]', 'application/json'],
    ['plain', '"text"', 'application/json'],
    ['users', '{"id":"a"}', 'application/json'],
    ['user', '{"ok":true}', 'application/json'],
    ['any', `${'['.repeat(70)}${']'.repeat(70)}`, 'application/json'],
    ['any', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, 'application/json'],
  ])('is a bad response: %s %s', async (name, body, type) => {
    const error = await rejection(answered(name, { body, headers: { 'content-type': type } }));
    expect(error).toMatchObject({
      code: 'VENDOR_BAD_RESPONSE',
      message: expect.stringMatching(new RegExp(`^Stripe answered ${name} with .+\\.$`)),
      details: { vendor: 'stripe', operation: name, retryable: false },
    });
    expect((error as Error).message).not.toContain('maintenance');
  });

  it('takes 64 levels', async () => {
    expect(await answered('any', { body: `${'['.repeat(64)}${']'.repeat(64)}` })).toBeInstanceOf(Array);
  });

  it('is a bad response when it is a redirect', async () => {
    await expect(answered('plain', { status: 301, headers: { location: '/x' } })).rejects.toMatchObject({
      code: 'VENDOR_BAD_RESPONSE',
    });
  });
});

const SLACK = stripeConfig({
  retry: { attempts: 1 },
  errors: {
    message: ['message', 'errors.0.title', 'header:X-Message'],
    code: ['code', 'category'],
    envelope: { ok: 'ok', error: 'error' },
    notFound: ['users_not_found', 'NO_SUCH'],
    rateLimited: ['ratelimited', 'SECONDLY'],
    unauthenticated: ['invalid_auth', 'EXPIRED_KEY'],
  },
});

describe('a failing answer', () => {
  it.each([
    [400, 'VENDOR_REJECTED', false],
    [403, 'VENDOR_REJECTED', false],
    [408, 'VENDOR_REJECTED', true],
    [409, 'VENDOR_REJECTED', false],
    [422, 'VENDOR_REJECTED', false],
    [401, 'CONNECTION_MISSING', false],
    [404, 'NOT_FOUND', false],
    [429, 'VENDOR_RATE_LIMITED', true],
    // The write may have happened; 503 alone says that it has not.
    [500, 'VENDOR_DOWN', false],
    [503, 'VENDOR_DOWN', true],
  ])('of status %i to a write is %s', async (status, code, retryable) => {
    const error = await rejection(answered('change', { status, body: '{"message":"No."}' }, SLACK));
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ code, details: { vendor: 'stripe', operation: 'change', retryable } });
    expect((error as Error).message).toContain('Stripe');
  });

  it.each([
    [403, 'EXPIRED_KEY', 'CONNECTION_MISSING'],
    [400, 'NO_SUCH', 'NOT_FOUND'],
    [403, 'SECONDLY', 'VENDOR_RATE_LIMITED'],
  ])('of status %i goes by its code %s', async (status, category, code) => {
    await expect(answered('change', { status, body: JSON.stringify({ category }) }, SLACK)).rejects.toMatchObject({
      code,
    });
  });

  it.each([
    ['users_not_found', 'NOT_FOUND'],
    ['ratelimited', 'VENDOR_RATE_LIMITED'],
    ['invalid_auth', 'CONNECTION_MISSING'],
    ['channel_is_archived', 'VENDOR_REJECTED'],
  ])('in an envelope of status 200 goes by %s', async (error, code) => {
    await expect(answered('change', { body: JSON.stringify({ ok: false, error }) }, SLACK)).rejects.toMatchObject({
      code,
    });
  });

  it('of an envelope tells the vendor’s own word', async () => {
    await expect(answered('change', { body: '{"ok":false,"error":"is_archived"}' }, SLACK)).rejects.toThrow(
      'Stripe refused change: is_archived',
    );
  });

  it('to a read is null when the thing does not exist', async () => {
    expect(await answered('plain', { status: 404 })).toBeNull();
    expect(await answered('users', { status: 404 })).toBeNull();
    expect(await answered('plain', { body: '{"ok":false,"error":"users_not_found"}' }, SLACK)).toBeNull();
  });

  it('names the setting when the credential was refused', async () => {
    await expect(answered('plain', { status: 401 })).rejects.toThrow(
      'Stripe refused our credential; check auth.token (secret://env/STRIPE_TOKEN) of stripe.',
    );
  });

  it('says when to come back', async () => {
    const reply = { status: 429, headers: { 'retry-after': '30' } };
    await expect(answered('plain', reply)).rejects.toMatchObject({
      details: { retryable: true, retryAfterMs: 30_000 },
    });
    expect(await rejection(answered('change', { status: 429 }))).not.toHaveProperty('details.retryAfterMs');
  });

  it.each([
    ['{"errors":[{"title":"Bad stage"}]}', {}, 'Stripe refused change: Bad stage'],
    ['', { 'x-message': 'Bad header' }, 'Stripe refused change: Bad header'],
    ['<html>', {}, 'Stripe refused change with status 400.'],
    ['{"message":{"a":1}}', {}, 'Stripe refused change with status 400.'],
  ])('tells the vendor’s message: %s', async (body, headers, message) => {
    await expect(answered('change', { status: 400, body, headers }, SLACK)).rejects.toThrow(
      new RegExp(`^${RegExp.escape(message)}$`),
    );
  });

  it('keeps the vendor’s URL, body and addresses out of what anybody reads', async () => {
    const message = 'See https://api.stripe.com/v1/x?key=abc123 as ada@example.com with sk_live_4eC39HqLyjWDarjtT1';
    const body = JSON.stringify({ message, account: 'acct_private_1234567890' });
    const error = await rejection(answered('change', { status: 400, body }, SLACK));
    expect((error as Error).message).toBe('Stripe refused change: See [link] as [address] with […]');
    expect(wholeStory(error)).not.toMatch(/api\.stripe\.com|ada@|4eC39|1234567890/);
  });
});

describe('an answer of a whole query', () => {
  it('nulls its own field only', async () => {
    await using graph = await startGraph({
      sdl: SDL,
      answer: (request, response) => sendJson(response, { id: 'a' }, request.url === '/plain' ? 200 : 500),
      config: stripeConfig({ retry: { attempts: 1 } }),
    });
    const { data, errors } = await graph.query('{ plain { id } users { id } }');
    expect(data).toEqual({ plain: { id: 'a' }, users: null });
    expect(errors).toMatchObject([{ path: ['users'], message: 'Stripe failed with status 500 (users).' }]);
  });
});
