import { describe, expect, it } from 'vitest';
import { allScopes, createKeyAuthenticator, demoKeys } from '../../src/auth/api-keys.ts';
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
});
