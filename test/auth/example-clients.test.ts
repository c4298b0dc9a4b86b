/** `examples/clients/clients.yaml`: one client of each kind, each let in by its own proof. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allScopes } from '../../src/auth/api-keys.ts';
import { type Authenticator, createAuthenticator } from '../../src/auth/authenticator.ts';
import { makeKey } from '../../src/auth/issued-key.ts';
import { readClientsFile } from '../../src/config/clients-file.ts';
import { resolveLimits } from '../../src/config/limits.ts';
import { VENDOR_NAMES } from '../../src/sandbox/vendor-name.ts';
import { AUDIENCE, NO_KEYS, NOW, readableLog, sign, signingKey } from './kit.ts';

const EXAMPLE = dirname(fileURLToPath(new URL('../../examples/clients/clients.yaml', import.meta.url)));
const ISSUER = 'https://login.example.com';
const clients = readClientsFile(EXAMPLE, allScopes(VENDOR_NAMES));
const [exportKey, agentKey] = [makeKey(), makeKey()];
let gateway: Authenticator;
let token: string;

beforeAll(async () => {
  const key = await signingKey('key-1');
  const published: Record<string, unknown> = {
    [`${ISSUER}/.well-known/openid-configuration`]: { issuer: ISSUER, jwks_uri: `${ISSUER}/keys` },
    [`${ISSUER}/keys`]: { keys: [key.jwk] },
  };
  gateway = await createAuthenticator({
    keys: [],
    clients,
    keySource: {
      ...NO_KEYS,
      live: async () => [
        { ...exportKey, client: 'nightly-export' },
        { ...agentKey, client: 'support-agent' },
      ],
    },
    log: readableLog().log,
    now: () => NOW,
    // login.example.com is nowhere; what it would publish is.
    fetch: async (url) => Response.json(published[String(url)]),
  });
  const exp = NOW / 1000 + 600;
  const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'user-17', client_id: 'customer-page-spa', exp };
  token = await sign({ ...claims, scope: 'openid stripe:read pii:read admin:write' }, key);
});
afterAll(() => gateway[Symbol.asyncDispose]());

it('lets a user of the page in by a token, for saved operations, with no more than both may', async () => {
  expect(await gateway.authenticate(`Bearer ${token}`)).toMatchObject({
    client: 'customer-page',
    kind: 'frontend',
    subject: 'user-17',
    trustedDocumentsOnly: true,
    scopes: new Set(['pii:read', 'stripe:read']),
  });
});

it('lets the export and the agent in by their keys, each with its quota', () => {
  expect(gateway.authenticate(`Bearer ${exportKey.key}`)).toMatchObject({
    client: 'nightly-export',
    kind: 'app',
    quota: { requestsPerMinute: 600, concurrency: 4, writesPerDay: 0 },
  });
  const agent = gateway.authenticate(`Bearer ${agentKey.key}`);
  expect(agent).toMatchObject({ client: 'support-agent', kind: 'agent', quota: { costPerMinute: 500 } });
  expect(agent).not.toHaveProperty('scopes.pii:read');
});

it('narrows the limits of agents', () => {
  expect(resolveLimits(clients.limits).agent).toMatchObject({ depth: 10, cost: 100 });
});
