/** What a genuine token may do, for whom, and for how long. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createAuthenticator } from '../../src/auth/authenticator.ts';
import { hasDuplicateMembers } from '../../src/auth/duplicate-members.ts';
import { internScopes } from '../../src/auth/interned-scopes.ts';
import type { Principal } from '../../src/auth/principal.ts';
import {
  AUDIENCE,
  answerJson,
  type Clock,
  clientsOf,
  clock,
  goodClaims,
  NO_KEYS,
  NOW,
  readableLog,
  type SigningKey,
  sign,
  signingKey,
  startServer,
  type TestServer,
} from './kit.ts';

let key: SigningKey;
beforeAll(async () => {
  key = await signingKey('key-1');
});

interface Setting extends AsyncDisposable {
  issuer: TestServer;
  time: Clock;
  ask(token: string): Principal | null | Promise<Principal | null>;
  /** The principal of a token with these claims instead of the good ones. */
  askWith(claims: Record<string, unknown>): Promise<Principal | null>;
}

async function setting(more: object = {}): Promise<Setting> {
  const issuer = await startServer(answerJson({ keys: [key.jwk] }));
  const time = clock();
  const clients = clientsOf(issuer.url, { jwks: `${issuer.url}/jwks`, ...more });
  const { log } = readableLog();
  const { authenticate } = await createAuthenticator({ keys: [], clients, keySource: NO_KEYS, log, now: time.now });
  const ask = (token: string) => authenticate(`Bearer ${token}`);
  return {
    issuer,
    time,
    ask,
    askWith: async (claims) => ask(await sign({ ...goodClaims(issuer.url), ...claims }, key)),
    [Symbol.asyncDispose]: () => issuer[Symbol.asyncDispose](),
  };
}

