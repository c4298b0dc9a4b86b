/** Keys that settings name: the sandbox's demo keys and the operator's. */
import { timingSafeEqual } from 'node:crypto';
import { digestBytes, digestOf } from './digest.ts';
import { internScopes } from './interned-scopes.ts';
import type { Principal, Scope } from './principal.ts';

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

/** The operator's key: every scope. */
export function operatorKey(key: string, vendors: readonly string[]): ApiKey {
  const scopes = internScopes(allScopes(vendors));
  return { key, principal: { id: 'key:operator', client: 'operator', kind: 'operator', scopes } };
}

/** Everything there is. */
export function allScopes(vendors: readonly string[]): Scope[] {
  const onVendors = vendors.flatMap((vendor) => [`${vendor}:read`, `${vendor}:write`]);
  return [...onVendors, 'pii:read', 'events:read', 'events:replay', 'admin:read', 'admin:write'];
}

/** Finds the key with this digest, given as bytes. Every key is compared, whichever matches. */
export function createKeyTable(keys: readonly ApiKey[]): (digest: Buffer) => Principal | null {
  const known = keys.map(({ key, principal }) => ({ digest: digestBytes(digestOf(key)), principal }));
  return (digest) => {
    let found: Principal | null = null;
    for (const { digest: one, principal } of known) if (timingSafeEqual(digest, one)) found = principal;
    return found;
  };
}

const DEMO = 'vg_demo_';

/** Whether a text looks like one, whichever way it is written. */
export function isDemoKey(key: string): boolean {
  return key.trim().toLowerCase().startsWith(DEMO);
}

function demoKey(name: string, kind: Principal['kind'], scopes: Scope[]): ApiKey {
  const key = `${DEMO}${name}`;
  return { key, principal: { id: `key:${key}`, client: `demo-${name}`, kind, scopes: internScopes(scopes) } };
}
