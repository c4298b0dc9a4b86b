/** Resend contacts ↔ people, by e-mail address. */
import { normaliseEmail } from './email-address.ts';
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { personRow } from './person-row.ts';

interface ContactRow {
  id: string;
  email?: string | null;
  first_name?: string | null;
  last_name?: string | null;
}

/** Resend takes an address where it takes an id; it has no batch read. */
export const resendContactByEmail: KeyedRead<ContactRow> = {
  name: 'Resend contact by e-mail',
  chunk: 1,
  of: 'person',
  normalise: normaliseEmail,
  async read([id], { call }) {
    const contact = (await call('resendContact', { id })) as ContactRow | null;
    return contact ? [contact] : [];
  },
  keysOf: (contact) => [contact.email],
};

export const resendContactJoin: Join = {
  ResendContact: {
    person: ({ email, first_name: first, last_name: last }: ContactRow, _args: unknown, context: JoinContext) =>
      personRow(context, email, [first, last].filter(Boolean).join(' ') || null),
  },
};
