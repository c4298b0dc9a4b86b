/** What `schema/identity.yaml` says, as the joins ask it: which keys mean the same person or account. */

import { companyDomainOf, normaliseDomain, normaliseEmail, unicodeSpelling } from '../config/email-address.ts';
import { DEFAULT_IDENTITY_CONFIG, type IdentityConfig } from '../config/identity.ts';

export type Entity = 'person' | 'account';

export interface Identity {
  /** Per system the keys that recognise, in order of precedence. */
  readonly keys: {
    readonly person: IdentityConfig['person']['keys'];
    readonly account: IdentityConfig['account']['keys'];
  };
  /** The one spelling of any: what it is an alias of, else itself. */
  canonical(of: Entity, key: string): string;
  /** All spellings of whom a canonical key recognises, itself first: aliases, and letters beyond ASCII in domains. */
  spellings(of: Entity, key: string): readonly string[];
  /** An address as the key of a person; null for what is none. */
  personKey(email: unknown): string | null;
  /** A domain as the key of an account; null for what is none. */
  accountKey(domain: unknown): string | null;
  /** The account of an address; null for free-mail providers. */
  accountKeyOfEmail(email: string): string | null;
}

export function createIdentity({ person, account, freeMailDomains }: IdentityConfig): Identity {
  const aliases = {
    person: new Map(Object.entries(person.aliases)),
    account: new Map(Object.entries(account.aliases)),
  };
  const others = { person: targets(aliases.person), account: targets(aliases.account) };
  const freeMail: ReadonlySet<string> = new Set(freeMailDomains);
  const plain = (of: Entity, key: string): string => (isAscii(key) ? key : (NORMAL[of](key) ?? key));
  const canonical = (of: Entity, key: string): string => aliases[of].get(plain(of, key)) ?? plain(of, key);
  const keyOf = (of: Entity, normal: string | null): string | null => (normal === null ? null : canonical(of, normal));
  return {
    keys: { person: person.keys, account: account.keys },
    canonical,
    spellings: (of, key) => {
      const keys = [key, ...(others[of].get(key) ?? [])];
      return [...keys, ...keys.flatMap((one) => unicodeSpelling(one) ?? [])];
    },
    personKey: (email) => keyOf('person', normaliseEmail(email)),
    accountKey: (domain) => keyOf('account', normaliseDomain(domain)),
    accountKeyOfEmail: (email) => keyOf('account', companyDomainOf(email, freeMail)),
  };
}

const NORMAL = { person: normaliseEmail, account: normaliseDomain } satisfies Record<Entity, unknown>;
const isAscii = (text: string): boolean => /^\p{ASCII}*$/u.test(text);

/** For a graph folder without the file. */
export const DEFAULT_IDENTITY: Identity = createIdentity(DEFAULT_IDENTITY_CONFIG);

function targets(aliases: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const grouped = Map.groupBy(aliases, ([, target]) => target);
  return new Map([...grouped].map(([target, pairs]) => [target, pairs.map(([alias]) => alias)]));
}
