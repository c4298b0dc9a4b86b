/** E-mail addresses as keys of people, and the domains in them as keys of companies. */
import { domainToASCII, domainToUnicode } from 'node:url';

/**
 * The address as a key: trimmed, lower case. A plus-tag is left alone: `ada+billing@…` may be another mailbox.
 * Null for what is no address (RFC 5321 allows 254 characters), and for one with a star: legal, never seen, and a wildcard
 * to a helpdesk's search. Anything but text, which a vendor's row may hold, is no address either. An apostrophe is fine: `sean.o'brien@…`.
 * `ada@bücher.de` is `ada@xn--bcher-kva.de`, as it is sent.
 */
export function normaliseEmail(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const trimmed = text.trim().toLowerCase();
  const isAddress = /^[^@]+@[^@]+$/.test(trimmed) && !/[\s\p{Cc}<>"(),;:*\\]/u.test(trimmed);
  const domain = isAddress ? inAscii(trimmed.slice(trimmed.indexOf('@') + 1)) : '';
  if (domain === '') return null;
  const address = trimmed.slice(0, trimmed.indexOf('@') + 1) + domain;
  return address.length <= 254 ? address : null;
}

/**
 * The domain as a key: lower case, without scheme, `www.`, path and trailing dot; in ASCII, as DNS has it: `bücher.de` is
 * `xn--bcher-kva.de`. Null for what is no domain (RFC 1035 allows 253 characters).
 */
export function normaliseDomain(domain: unknown): string | null {
  if (typeof domain !== 'string') return null;
  const bare = domain
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/[/?#].*$/, '');
  const host = inAscii(bare)
    .replace(/^www\./, '')
    .replace(/\.$/, '');
  return host.length <= 253 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/.test(host)
    ? host
    : null;
}

/** The other spelling of a normalised address or domain, for vendors that keep what was typed; null where there is none. */
export function unicodeSpelling(key: string): string | null {
  if (!key.includes('xn--')) return null;
  const start = key.indexOf('@') + 1;
  const domain = domainToUnicode(key.slice(start));
  return domain !== '' && domain !== key.slice(start) && inAscii(domain) === key.slice(start)
    ? key.slice(0, start) + domain
    : null;
}

/** Empty for what is no host. What is ASCII already is left as it is: only letters have another spelling. */
function inAscii(domain: string): string {
  if (/^\p{ASCII}*$/u.test(domain)) return domain;
  return /^[\p{L}\p{M}\p{N}.。．｡-]+$/u.test(domain) ? domainToASCII(domain) : '';
}

/** The company's domain in an address; null for free-mail providers, whose domains are given. */
export function companyDomainOf(address: string, freeMailDomains: ReadonlySet<string>): string | null {
  const email = normaliseEmail(address);
  const domain = email === null ? null : normaliseDomain(email.slice(email.lastIndexOf('@') + 1));
  return domain === null || freeMailDomains.has(domain) ? null : domain;
}
