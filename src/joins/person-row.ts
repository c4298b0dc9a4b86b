import { normaliseEmail } from './email-address.ts';

/** The parent of `Person`'s fields. */
export interface PersonRow {
  /** Normalised. */
  email: string;
  /** As met on the way here, for those whom the CRM does not know. */
  name?: string | null;
}

/** Null for what is no e-mail address: nobody can be recognised by it. */
export function personRow(email: string | null | undefined, name?: string | null): PersonRow | null {
  const address = email ? normaliseEmail(email) : null;
  return address === null ? null : { email: address, name: name ?? null };
}