describe('a token', () => {
  it('stands for a user of its client until it expires', async () => {
    await using its = await setting();
    expect(await its.askWith({})).toEqual({
      id: 'jwt:web:user-17',
      client: 'web',
      kind: 'frontend',
      scopes: new Set(['pii:read', 'stripe:read']),
      subject: 'user-17',
      expiresAt: NOW + 600_000,
    });
  });

  it.each([
    ['fewer than the client may', { scope: 'stripe:read' }, ['stripe:read']],
    ['more than the client may', { scope: 'stripe:read stripe:write admin:write' }, ['stripe:read']],
    ['words between many spaces', { scope: '  pii:read   stripe:read ' }, ['pii:read', 'stripe:read']],
    ['a list', { scope: ['pii:read', 7, 'stripe:read'] }, ['pii:read', 'stripe:read']],
    ['other letters', { scope: 'STRIPE:READ' }, []],
    ['nothing', { scope: '' }, []],
    ['no claim', { scope: undefined }, []],
    ['an odd claim', { scope: { 'stripe:read': true } }, []],
  ])('has the scopes that it and its client have in common: %s', async (_what, claims, scopes) => {
    await using its = await setting();
    const principal = await its.askWith(claims);
    expect([...(principal?.scopes ?? ['nobody'])]).toEqual(scopes);
    expect(principal?.scopes).toBe(internScopes(scopes));
  });

  it('is read by the claims clients.yaml names', async () => {
    await using its = await setting({ scopesClaim: 'permissions', clientClaim: 'https://login.example.com/app' });
    const claims = { permissions: ['pii:read'], 'https://login.example.com/app': 'sync-job', scope: 'stripe:read' };
    expect(await its.askWith(claims)).toMatchObject({ client: 'sync', scopes: new Set() });
    expect(await its.askWith({ ...claims, permissions: ['stripe:write'] })).toMatchObject({
      scopes: new Set(['stripe:write']),
    });
    expect(await its.askWith({ permissions: ['pii:read'] })).toBeNull();
  });

  it('names its client by azp when it has no client_id', async () => {
    await using its = await setting();
    expect(await its.askWith({ client_id: undefined, azp: 'sync-job' })).toMatchObject({ client: 'sync' });
    expect(await its.askWith({ client_id: 'somebody', azp: 'sync-job' })).toBeNull();
  });

  it.each([{ sub: 'sync-job' }, { sub: undefined }])('of a client itself has no subject: %j', async (claims) => {
    await using its = await setting();
    const principal = await its.askWith({ client_id: 'sync-job', ...claims });
    expect(principal).toMatchObject({ id: 'jwt:sync:sync-job' });
    expect(principal).not.toHaveProperty('subject');
  });

  it.each(['ada@brightforge.io', 'Ada Lindqvist', 'a:b', '#abc', 'x'.repeat(129)])(
    'has an id that may be logged, though its subject is %j',
    async (sub) => {
      await using its = await setting();
      const principal = await its.askWith({ sub });
      expect(principal?.id).toMatch(/^jwt:web:#[0-9a-f]{32}$/);
      expect(principal?.subject).toBe(sub);
      expect(await its.askWith({ sub: `${sub}.` })).not.toMatchObject({ id: principal?.id });
    },
  );

  it.each([
    ['one audience of several', { aud: ['other', AUDIENCE] }],
    ['expired within the tolerance', { exp: NOW / 1000 - 4 }],
    ['valid from a moment ahead, within the tolerance', { nbf: NOW / 1000 + 5 }],
    ['of a type we do not ask about', { sub: 'auth0|5f7c8ec7c33c6c004bbafe82' }],
  ])('is accepted: %s', async (_what, claims) => {
    await using its = await setting();
    expect(await its.askWith(claims)).toMatchObject({ client: 'web' });
  });

  it.each(['PS256', 'ES256', 'EdDSA'])('may be signed by %s', async (alg) => {
    await using its = await setting();
    const other = await signingKey('key-2', alg);
    its.issuer.handler = answerJson({ keys: [key.jwk, other.jwk] });
    expect(await its.ask(await sign(goodClaims(its.issuer.url), other))).toMatchObject({ client: 'web' });
  });

  it('is refused when its algorithm is not among those of its issuer, though the key fits', async () => {
    await using its = await setting({ algorithms: ['ES256'] });
    expect(await its.askWith({})).toBeNull();
  });

  it('may leave out the name of its key while the issuer has one', async () => {
    await using its = await setting();
    expect(await its.ask(await sign(goodClaims(its.issuer.url), key, { kid: undefined }))).not.toBeNull();
  });

  it.each<[string, string | undefined, boolean, boolean]>([
    ['at+jwt', 'at+jwt', true, true],
    ['at+jwt in full', 'application/AT+JWT', true, true],
    ['JWT', 'JWT', true, false],
    ['nothing', undefined, true, false],
    ['a logout', 'logout+jwt', false, false],
    ['a proof of possession', 'dpop+jwt', false, false],
  ])('whose type is %s counts unless it is made for something else', async (_name, typ, lenient, strict) => {
    for (const [more, counts] of [
      [{}, lenient],
      [{ typ: 'at+jwt' }, strict],
    ] as const) {
      await using its = await setting(more);
      const principal = await its.ask(await sign(goodClaims(its.issuer.url), key, { typ }));
      expect(principal !== null).toBe(counts);
    }
  });

  it('is answered at once and as the same principal when it comes again, for a minute', async () => {
    await using its = await setting();
    const token = await sign(goodClaims(its.issuer.url), key);
    const first = its.ask(token);
    expect(first).toBeInstanceOf(Promise);
    const principal = await first;
    expect(its.ask(token)).toBe(principal);
    its.time.advance(59_999);
    expect(its.ask(token)).toBe(principal);
    its.time.advance(1);
    expect(its.ask(token)).toBeInstanceOf(Promise);
  });

  it('is not answered from memory once it has expired', async () => {
    await using its = await setting();
    const token = await sign({ ...goodClaims(its.issuer.url), exp: NOW / 1000 + 10 }, key);
    expect(await its.ask(token)).not.toBeNull();
    its.time.advance(14_999);
    expect(its.ask(token)).toMatchObject({ client: 'web' });
    its.time.advance(1);
    expect(await its.ask(token)).toBeNull();
  });

  it('is verified on its own, however alike another is that was accepted', async () => {
    await using its = await setting();
    const token = await sign(goodClaims(its.issuer.url), key);
    await its.ask(token);
    const [head, , signature] = token.split('.');
    const payload = Buffer.from(JSON.stringify({ ...goodClaims(its.issuer.url), sub: 'admin' })).toString('base64url');
    expect(await its.ask(`${head}.${payload}.${signature}`)).toBeNull();
  });
});

it.each([
  ['{}', false],
  ['{"a":1,"b":{"a":1,"a":2},"c":[{"a":1},"a"]}', false],
  ['{"a":"a","b":"\\"a\\":"}', false],
  ['{"a":1,"a":1}', true],
  ['{"a" : 1 , "b":[{"c":"}"}], "a" :1}', true],
  ['{"\\u0061":1,"a":1}', true],
])('sees a member named twice in the outermost object: %s is %s', (json, expected) => {
  JSON.parse(json);
  expect(hasDuplicateMembers(json)).toBe(expected);
});
