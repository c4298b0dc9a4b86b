/** API keys as bearer tokens. Keys are compared as SHA-256 digests, so that time tells nothing about them. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Authenticate, Principal, Scope } from './principal.ts';

export interface ApiKey {
  key: string;
  principal: Principal;
}

/** Public by design: they open nothing but the sandbox. */
export function demoKeys(vendors: readonly string[]): readonly ApiKey[] {
  const reads = vendors.map((vendor) => `${vendor}:read`);
  const writes = (...names: string[]) => names.filter((name) => vendors.includes(name)).map((name) => `${name}:write`);
  const app = writes('hubspot', 'slack', 'resend', 'calcom', 'zendesk');
  return [
    demoKey('frontend', 'frontend', [...reads, 'pii:read', 'events:read']),
    demoKey('app', 'app', [...reads, 'pii:read', 'events:read', ...app]),
    demoKey('agent', 'agent', [...reads, 'events:read', ...writes('hubspot', 'zendesk', 'calcom')]),
    demoKey('admin', 'operator', allScopes(vendors)),
  ];
}

/** Everything there is. */
export function allScopes(vendors: readonly string[]): Scope[] {
  const onVendors = vendors.flatMap((vendor) => [`${vendor}:read`, `${vendor}:write`]);
  return [...onVendors, 'pii:read', 'events:read', 'events:replay', 'admin:read', 'admin:write'];
}

/** Answers `Bearer <key>`; anything else is nobody. */
export function createKeyAuthenticator(keys: readonly ApiKey[]): Authenticate {
  const known = keys.map(({ key, principal }) => ({ digest: sha256(key), principal }));
  return (authorization) => {
    const token = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return null;
    const digest = sha256(token);
    // Every key is compared, whichever matches.
    return known.reduce<Principal | null>(
      (found, { digest: one, principal }) => (timingSafeEqual(digest, one) ? principal : found),
      null,
    );
  };
}

function demoKey(name: string, kind: Principal['kind'], scopes: Scope[]): ApiKey {
  const key = `vg_demo_${name}`;
  return { key, principal: { id: `key:${key}`, kind, scopes: new Set(scopes) } };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
