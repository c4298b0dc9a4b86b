/** API keys as bearer tokens. Keys are compared as SHA-256 digests, so that time tells nothing about them. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { VENDOR_NAMES } from '../config/vendor-name.ts';
import type { Authenticate, Principal, Scope } from './principal.ts';

export interface ApiKey {
  key: string;
  principal: Principal;
}

const reads = VENDOR_NAMES.map((vendor) => `${vendor}:read`);
const writes = (...vendors: string[]): Scope[] => vendors.map((vendor) => `${vendor}:write`);

/** Public by design: they open nothing but the sandbox. */
export const DEMO_KEYS: readonly ApiKey[] = [
  demoKey('frontend', 'frontend', [...reads, 'pii:read', 'events:read']),
  demoKey('app', 'app', [
    ...reads,
    'pii:read',
    'events:read',
    ...writes('hubspot', 'slack', 'resend', 'calcom', 'zendesk'),
  ]),
  demoKey('agent', 'agent', [...reads, 'events:read', ...writes('hubspot', 'zendesk', 'calcom')]),
  demoKey('admin', 'operator', allScopes()),
];

/** Everything there is. */
export function allScopes(): Scope[] {
  return [
    ...reads,
    ...writes(...VENDOR_NAMES),
    'pii:read',
    'events:read',
    'events:replay',
    'admin:read',
    'admin:write',
  ];
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
