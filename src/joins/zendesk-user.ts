/** Zendesk users ↔ people, by e-mail address. */
import { normaliseEmail } from './email-address.ts';
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { type PersonRow, personRow } from './person-row.ts';
import { searchLiteral } from './search-literal.ts';

export interface ZendeskUserRow {
  id: string | number | bigint;
  email?: string | null;
  name?: string | null;
}

/** Zendesk's search takes a repeated property as OR; 25 addresses keep the URL under 2 kB. */
export const zendeskUserByEmail: KeyedRead<ZendeskUserRow> = {
  name: 'Zendesk user by e-mail',
  chunk: 25,
  normalise: normaliseEmail,
  async read(emails, { everyRow }) {
    const query = emails.map((email) => `email:${searchLiteral(email)}`).join(' ');
    return (await everyRow('zendeskSearchUsers', { query }, emails.length)) as ZendeskUserRow[];
  },
  keysOf: (user) => [user.email],
};

export const zendeskUserById: KeyedRead<ZendeskUserRow> = {
  name: 'Zendesk user by id',
  chunk: 100,
  // The answer's shape is the contract in sources/zendesk/openapi.yaml.
  read: async (ids, { call }) => (await call('zendeskShowManyUsers', { ids }, ids.length)) as ZendeskUserRow[],
  keysOf: (user) => [String(user.id)],
};

/** The person behind a user's id, as tickets and comments name one. */
export async function personOfUserId(
  id: string | number | bigint | null | undefined,
  { reads }: JoinContext,
): Promise<PersonRow | null> {
  const user = id ? await reads.load(zendeskUserById, String(id)) : null;
  return user && personOfUser(user, reads);
}

function personOfUser(user: ZendeskUserRow, reads: JoinContext['reads']): PersonRow | null {
  const person = personRow(user.email, user.name);
  if (person) reads.prime(zendeskUserByEmail, user);
  return person;
}

export const zendeskUserJoin: Join = {
  Person: {
    requester: ({ email }: PersonRow, _args: unknown, { reads }: JoinContext) => reads.load(zendeskUserByEmail, email),
  },
  ZendeskUser: {
    person: (user: ZendeskUserRow, _args: unknown, { reads }: JoinContext) => personOfUser(user, reads),
  },
};
