/** Resend contacts ↔ people, by e-mail address. */
import { normaliseEmail } from '../config/email-address.ts';
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { isNoKey } from './known.ts';
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
    return [(await call('resendContact', { id }).catch(nullForNoKey)) as ContactRow | null];
  },
  keysOf: (contact) => [contact.email],
};

/** An address with a slash is nobody's here; of somebody with aliases, the others are looked for all the same. */
function nullForNoKey(reason: unknown): null {
  if (isNoKey(reason)) return null;
  throw reason;
}

export const resendContactJoin: Join = {
  ResendContact: {
    person: ({ email, first_name: first, last_name: last }: ContactRow, _args: unknown, context: JoinContext) =>
      personRow(context, email, [first, last].filter(Boolean).join(' ') || null),
  },
};
