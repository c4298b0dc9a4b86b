/**
 * JWTs of the issuers in clients.yaml. What a token says of itself decides only which issuer's keys and rules it is held
 * against; the rest of its header (`jwk`, `jku`, `x5u`) is never looked at.
 */
import type { JWTVerifyGetKey } from 'jose';
import type { ClientConfig, ClientsConfig, IssuerConfig } from '../config/clients.ts';
import type { Logger } from '../observe/log.ts';
import type { Digest } from './digest.ts';
import { hasDuplicateMembers } from './duplicate-members.ts';
import { type Fetch, parseObject } from './issuer-document.ts';
import { createIssuerKeys } from './issuer-keys.ts';
import { type ClientsOfIssuer, jwtPrincipal } from './jwt-principal.ts';
import type { Principal } from './principal.ts';
import { createRecentTokens } from './recent-tokens.ts';

const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

export interface JwtOptions {
  clients: Pick<ClientsConfig, 'issuers' | 'clients'>;
  fetch: Fetch;
  now: () => number;
  log: Logger;
}

/** Answers at once for a token verified within the last minute. Never rejects: what cannot be verified is nobody's. */
export type FindJwt = (token: string, digest: Digest) => Principal | null | Promise<Principal | null>;

interface Issuer {
  config: IssuerConfig;
  clients: ClientsOfIssuer;
  keys: JWTVerifyGetKey;
}

/** Reaches no issuer until the first token comes. */
export function createJwtVerifier({ clients: { issuers, clients }, fetch, now, log }: JwtOptions): FindJwt {
  const recent = createRecentTokens(now);
  const known = new Map(
    issuers.map((config): [string, Issuer] => [
      config.issuer,
      {
        config,
        clients: clientsOf(config, clients),
        keys: createIssuerKeys({ issuer: config, fetch, now, log }),
      },
    ]),
  );

  const verify = async (token: string, issuer: Issuer, digest: Digest): Promise<Principal | null> => {
    const claims = await verifiedClaims(token, issuer, now).catch(() => undefined);
    const principal = claims ? jwtPrincipal(claims, issuer.config, issuer.clients) : null;
    if (principal?.expiresAt !== undefined) {
      recent.keep(digest, principal, principal.expiresAt + issuer.config.clockToleranceSeconds * 1000);
    }
    return principal;
  };

  return (token, digest) => {
    if (!COMPACT.test(token)) return null;
    const principal = recent.find(digest);
    if (principal) return principal;
    const issuer = known.get(namedIssuer(token));
    return issuer ? verify(token, issuer, digest) : null;
  };
}

async function verifiedClaims(token: string, { config, keys }: Issuer, now: () => number) {
  // Only here, so that a gateway without issuers, and one that waits for its first token, does not load it.
  const { jwtVerify } = await import('jose');
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: config.issuer,
    audience: config.audience,
    algorithms: config.algorithms,
    requiredClaims: ['exp'],
    clockTolerance: config.clockToleranceSeconds,
    currentDate: new Date(now()),
  });
  return isAccessToken(protectedHeader.typ, config) ? payload : undefined;
}

/**
 * RFC 8725, section 3.11: a token made for another purpose says so in its type (`logout+jwt`, `dpop+jwt`). Many issuers say
 * `JWT`, or nothing, of access tokens as of ID tokens: those are told apart only where the issuer is said to type them.
 */
function isAccessToken(typ: string | undefined, { typ: required }: IssuerConfig): boolean {
  const type = typ?.toLowerCase().replace(/^application\//, '');
  return type === 'at+jwt' || (required === undefined && (type === undefined || type === 'jwt'));
}

/** What the token claims, unverified; '' for one that is not worth verifying. */
function namedIssuer(token: string): string {
  const [header = '', payload = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString('utf8'));
  const { crit, b64 } = parseObject(header) ?? { crit: [] };
  const { iss } = parseObject(payload) ?? {};
  // No extension of the format is ours, and none may be passed over (RFC 7515, section 4.1.11).
  if (typeof iss !== 'string' || crit !== undefined || b64 !== undefined) return '';
  return hasDuplicateMembers(header) || hasDuplicateMembers(payload) ? '' : iss;
}

function clientsOf({ issuer }: IssuerConfig, clients: readonly ClientConfig[]): ClientsOfIssuer {
  return new Map(
    clients.flatMap((client): [string, ClientConfig][] =>
      client.proof !== 'key' && client.proof.issuer === issuer ? [[client.proof.client, client]] : [],
    ),
  );
}
