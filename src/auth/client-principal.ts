/** The principal a client of clients.yaml has. */
import type { ClientConfig } from '../config/clients.ts';
import { resolveQuota } from '../config/quota-limits.ts';
import { internScopes } from './interned-scopes.ts';
import type { Principal, Scope } from './principal.ts';

/** What the credential adds to the client. */
export interface Proven {
  /** @default the client itself */
  id?: string;
  scopes: Iterable<Scope>;
  subject?: string | undefined;
  /** Epoch milliseconds. */
  expiresAt?: number | undefined;
}

export function clientPrincipal(
  client: ClientConfig,
  { id = client.id, scopes, subject, expiresAt }: Proven,
): Principal {
  return {
    id,
    client: client.id,
    kind: client.kind,
    scopes: internScopes(scopes),
    ...(subject !== undefined && { subject }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(client.trustedDocumentsOnly && { trustedDocumentsOnly: true }),
    ...(client.quota !== undefined && { quota: resolveQuota(client.kind, client.quota) }),
  };
}
