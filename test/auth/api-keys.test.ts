import { describe, expect, it } from 'vitest';
import { type ApiKey, allScopes, demoKeys, operatorKey } from '../../src/auth/api-keys.ts';
import { createAuthenticator } from '../../src/auth/authenticator.ts';
import type { Authenticate } from '../../src/auth/principal.ts';
import { NO_CLIENTS } from '../../src/config/clients.ts';
import { VENDOR_NAMES } from '../../src/sandbox/vendor-name.ts';
import { NO_KEYS, readableLog } from './kit.ts';

/** Of a gateway that knows these keys and nobody else; it holds nothing that would have to be ended. */
async function authenticatorOf(keys: readonly ApiKey[]): Promise<Authenticate> {
  const { log } = readableLog();
  return (await createAuthenticator({ keys, clients: NO_CLIENTS, keySource: NO_KEYS, log })).authenticate;
}

const authenticate = await authenticatorOf(demoKeys(VENDOR_NAMES));
const scopesOf = async (key: string): Promise<string[]> => [...((await authenticate(`Bearer ${key}`))?.scopes ?? [])];

describe('API keys', () => {
  it.each([
    undefined,
    null,
    '',
    'Bearer',
    'Bearer ',
    'Bearer vg_demo_admin2',
    'bearer: vg_demo_admin',
    'Basic vg_demo_admin',
    'vg_demo_admin',
    'Bearer vg_demo_admin x',
  ])('are not found in %j', async (authorization) => expect(await authenticate(authorization)).toBeNull());

  it('are found whatever the case of "Bearer"', async () => {
    expect(await authenticate('bEARER vg_demo_app')).toMatchObject({ kind: 'app' });
  });

  it('of the sandbox may do what the contract says', async () => {
    expect((await scopesOf('vg_demo_admin')).sort()).toEqual(allScopes(VENDOR_NAMES).sort());
    expect((await scopesOf('vg_demo_frontend')).filter((scope) => scope.endsWith(':write'))).toEqual([]);
    expect(await scopesOf('vg_demo_frontend')).toEqual(
      expect.arrayContaining(['stripe:read', 'pii:read', 'events:read']),
    );
    expect((await scopesOf('vg_demo_app')).filter((scope) => scope.endsWith(':write')).sort()).toEqual([
      'calcom:write',
      'hubspot:write',
      'resend:write',
      'slack:write',
      'zendesk:write',
    ]);
    expect((await scopesOf('vg_demo_agent')).filter((scope) => scope.endsWith(':write')).sort()).toEqual([
      'calcom:write',
      'hubspot:write',
      'zendesk:write',
    ]);
    expect(await scopesOf('vg_demo_agent')).not.toContain('pii:read');
  });

  it('are clients of their own, and the operator’s may do everything', async () => {
    const names = ['frontend', 'app', 'agent', 'admin'];
    const clients = await Promise.all(names.map((name) => authenticate(`Bearer vg_demo_${name}`)));
    expect(clients.map((principal) => principal?.client)).toEqual([
      'demo-frontend',
      'demo-app',
      'demo-agent',
      'demo-admin',
    ]);
    const key = 'an-operator-key-of-32-characters';
    const authenticateOperator = await authenticatorOf([operatorKey(key, VENDOR_NAMES)]);
    const operator = await authenticateOperator(`Bearer ${key}`);
    expect(operator).toMatchObject({ id: 'key:operator', client: 'operator', kind: 'operator' });
    expect(operator?.scopes).toBe((await authenticate('Bearer vg_demo_admin'))?.scopes);
    expect(JSON.stringify(operator)).not.toContain(key);
  });
});
