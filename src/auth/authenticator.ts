/**
 * Who a credential belongs to, for every transport alike: the keys of the settings, issued keys, JWTs. Answers at once but
 * for a JWT seen for the first time. Makes no network connection and waits for no issuer when it is created.
 */
import type { ClientsConfig } from '../config/clients.ts';
import type { Logger } from '../observe/log.ts';
import { type ApiKey, createKeyTable } from './api-keys.ts';
import { readBearer } from './bearer.ts';
import { digestBytes, digestOf } from './digest.ts';
import { createIssuedKeys, type IssuedKeys, type KeySource } from './issued-keys.ts';
import type { Fetch } from './issuer-document.ts';
import { createJwtVerifier } from './jwt.ts';
import type { Authenticate } from './principal.ts';

export interface AuthenticatorOptions {
  /** Keys of the settings: `demoKeys`, `operatorKey`. */
  keys: readonly ApiKey[];
  clients: ClientsConfig;
  /** Where issued keys are; asked only when a client proves itself by one. The caller ends it, after the authenticator. */
  keySource: KeySource;
  log: Logger;
  /** @default Date.now */
  now?: () => number;
  /** The way to issuers. @default global fetch */
  fetch?: Fetch;
  /** How often times of last use are written. @default 60_000 */
  flushMs?: number;
}

export interface Authenticator extends AsyncDisposable {
  authenticate: Authenticate;
}

/** Throws `ConfigError` for a key store that cannot be read or holds too many keys. */
export async function createAuthenticator({
  keys,
  clients,
  keySource,
  log,
  now = Date.now,
  fetch = (...request) => globalThis.fetch(...request),
  flushMs,
}: AuthenticatorOptions): Promise<Authenticator> {
  const findConfigured = createKeyTable(keys);
  const issued: IssuedKeys | undefined = clients.clients.some(({ proof }) => proof === 'key')
    ? await createIssuedKeys({ source: keySource, clients: clients.clients, log, now, flushMs })
    : undefined;
  const findJwt = clients.issuers.length === 0 ? undefined : createJwtVerifier({ clients, fetch, now, log });
  return {
    authenticate(authorization) {
      const token = readBearer(authorization);
      if (token === undefined) return null;
      const digest = digestOf(token);
      const bytes = digestBytes(digest);
      // Both are asked, whichever knows it.
      const configured = findConfigured(bytes);
      const found = issued?.find(token, bytes) ?? null;
      return configured ?? found ?? findJwt?.(token, digest) ?? null;
    },
    async [Symbol.asyncDispose]() {
      await issued?.[Symbol.asyncDispose]();
    },
  };
}
