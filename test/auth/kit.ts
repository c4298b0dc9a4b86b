/** What tests of credentials are made of: a log that can be read, a clock that can be set, clients, an issuer with its keys. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import type { KeySource } from '../../src/auth/issued-keys.ts';
import { type ClientsConfig, clientsSchema } from '../../src/config/clients.ts';
import { createLog, type Logger } from '../../src/observe/log.ts';

export const NOW = Date.UTC(2026, 0, 15, 12);

export interface ReadableLog {
  log: Logger;
  lines: Record<string, unknown>[];
  text(): string;
}

export function readableLog(): ReadableLog {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({
    level: 'trace',
    destination: { write: (line: string) => void lines.push(JSON.parse(line)) },
  });
  return { log, lines, text: () => JSON.stringify(lines) };
}

export interface Clock {
  now(): number;
  advance(ms: number): void;
}

export function clock(start = NOW): Clock {
  let time = start;
  return {
    now: () => time,
    advance(ms) {
      time += ms;
    },
  };
}

/** Has no keys. */
export const NO_KEYS: KeySource = {
  name: 'none',
  live: async () => [],
  recordUses: async () => {},
  watch: async () => ({ [Symbol.dispose]: () => {} }),
};

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface TestServer extends AsyncDisposable {
  url: string;
  /** Paths asked for, in order. */
  paths: string[];
  handler: Handler;
}

/** A server on this machine whose answers can be changed. */
export async function startServer(handler: Handler): Promise<TestServer> {
  const server = createServer((request, response) => {
    started.paths.push(request.url ?? '');
    started.handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  const started: TestServer = {
    url: `http://127.0.0.1:${port}`,
    paths: [],
    handler,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return started;
}

export function answerJson(value: unknown): Handler {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
}

export interface SigningKey {
  alg: string;
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  jwk: JWK;
}

export async function signingKey(kid: string, alg = 'RS256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  return { alg, kid, privateKey, publicKey, jwk };
}

export function sign(claims: JWTPayload, { alg, kid, privateKey }: SigningKey, header: object = {}): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'at+jwt', ...header }).sign(privateKey);
}

export const AUDIENCE = 'https://graph.example.com';

/** One issuer with a frontend and an app, and a client with keys. */
export function clientsOf(issuer: string, more: object = {}): ClientsConfig {
  return clientsSchema.parse({
    issuers: [{ issuer, audience: AUDIENCE, ...more }],
    clients: [
      { id: 'web', kind: 'frontend', proof: { issuer, client: 'web-spa' }, scopes: ['stripe:read', 'pii:read'] },
      { id: 'sync', kind: 'app', proof: { issuer, client: 'sync-job' }, scopes: ['stripe:read', 'stripe:write'] },
    ],
  });
}

/** Claims of a user's token that is accepted. */
export function goodClaims(issuer: string, now = NOW): JWTPayload {
  const seconds = Math.floor(now / 1000);
  return {
    iss: issuer,
    aud: AUDIENCE,
    sub: 'user-17',
    client_id: 'web-spa',
    scope: 'stripe:read pii:read',
    iat: seconds,
    exp: seconds + 600,
  };
}
