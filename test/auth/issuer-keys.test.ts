/** An issuer's keys: rotated, withheld, too large, of somebody else, gone. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Authenticator, createAuthenticator } from '../../src/auth/authenticator.ts';
import type { Principal } from '../../src/auth/principal.ts';
import {
  answerJson,
  type Clock,
  clientsOf,
  clock,
  goodClaims,
  type Handler,
  NO_KEYS,
  type ReadableLog,
  readableLog,
  type SigningKey,
  sign,
  signingKey,
  startServer,
  type TestServer,
} from './kit.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let one: SigningKey;
let two: SigningKey;
beforeAll(async () => {
  one = await signingKey('key-1');
  two = await signingKey('key-2');
});

interface Setting extends AsyncDisposable {
  issuer: TestServer;
  time: Clock;
  log: ReadableLog;
  /** A fresh token each time, so that nothing is answered from memory. */
  ask(key: SigningKey): Promise<Principal | null>;
}

async function setting(handler: Handler, more: object = { jwks: '/jwks' }): Promise<Setting> {
  const issuer = await startServer(handler);
  const time = clock();
  const log = readableLog();
  const jwks = 'jwks' in more ? { jwks: new URL(String(more.jwks), issuer.url).href } : {};
  const clients = clientsOf(issuer.url, jwks);
  const authenticator: Authenticator = await createAuthenticator({
    keys: [],
    clients,
    keySource: NO_KEYS,
    log: log.log,
    now: time.now,
  });
  let made = 0;
  return {
    issuer,
    time,
    log,
    ask: async (key) => {
      const claims = { ...goodClaims(issuer.url, time.now()), jti: `token-${made++}` };
      return authenticator.authenticate(`Bearer ${await sign(claims, key)}`);
    },
    [Symbol.asyncDispose]: () => issuer[Symbol.asyncDispose](),
  };
}

const fail: Handler = (_request, response) => void response.writeHead(503).end();

