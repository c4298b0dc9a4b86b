import { describe, expect, it } from 'vitest';
import { describeProtectedResource } from '../../src/http/protected-resource.ts';

const ISSUERS = ['https://login.example.com'];
const SCOPES = ['stripe:read', 'admin:write'];
const describeAt = (publicUrl: string) => describeProtectedResource({ publicUrl, issuers: ISSUERS, scopes: SCOPES });

describe('protected resource metadata', () => {
  it('names issuers and scopes for the resource its address is made from', () => {
    const { documents } = describeAt('https://graph.example.com/');
    const common = {
      authorization_servers: ISSUERS,
      scopes_supported: SCOPES,
      bearer_methods_supported: ['header'],
      resource_name: 'vendorgraph',
    };
    expect(Object.entries(documents).map(([path, text]) => [path, JSON.parse(text)])).toEqual([
      ['/.well-known/oauth-protected-resource', { resource: 'https://graph.example.com', ...common }],
      ['/.well-known/oauth-protected-resource/graphql', { resource: 'https://graph.example.com/graphql', ...common }],
    ]);
  });

  it('puts the well-known part before the path of the public URL', () => {
    const { documents, challenge } = describeAt('https://example.com:8443/api');
    expect(Object.keys(documents)).toEqual([
      '/.well-known/oauth-protected-resource/api',
      '/.well-known/oauth-protected-resource/api/graphql',
    ]);
    expect(documents['/.well-known/oauth-protected-resource/api/graphql']).toContain(
      '"resource":"https://example.com:8443/api/graphql"',
    );
    expect(challenge()).toBe(
      'Bearer resource_metadata="https://example.com:8443/.well-known/oauth-protected-resource/api/graphql"',
    );
  });

  it('names no authorization servers when there are none', () => {
    const { documents } = describeProtectedResource({ publicUrl: 'http://127.0.0.1:4000', issuers: [], scopes: [] });
    expect(Object.values(documents).join()).not.toContain('authorization_servers');
  });

  it('refuses a public URL that is none', () => {
    expect(() => describeAt('graph.example.com')).toThrow(TypeError);
  });
});

describe('the challenge', () => {
  const { challenge } = describeAt('https://graph.example.com');
  const metadata = 'resource_metadata="https://graph.example.com/.well-known/oauth-protected-resource/graphql"';

  it('has no error for a request that brought no credential', () => {
    expect(challenge()).toBe(`Bearer ${metadata}`);
  });

  it('says what was wrong and which scopes would do', () => {
    expect(challenge({ error: 'invalid_token' })).toBe(`Bearer error="invalid_token", ${metadata}`);
    expect(challenge({ error: 'insufficient_scope', scopes: ['stripe:read', 'pii:read'] })).toBe(
      `Bearer error="insufficient_scope", scope="stripe:read pii:read", ${metadata}`,
    );
  });

  it('cannot be broken out of by a scope', () => {
    expect(challenge({ scopes: ['a"b', 'c\r\nset-cookie: x', 'd\\', 'stripe:read'] })).toBe(
      `Bearer scope="stripe:read", ${metadata}`,
    );
  });
});
