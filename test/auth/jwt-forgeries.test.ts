/** Tokens that must open nothing, beside the genuine one they were made from. Table-driven: one line for each forgery. */
import { constants, createHmac, createSign } from 'node:crypto';
import { EncryptJWT, exportJWK, exportSPKI, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthenticator } from '../../src/auth/authenticator.ts';
import type { Authenticate } from '../../src/auth/principal.ts';
import {
  AUDIENCE,
  answerJson,
  clientsOf,
  goodClaims,
  NO_KEYS,
  NOW,
  type ReadableLog,
  readableLog,
  type SigningKey,
  sign,
  signingKey,
  startServer,
  type TestServer,
} from './kit.ts';

const SECONDS = NOW / 1000;

interface Forge {
  genuine: string;
  claims: JWTPayload;
  key: SigningKey;
  /** Of somebody else, who calls it by the name of the issuer's. */
  strange: SigningKey;
  /** Somebody else's server. */
  lure: string;
}

let issuer: TestServer;
let lure: TestServer;
let forge: Forge;
let authenticate: Authenticate;
let log: ReadableLog;

beforeAll(async () => {
  const key = await signingKey('key-1');
  const strange = await signingKey('key-1');
  issuer = await startServer(answerJson({ keys: [key.jwk] }));
  lure = await startServer(answerJson({ keys: [strange.jwk] }));
  log = readableLog();
  const clients = clientsOf(issuer.url, { jwks: `${issuer.url}/jwks` });
  ({ authenticate } = await createAuthenticator({
    keys: [],
    clients,
    keySource: NO_KEYS,
    log: log.log,
    now: () => NOW,
  }));
  const claims = goodClaims(issuer.url);
  forge = { genuine: await sign(claims, key), claims, key, strange, lure: lure.url };
});

afterAll(async () => {
  await issuer[Symbol.asyncDispose]();
  await lure[Symbol.asyncDispose]();
});

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const parts = (token: string): [string, string, string] => {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [header, payload, signature];
};

/** Signed by the issuer's own key, whatever header and payload say, as text. */
const signRaw = ({ key }: Forge, header: string, payload: string): string => {
  const text = `${encode(header)}.${encode(payload)}`;
  const pem = createSign('sha256').update(text);
  return `${text}.${pem.sign(privateKeys.get(key) ?? '', 'base64url')}`;
};
const privateKeys = new Map<SigningKey, string>();
const header = (more: object = {}): string => JSON.stringify({ alg: 'RS256', kid: 'key-1', ...more });

const unsigned =
  (alg: unknown, signature = '') =>
  ({ claims }: Forge) =>
    `${encode({ alg, kid: 'key-1' })}.${encode(claims)}.${signature}`;

const hmac = (claims: JWTPayload, secret: string | Buffer, alg = 'HS256'): string => {
  const text = `${encode({ alg, kid: 'key-1' })}.${encode(claims)}`;
  return `${text}.${createHmac(alg.replace('HS', 'sha'), secret).update(text).digest('base64url')}`;
};

const withClaims =
  (change: (claims: JWTPayload) => object) =>
  ({ claims, key }: Forge) =>
    sign({ ...claims, ...change(claims) }, key);

const without =
  (claim: string) =>
  ({ claims, key }: Forge) =>
    sign(Object.fromEntries(Object.entries(claims).filter(([name]) => name !== claim)), key);

const byStranger = (headerOf: (forge: Forge) => object | Promise<object>) => async (forge: Forge) =>
  sign(forge.claims, forge.strange, await headerOf(forge));