describe('keys of an issuer', () => {
  it('are fetched at the first token and not for the next', async () => {
    await using its = await setting(answerJson({ keys: [one.jwk] }));
    expect(its.issuer.paths).toEqual([]);
    const asked = await Promise.all([its.ask(one), its.ask(one), its.ask(one)]);
    expect(asked).not.toContain(null);
    expect(its.issuer.paths).toEqual(['/jwks']);
  });

  it('are found through the discovery document when clients.yaml does not say where', async () => {
    await using its = await setting(fail, {});
    its.issuer.handler = (request, response) =>
      request.url === '/.well-known/openid-configuration'
        ? answerJson({ issuer: its.issuer.url, jwks_uri: `${its.issuer.url}/found` })(request, response)
        : answerJson({ keys: [one.jwk] })(request, response);
    expect(await its.ask(one)).not.toBeNull();
    expect(its.issuer.paths).toEqual(['/.well-known/openid-configuration', '/found']);
  });

  it('are fetched anew for one that is unknown: rotation needs no restart', async () => {
    await using its = await setting(answerJson({ keys: [one.jwk] }));
    await its.ask(one);
    its.issuer.handler = answerJson({ keys: [one.jwk, two.jwk] });
    its.time.advance(30_000);
    expect(await its.ask(two)).not.toBeNull();
    expect(await its.ask(one)).not.toBeNull();
    expect(its.issuer.paths).toHaveLength(2);
  });

  it('are fetched at most once in 30 s, however many unknown names tokens bring', async () => {
    await using its = await setting(answerJson({ keys: [one.jwk] }));
    await its.ask(one);
    const flood = async () => {
      const tokens = Array.from({ length: 200 }, (_, index) => its.ask({ ...two, kid: `flood-${index}` }));
      expect(new Set(await Promise.all(tokens))).toEqual(new Set([null]));
    };
    await flood();
    expect(its.issuer.paths).toHaveLength(1);
    its.time.advance(30_000);
    await flood();
    its.time.advance(29_999);
    await flood();
    expect(its.issuer.paths).toHaveLength(2);
    expect(await its.ask(one)).not.toBeNull();
  });

  it('that were withdrawn open nothing any more, an hour later at the latest', async () => {
    await using its = await setting(answerJson({ keys: [one.jwk] }));
    await its.ask(one);
    its.issuer.handler = answerJson({ keys: [two.jwk] });
    its.time.advance(HOUR + 1);
    expect(await its.ask(one)).toBeNull();
    expect(await its.ask(two)).not.toBeNull();
  });

  it('are fetched anew after ten minutes beside a request that does not wait', async () => {
    await using its = await setting(answerJson({ keys: [one.jwk] }));
    await its.ask(one);
    let release = (): void => {};
    its.issuer.handler = (request, response) => {
      release = () => answerJson({ keys: [two.jwk] })(request, response);
    };
    its.time.advance(10 * MINUTE + 1);
    expect(await its.ask(one)).not.toBeNull();
    await expect.poll(() => its.issuer.paths.length).toBe(2);
    release();
    await expect.poll(() => its.ask(two)).not.toBeNull();
  });

  it('last for 24 h when the issuer is gone, with one warning in the log', async () => {
    await using its = await setting(answerJson({ keys: [one.jwk] }));
    await its.ask(one);
    its.issuer.handler = fail;
    for (let hours = 0; hours < 23; hours++) {
      its.time.advance(HOUR);
      expect(await its.ask(one)).not.toBeNull();
    }
    expect(its.log.lines).toMatchObject([{ level: 'warn', issuer: its.issuer.url, kept: true }]);
    its.time.advance(HOUR + 1);
    expect(await its.ask(one)).toBeNull();
    its.issuer.handler = answerJson({ keys: [one.jwk] });
    its.time.advance(MINUTE);
    expect(await its.ask(one)).not.toBeNull();
    expect(its.log.lines.map(({ level }) => level)).toEqual(['warn', 'info']);
  });

  const missing: [string, Handler, string][] = [
    ['an error', fail, 'answered 503'],
    ['a redirect', (_request, response) => void response.writeHead(302, { location: '/other' }).end(), 'answered 302'],
    ['no JSON', (_request, response) => void response.end('<html>'), 'did not answer with a JSON object'],
    ['a list', answerJson([]), 'did not answer with a JSON object'],
    ['no keys', answerJson({}), 'did not answer with a list of keys'],
    ['keys that are none', answerJson({ keys: ['key'] }), 'malformed'],
    [
      'more than 100 KB',
      answerJson({ keys: [], padding: 'x'.repeat(102_400) }),
      'answered with more than 102400 bytes',
    ],
    [
      'an answer without end',
      (_request, response) => {
        const more = () => {
          while (response.write('x'.repeat(10_240)));
        };
        response.on('drain', more);
        more();
      },
      'answered with more than 102400 bytes',
    ],
    ['a closed connection', (request) => void request.socket.destroy(), 'cannot be reached'],
  ];
  it.each(missing)('that cannot be had refuse the token with one warning: %s', async (_what, handler, reason) => {
    await using its = await setting(handler);
    expect(await Promise.all([its.ask(one), its.ask(one)])).toEqual([null, null]);
    expect(await its.ask(one)).toBeNull();
    expect(its.issuer.paths).toEqual(['/jwks']);
    expect(its.log.lines).toMatchObject([
      { level: 'warn', issuer: its.issuer.url, kept: false, reason: expect.stringContaining(reason) },
    ]);
    expect(its.log.text()).not.toMatch(/eyJ|web-spa|user-17/);
    // Asked again soon: until then nobody gets in.
    its.issuer.handler = answerJson({ keys: [one.jwk] });
    its.time.advance(5_000);
    expect(await its.ask(one)).not.toBeNull();
  });

  it('that never come cost the token five seconds, not more', async () => {
    await using silent = await setting(() => {});
    await using slow = await setting((_request, response) => void response.writeHead(200).write('{"keys":['));
    expect(await Promise.all([silent.ask(one), slow.ask(one)])).toEqual([null, null]);
    expect(silent.log.lines).toMatchObject([{ reason: expect.stringContaining('did not answer within 5000 ms') }]);
    expect(slow.log.lines).toMatchObject([{ reason: expect.stringContaining('to the end within 5000 ms') }]);
  });

  it.each([
    [
      'of another issuer',
      (url: string) => ({ issuer: 'https://other.example.com', jwks_uri: `${url}/jwks` }),
      'another',
    ],
    ['without keys', (url: string) => ({ issuer: url }), 'names no jwks_uri'],
    ['that leads to an open connection', (url: string) => ({ issuer: url, jwks_uri: 'http://example.com/' }), 'https'],
    ['that leads to a file', (url: string) => ({ issuer: url, jwks_uri: 'file:///etc/passwd' }), 'https'],
  ])('are not taken by a discovery document %s', async (_what, document, reason) => {
    await using its = await setting(fail, {});
    its.issuer.handler = answerJson(document(its.issuer.url));
    expect(await its.ask(one)).toBeNull();
    expect(its.log.lines).toMatchObject([{ reason: expect.stringContaining(reason) }]);
    expect(its.issuer.paths).toEqual(['/.well-known/openid-configuration']);
  });

  it('that are shared secrets or private are of no use', async () => {
    const secret = { kty: 'oct', k: 'c2VjcmV0', kid: 'key-1', alg: 'HS256' };
    await using its = await setting(answerJson({ keys: [secret] }));
    expect(await its.ask(one)).toBeNull();
  });
});
