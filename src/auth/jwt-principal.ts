/** Who a verified JWT stands for. Its claims are the issuer's word, but still text from outside: bounded, and no line breaks. */
import type { ClientConfig, IssuerConfig } from '../config/clients.ts';
import { clientPrincipal } from './client-principal.ts';
import type { Principal, Scope } from './principal.ts';
import { safeName } from './safe-name.ts';

type Claims = Readonly<Record<string, unknown>>;

/** OpenID Connect Core, section 2: at most 255 characters. */
const SUBJECT = /^[^\p{Cc}\p{Zl}\p{Zp}]{1,255}$/u;
const MAX_EXPIRY = 8.64e15;

/** The client at its issuer → the client in clients.yaml. */
export type ClientsOfIssuer = ReadonlyMap<string, ClientConfig>;

/** Null for a client nobody has written down, and for claims that are no text. */
export function jwtPrincipal(claims: Claims, issuer: IssuerConfig, clients: ClientsOfIssuer): Principal | null {
  const name = clientName(claims, issuer);
  const client = name === undefined ? undefined : clients.get(name);
  const { sub: subject = name, exp } = claims;
  if (client === undefined || typeof subject !== 'string' || !SUBJECT.test(subject)) return null;
  if (typeof exp !== 'number') return null;
  const granted = scopesIn(claims[issuer.scopesClaim]);
  return clientPrincipal(client, {
    id: `jwt:${client.id}:${safeName(subject)}`,
    scopes: client.scopes.filter((scope) => granted.has(scope)),
    subject: subject === name ? undefined : subject,
    expiresAt: Math.min(exp * 1000, MAX_EXPIRY),
  });
}

function clientName(claims: Claims, { clientClaim }: IssuerConfig): string | undefined {
  const claim = clientClaim ?? (claims['client_id'] === undefined ? 'azp' : 'client_id');
  const name = claims[claim];
  return typeof name === 'string' ? name : undefined;
}

/** Words in a text, as OAuth has it, or a list. */
function scopesIn(claim: unknown): ReadonlySet<Scope> {
  const words: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return new Set(words.filter((word) => typeof word === 'string'));
}