const FORGERIES: Record<string, (forge: Forge) => string | Promise<string>> = {
  // No signature at all
  'alg none': unsigned('none'),
  'alg None': unsigned('None'),
  'alg NONE': unsigned('NONE'),
  'alg nOnE': unsigned('nOnE'),
  'alg none with a signature': unsigned('none', 'c2lnbmVk'),
  'alg none with a space': unsigned('none '),
  'alg empty': unsigned(''),
  'alg null': unsigned(null),
  'alg a list': unsigned(['RS256']),
  'alg missing': unsigned(undefined),
  'alg none with the genuine signature': ({ genuine, claims }) =>
    `${encode({ alg: 'none' })}.${encode(claims)}.${parts(genuine)[2]}`,
  // A public key taken for a shared secret
  'HS256 by the public key as PEM': async ({ claims, key }) => hmac(claims, await exportSPKI(key.publicKey)),
  'HS256 by the public key as PEM with a line break': async ({ claims, key }) =>
    hmac(claims, `${await exportSPKI(key.publicKey)}\n`),
  'HS256 by the public key as DER': async ({ claims, key }) =>
    hmac(claims, Buffer.from((await exportSPKI(key.publicKey)).replace(/-----.*-----|\n/g, ''), 'base64')),
  'HS256 by the public key as JWK': ({ claims, key }) => hmac(claims, JSON.stringify(key.jwk)),
  'HS256 by the modulus': ({ claims, key }) => hmac(claims, Buffer.from(String(key.jwk.n), 'base64url')),
  'HS256 by nothing': ({ claims }) => hmac(claims, ''),
  'HS512 by the public key as PEM': async ({ claims, key }) => hmac(claims, await exportSPKI(key.publicKey), 'HS512'),
  // Another signature, or none that fits
  'no signature': ({ genuine }) => `${parts(genuine).slice(0, 2).join('.')}.`,
  'no signature and no dot': ({ genuine }) => parts(genuine).slice(0, 2).join('.'),
  'signature cut short': ({ genuine }) => genuine.slice(0, -4),
  'signature of zeros': ({ genuine }) => `${parts(genuine).slice(0, 2).join('.')}.${'A'.repeat(342)}`,
  'signature with one letter changed': ({ genuine }) =>
    `${genuine.slice(0, -20)}${genuine.at(-20) === 'A' ? 'B' : 'A'}${genuine.slice(-19)}`,
  'payload changed under the signature': ({ genuine, claims }) =>
    [parts(genuine)[0], encode({ ...claims, sub: 'admin' }), parts(genuine)[2]].join('.'),
  'header changed over the signature': ({ genuine }) =>
    [encode(header({ typ: 'JWT' })), parts(genuine)[1], parts(genuine)[2]].join('.'),
  'signed as PS256 by the same key, but named RS256': (forge) => {
    const text = `${encode(header())}.${encode(forge.claims)}`;
    const pss = { key: privateKeys.get(forge.key) ?? '', padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    return `${text}.${createSign('sha256').update(text).sign(pss, 'base64url')}`;
  },
  // Another key
  'another key of the same name': byStranger(() => ({})),
  'another key without a name': byStranger(() => ({ kid: undefined })),
  'another key, embedded as jwk': byStranger(({ strange }) => ({ jwk: strange.jwk })),
  'another key, named by jku': byStranger(() => ({ jku: `${forge.lure}/jwks` })),
  'another key, named by x5u': byStranger(() => ({ x5u: `${forge.lure}/cert` })),
  'another key, embedded as x5c': byStranger(async ({ strange }) => ({
    x5c: [(await exportSPKI(strange.publicKey)).replace(/-----.*-----|\n/g, '')],
  })),
  'kid that leaves a folder': byStranger(() => ({ kid: '../../../../dev/null' })),
  'kid with a query': byStranger(() => ({ kid: "key-1' OR '1'='1" })),
  'kid that is a URL': byStranger(() => ({ kid: `${forge.lure}/jwks` })),
  'kid that is a prototype’s name': byStranger(() => ({ kid: '__proto__' })),
  'kid that is no text': ({ genuine, claims }) =>
    `${encode({ alg: 'RS256', kid: ['key-1'] })}.${encode(claims)}.${parts(genuine)[2]}`,
  'kid unknown': ({ claims, key }) => sign(claims, { ...key, kid: 'key-9' }),
  // Claims that are not for us
  'issuer of another name': withClaims(() => ({ iss: 'https://evil.example.com' })),
  'issuer with a slash more': withClaims(({ iss }) => ({ iss: `${iss}/` })),
  'issuer that begins like ours': withClaims(({ iss }) => ({ iss: `${iss}.evil.example.com` })),
  'issuer in other letters': withClaims(({ iss }) => ({ iss: iss?.toUpperCase() })),
  'issuer in a list': withClaims(({ iss }) => ({ iss: [iss] })),
  'issuer missing': without('iss'),
  'audience of another service': withClaims(() => ({ aud: 'https://other.example.com' })),
  'audience that begins like ours': withClaims(() => ({ aud: `${AUDIENCE}.evil.example.com` })),
  'audience that is a part of ours': withClaims(() => ({ aud: 'https://graph.example' })),
  'audience with a slash more': withClaims(() => ({ aud: `${AUDIENCE}/` })),
  'audience list without ours': withClaims(() => ({ aud: ['a', 'b'] })),
  'audience list in a list': withClaims(() => ({ aud: [[AUDIENCE]] })),
  'audience empty': withClaims(() => ({ aud: '' })),
  'audience missing': without('aud'),
  expired: withClaims(() => ({ exp: SECONDS - 5 })),
  'expired long ago': withClaims(() => ({ exp: 1 })),
  'expiry missing': without('exp'),
  'expiry as text': withClaims(() => ({ exp: String(SECONDS + 600) })),
  'expiry null': withClaims(() => ({ exp: null })),
  'expiry beyond numbers': (forge) =>
    signRaw(forge, header(), JSON.stringify(forge.claims).replace(/"exp":\d+/, '"exp":"Infinity"')),
  'not valid yet': withClaims(() => ({ nbf: SECONDS + 6 })),
  'not valid before a text': withClaims(() => ({ nbf: 'yesterday' })),
  // Clients and users that are not ours
  'client unknown': withClaims(() => ({ client_id: 'somebody' })),
  'client by our own id': withClaims(() => ({ client_id: 'web' })),
  'client of a prototype’s name': withClaims(() => ({ client_id: '__proto__' })),
  'client a list': withClaims(() => ({ client_id: ['web-spa'] })),
  'client missing': without('client_id'),
  'subject a list': withClaims(() => ({ sub: ['user-17'] })),
  'subject empty': withClaims(() => ({ sub: '' })),
  'subject with a line break': withClaims(() => ({ sub: 'user-17\nkey:operator' })),
  'subject of 256 characters': withClaims(() => ({ sub: 'x'.repeat(256) })),
  // Another form
  'critical extension': (forge) => signRaw(forge, header({ crit: ['exp'], exp: 1 }), JSON.stringify(forge.claims)),
  'critical extension of ours': (forge) =>
    signRaw(forge, header({ crit: ['b64'], b64: true }), JSON.stringify(forge.claims)),
  'critical list empty': (forge) => signRaw(forge, header({ crit: [] }), JSON.stringify(forge.claims)),
  'payload not encoded': (forge) => signRaw(forge, header({ crit: ['b64'], b64: false }), JSON.stringify(forge.claims)),
  'claim twice': (forge) => signRaw(forge, header(), JSON.stringify(forge.claims).replace('{', '{"sub":"admin",')),
  'claim twice, once escaped': (forge) =>
    signRaw(forge, header(), JSON.stringify(forge.claims).replace('{', '{"\\u0073ub":"admin",')),
  'header member twice': (forge) =>
    signRaw(forge, '{"alg":"none","alg":"RS256","kid":"key-1"}', JSON.stringify(forge.claims)),
  'payload no JSON': (forge) => signRaw(forge, header(), 'iss=us'),
  'payload a list': (forge) => signRaw(forge, header(), JSON.stringify([forge.claims])),
  'payload null': (forge) => signRaw(forge, header(), 'null'),
  'payload a token of its own': (forge) => signRaw(forge, header({ cty: 'JWT' }), forge.genuine),
  'payload a token, quoted': (forge) => signRaw(forge, header({ cty: 'JWT' }), JSON.stringify(forge.genuine)),
  'payload broken UTF-8': (forge) => {
    const text = `${encode(header())}.${Buffer.concat([Buffer.from('{"iss":"'), Buffer.from([0xff])]).toString('base64url')}`;
    return `${text}.${parts(forge.genuine)[2]}`;
  },
  'header no JSON': (forge) => signRaw(forge, 'RS256', JSON.stringify(forge.claims)),
  'header a list': (forge) => signRaw(forge, '["RS256"]', JSON.stringify(forge.claims)),
  encrypted: async ({ claims, key }) =>
    new EncryptJWT(claims)
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'key-1' })
      .encrypt(
        await crypto.subtle.importKey(
          'jwk',
          { ...(await exportJWK(key.publicKey)) },
          { name: 'RSA-OAEP', hash: 'SHA-256' },
          false,
          ['encrypt'],
        ),
      ),
  'in the JSON form': ({ genuine }) => {
    const [head, payload, signature] = parts(genuine);
    return JSON.stringify({ payload, signatures: [{ protected: head, signature }] });
  },
  'with a fourth part': ({ genuine }) => `${genuine}.x`,
  'two in one': ({ genuine }) => `${genuine},${genuine}`,
  'larger than 16 KB': withClaims(() => ({ padding: 'x'.repeat(100_000) })),
  'padded with =': ({ genuine }) => `${genuine}=`,
  'in plain base64': ({ genuine }) => genuine.replace(/-/g, '+').replace(/_/g, '/').replace(/$/, '+/'),
  'nothing but dots': () => '..',
};

