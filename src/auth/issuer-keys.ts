/**
 * The public keys of one issuer: fetched at first need, anew when a token names one that is unknown, and kept when the
 * issuer cannot be reached. Made here and not by jose's remote set, which asks again for every token while the issuer is
 * down and forgets its keys after ten minutes.
 */
import type { JWTVerifyGetKey } from 'jose';
import type { IssuerConfig } from '../config/clients.ts';
import type { Logger } from '../observe/log.ts';
import { type Fetch, fetchDocument } from './issuer-document.ts';

/** Older keys are fetched anew beside the request that asked for them … */
const FRESH_MS = 10 * 60_000;
/** … and before it, when they are so old that they may have been withdrawn. */
const STALE_MS = 60 * 60_000;
const KEPT_MS = 24 * 60 * 60_000;
/** Between two fetches, whatever tokens ask for. */
const COOLDOWN_MS = 30_000;
/** The same while there are no keys at all: until then nobody gets in. */
const FIRST_COOLDOWN_MS = 5_000;

export interface IssuerKeysOptions {
  issuer: Pick<IssuerConfig, 'issuer' | 'jwks'>;
  fetch: Fetch;
  now: () => number;
  log: Logger;
}

/** A key getter for jose; rejects when there is no such key. Each outage is one warning in the log. */
export function createIssuerKeys({ issuer, fetch, now, log }: IssuerKeysOptions): JWTVerifyGetKey {
  let keys: JWTVerifyGetKey | undefined;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  let down = false;

  const refresh = async (): Promise<void> => {
    triedAt = now();
    try {
      keys = await fetchKeys(issuer, fetch);
      fetchedAt = now();
      if (down) log.info({ issuer: issuer.issuer }, 'keys of the issuer fetched again');
      down = false;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!down) log.warn({ issuer: issuer.issuer, reason, kept: keys !== undefined }, 'no keys from the issuer');
      down = true;
    }
  };
  const tryRefresh = async (): Promise<void> => {
    const cooldown = keys === undefined ? FIRST_COOLDOWN_MS : COOLDOWN_MS;
    if (running === undefined && now() - triedAt < cooldown) return;
    running ??= refresh().finally(() => {
      running = undefined;
    });
    await running;
  };
  const upToDate = async (): Promise<void> => {
    const age = now() - fetchedAt;
    if (age > KEPT_MS) keys = undefined;
    if (age <= FRESH_MS) return;
    const refreshed = tryRefresh();
    if (age > STALE_MS) await refreshed;
  };

  return async (header, token) => {
    await upToDate();
    if (keys === undefined) throw new Error('no keys');
    try {
      return await keys(header, token);
    } catch (error) {
      if (!isUnknownKey(error)) throw error;
      await tryRefresh();
      return keys(header, token);
    }
  };
}

async function fetchKeys({ issuer, jwks }: IssuerKeysOptions['issuer'], fetch: Fetch): Promise<JWTVerifyGetKey> {
  const { createLocalJWKSet } = await import('jose');
  const url = jwks ?? (await discover(issuer, fetch));
  const { keys } = await fetchDocument(url, fetch);
  if (!Array.isArray(keys)) throw new Error(`${url} did not answer with a list of keys`);
  return createLocalJWKSet({ keys });
}

/** OpenID Connect Discovery 1.0, section 4. */
async function discover(issuer: string, fetch: Fetch): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const { issuer: named, jwks_uri: jwks } = await fetchDocument(url, fetch);
  if (named !== issuer) throw new Error(`${url} speaks for another issuer`);
  if (typeof jwks !== 'string') throw new Error(`${url} names no jwks_uri`);
  return jwks;
}

function isUnknownKey(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_JWKS_NO_MATCHING_KEY';
}
