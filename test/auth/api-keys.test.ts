import { describe, expect, it } from 'vitest';
import { allScopes, createKeyAuthenticator, demoKeys, operatorKey } from '../../src/auth/api-keys.ts';
import { VENDOR_NAMES } from '../../src/sandbox/vendor-name.ts';

const authenticate = createKeyAuthenticator(demoKeys(VENDOR_NAMES));
const scopesOf = (key: string): string[] => [...(authenticate(`Bearer ${key}`)?.scopes ?? [])];

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
  ])('are not found in %j', (authorization) => expect(authenticate(authorization)).toBeNull());

  it('are found whatever the case of "Bearer"', () => {
    expect(authenticate('bEARER vg_demo_app')).toMatchObject({ kind: 'app' });
  });

  it('of the sandbox may do what the contract says', () => {
    expect(scopesOf('vg_demo_admin').sort()).toEqual(allScopes(VENDOR_NAMES).sort());
    expect(scopesOf('vg_demo_frontend').filter((scope) => scope.endsWith(':write'))).toEqual([]);
    expect(scopesOf('vg_demo_frontend')).toEqual(expect.arrayContaining(['stripe:read', 'pii:read', 'events:read']));
    expect(
      scopesOf('vg_demo_app')
        .filter((scope) => scope.endsWith(':write'))
        .sort(),
    ).toEqual(['calcom:write', 'hubspot:write', 'resend:write', 'slack:write', 'zendesk:write']);
    expect(
      scopesOf('vg_demo_agent')
        .filter((scope) => scope.endsWith(':write'))
        .sort(),
    ).toEqual(['calcom:write', 'hubspot:write', 'zendesk:write']);
    expect(scopesOf('vg_demo_agent')).not.toContain('pii:read');
  });

  it('are clients of their own, and the operator’s may do everything', () => {
    const clients = ['frontend', 'app', 'agent', 'admin'].map((name) => authenticate(`Bearer vg_demo_${name}`)?.client);
    expect(clients).toEqual(['demo-frontend', 'demo-app', 'demo-agent', 'demo-admin']);
    const key = 'an-operator-key-of-32-characters';
    const operator = createKeyAuthenticator([operatorKey(key, VENDOR_NAMES)])(`Bearer ${key}`);
    expect(operator).toMatchObject({ id: 'key:operator', client: 'operator', kind: 'operator' });
    expect(operator?.scopes).toBe(authenticate('Bearer vg_demo_admin')?.scopes);
    expect(JSON.stringify(operator)).not.toContain(key);
  });
});
