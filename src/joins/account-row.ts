import type { Identity } from './identity.ts';

/** The parent of `Account`'s fields. */
export interface AccountRow {
  /** Normalised, and no alias. */
  domain: string;
  /** As met on the way here, for those whom the CRM does not know. */
  name?: string | null;
}

/** Null for what is no domain. */
export function accountRow(
  { identity }: { identity: Identity },
  domain: string | null | undefined,
  name?: string | null,
): AccountRow | null {
  const host = domain ? identity.accountKey(domain) : null;
  return host === null ? null : { domain: host, name: name ?? null };
}

/** The company of an address; null for free-mail addresses. */
export function accountRowOfEmail(
  context: { identity: Identity },
  email: string | null | undefined,
): AccountRow | null {
  return accountRow(context, email ? context.identity.accountKeyOfEmail(email) : null);
}
