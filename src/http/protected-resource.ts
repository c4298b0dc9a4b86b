/**
 * Tells a caller without a valid credential where to get one: protected resource metadata (RFC 9728) and the
 * `WWW-Authenticate` header that points to it (RFC 6750). Public: it names issuers and scopes, no client.
 */

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

export interface ProtectedResourceOptions {
  /** How callers reach the gateway: `https://graph.example.com`, a path before `/graphql` included. */
  publicUrl: string;
  /** Authorization servers whose tokens are taken. */
  issuers: readonly string[];
  /** Every scope there is. */
  scopes: readonly string[];
  /** Resources below the public URL that have a description of their own. @default ['/graphql'] */
  paths?: readonly string[];
}

/** RFC 6750, section 3.1. No error: no credential came at all. */
export type BearerError = 'invalid_request' | 'invalid_token' | 'insufficient_scope';

export interface Challenge {
  error?: BearerError;
  /** Scopes that would allow what was asked. */
  scopes?: readonly string[];
  /** Which resource was asked for. @default '/graphql' */
  path?: string;
}

export interface ProtectedResource {
  /** Path → JSON text, to be answered to anybody who asks by GET. */
  documents: Readonly<Record<string, string>>;
  /** The value of `WWW-Authenticate`. */
  challenge(challenge?: Challenge): string;
}

/** Throws `TypeError` for a public URL that is none. */
export function describeProtectedResource({
  publicUrl,
  issuers,
  scopes,
  paths = ['/graphql'],
}: ProtectedResourceOptions): ProtectedResource {
  if (!URL.canParse(publicUrl)) throw new TypeError(`publicUrl: found "${publicUrl}", expected a URL.`);
  const { origin, pathname } = new URL(publicUrl);
  const base = pathname.replace(/\/$/, '');
  const document = (path: string): string =>
    JSON.stringify({
      resource: `${origin}${base}${path}`,
      ...(issuers.length > 0 && { authorization_servers: issuers }),
      scopes_supported: scopes,
      bearer_methods_supported: ['header'],
      resource_name: 'vendorgraph',
    });
  return {
    // The well-known part stands between host and path (RFC 9728, section 3.1).
    documents: Object.fromEntries(['', ...paths].map((path) => [`${WELL_KNOWN}${base}${path}`, document(path)])),
    challenge({ error, scopes: needed = [], path = '/graphql' } = {}) {
      const parts = [
        error && `error="${error}"`,
        needed.length > 0 && `scope="${needed.filter(isScopeToken).join(' ')}"`,
        `resource_metadata="${origin}${WELL_KNOWN}${base}${path}"`,
      ];
      return `Bearer ${parts.filter(Boolean).join(', ')}`;
    },
  };
}

/** RFC 6749, section 3.3: what may stand between the quotes. */
function isScopeToken(scope: string): boolean {
  return /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope);
}
