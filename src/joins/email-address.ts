/** E-mail addresses as keys of people, and the domains in them as keys of companies. */

/**
 * The address as a key: trimmed, lower case. A plus-tag is left alone: `ada+billing@…` may be another mailbox.
 * Null for what is no address (RFC 5321 allows 254 characters), and for one with a star: legal, never seen, and a wildcard
 * to a helpdesk's search. Anything but text, which a vendor's row may hold, is no address either. An apostrophe is fine: `sean.o'brien@…`.
 */
export function normaliseEmail(address: unknown): string | null {
  if (typeof address !== 'string') return null;
  const trimmed = address.trim().toLowerCase();
  const isAddress = /^[^@]+@[^@]+$/.test(trimmed) && !/[\s\p{Cc}<>"(),;:*\\]/u.test(trimmed);
  return isAddress && trimmed.length <= 254 ? trimmed : null;
}

/** The domain as a key: lower case, without scheme, `www.`, path and trailing dot. Null for what is no domain (RFC 1035 allows 253 characters). */
export function normaliseDomain(domain: unknown): string | null {
  if (typeof domain !== 'string') return null;
  const host = domain
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/[/?#].*$/, '')
    .replace(/^www\./, '')
    .replace(/\.$/, '');
  return host.length <= 253 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/.test(host)
    ? host
    : null;
}

/** The company's domain in an address; null for free-mail providers, whose domains are given. */
export function companyDomainOf(address: string, freeMailDomains: ReadonlySet<string>): string | null {
  const email = normaliseEmail(address);
  const domain = email === null ? null : normaliseDomain(email.slice(email.lastIndexOf('@') + 1));
  return domain === null || freeMailDomains.has(domain) ? null : domain;
}
