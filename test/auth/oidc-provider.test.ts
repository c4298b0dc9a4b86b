/** Against a real authorization server: client credentials with a resource indicator (RFC 8707) give a JWT access token. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authenticator, createAuthenticator } from '../../src/auth/authenticator.ts';
import { clientsSchema } from '../../src/config/clients.ts';
import { AUDIENCE, NO_KEYS, type ReadableLog, readableLog } from './kit.ts';

const SECRET = 'a-secret-of-the-sync-job-0123456789';
const server = createServer();
let issuer: string;
let gateway: Authenticator;
let log: ReadableLog;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  issuer = `http://127.0.0.1:${port}`;
  const client = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [], client_secret: SECRET };
  const provider = new Provider(issuer, {
    clients: [
      { ...client, client_id: 'sync-job' },
      { ...client, client_id: 'somebody' },
    ],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: 'stripe:read stripe:write admin:write',
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  server.on('request', provider.callback());
  log = readableLog();
  const clients = clientsSchema.parse({
    issuers: [{ issuer, audience: AUDIENCE }],
    clients: [
      { id: 'sync', kind: 'app', proof: { issuer, client: 'sync-job' }, scopes: ['stripe:read', 'stripe:write'] },
    ],
  });
  gateway = await createAuthenticator({ keys: [], clients, keySource: NO_KEYS, log: log.log });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
});

async function tokenFor(client: string, scope: string, resource = AUDIENCE): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${client}:${SECRET}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource }),
  });
  const answer: unknown = await response.json();
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return String(Reflect.get(Object(answer), 'access_token'));
}

describe('a token of a real authorization server', () => {
  it('is its client, with the scopes it was given, until it expires', async () => {
    const token = await tokenFor('sync-job', 'stripe:read');
    const principal = await gateway.authenticate(`Bearer ${token}`);
    expect(principal).toEqual({
      id: 'jwt:sync:sync-job',
      client: 'sync',
      kind: 'app',
      scopes: new Set(['stripe:read']),
      expiresAt: expect.any(Number),
    });
    expect(principal?.expiresAt).toBeGreaterThan(Date.now());
    expect(gateway.authenticate(`Bearer ${token}`)).toBe(principal);
  });

  it('has no more than its client may, whatever the server gave', async () => {
    const token = await tokenFor('sync-job', 'stripe:read stripe:write admin:write');
    const principal = await gateway.authenticate(`Bearer ${token}`);
    expect(principal?.scopes).toEqual(new Set(['stripe:read', 'stripe:write']));
  });

  it('is nobody for another resource, for a client nobody wrote down, and with its signature cut', async () => {
    const token = await tokenFor('sync-job', 'stripe:read');
    expect(
      await gateway.authenticate(`Bearer ${await tokenFor('sync-job', '', 'https://other.example.com')}`),
    ).toBeNull();
    expect(await gateway.authenticate(`Bearer ${await tokenFor('somebody', 'stripe:read')}`)).toBeNull();
    expect(await gateway.authenticate(`Bearer ${token.slice(0, -5)}`)).toBeNull();
    expect(log.lines).toEqual([]);
  });
});
