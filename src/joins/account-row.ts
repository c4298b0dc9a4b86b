import { companyDomainOf, normaliseDomain } from './email-address.ts';

/** The parent of `Account`'s fields. */
export interface AccountRow {
  /** Normalised. */
  domain: string;
  /** As met on the way here, for those whom the CRM does not know. */
  name?: string | null;
}

/** Null for what is no domain. */
export function accountRow(domain: string | null | undefined, name?: string | null): AccountRow | null {
  const host = domain ? normaliseDomain(domain) : null;
  return host === null ? null : { domain: host, name: name ?? null };
}

/** The company of an address; null for free-mail addresses. */
export function accountRowOfEmail(email: string | null | undefined): AccountRow | null {
  return accountRow(email ? companyDomainOf(email) : null);
}