describe('a forged token', () => {
  beforeAll(async () => {
    const pkcs8 = await crypto.subtle.exportKey('pkcs8', forge.key.privateKey);
    const body = Buffer.from(pkcs8).toString('base64');
    privateKeys.set(forge.key, `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`);
  });

  it('would be accepted if it were genuine', async () => {
    const principal = { id: 'jwt:web:user-17', client: 'web', kind: 'frontend', subject: 'user-17' };
    expect(await authenticate(`Bearer ${forge.genuine}`)).toMatchObject(principal);
    // So is what the tests below sign by hand.
    expect(await authenticate(`Bearer ${signRaw(forge, header(), JSON.stringify(forge.claims))}`)).toMatchObject(
      principal,
    );
  });

  it.each(Object.entries(FORGERIES))('is refused: %s', async (_name, make) => {
    expect(await authenticate(`Bearer ${await make(forge)}`)).toBeNull();
  });

  it('has more than forty forms here', () => expect(Object.keys(FORGERIES).length).toBeGreaterThan(80));

  it('sends us nowhere, and leaves nothing in the log', () => {
    expect(lure.paths).toEqual([]);
    expect(new Set(issuer.paths)).toEqual(new Set(['/jwks']));
    expect(log.lines).toEqual([]);
  });
});
