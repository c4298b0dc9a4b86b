import type { Identity } from './identity.ts';

/** The parent of `Person`'s fields. */
export interface PersonRow {
  /** Normalised, and no alias. */
  email: string;
  /** As met on the way here, for those whom the CRM does not know. */
  name?: string | null;
}

/** Null for what is no e-mail address: nobody can be recognised by it. */
export function personRow(
  { identity }: { identity: Identity },
  email: string | null | undefined,
  name?: string | null,
): PersonRow | null {
  const address = email ? identity.personKey(email) : null;
  return address === null ? null : { email: address, name: name ?? null };
}

/** Each once, as first met: a vendor may give a row twice, and two addresses may be one person's. */
export function eachOnce(people: readonly PersonRow[]): PersonRow[] {
  const byEmail = new Map<string, PersonRow>();
  for (const person of people) if (!byEmail.has(person.email)) byEmail.set(person.email, person);
  return [...byEmail.values()];
}
