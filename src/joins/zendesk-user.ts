/** Zendesk users ↔ people, by e-mail address and by the CRM's id. */

import { normaliseEmail } from '../config/email-address.ts';
import { isRowOfKey, keyWithCrm, type Match, matchWithCrm } from './crm-match.ts';
import type { MatchRule } from './crm-owner.ts';
import { type ContactRow, hubspotContactByEmail, hubspotContactById } from './hubspot-contact.ts';
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import type { PersonRow } from './person-row.ts';
import { searchLiteral } from './search-literal.ts';

export interface ZendeskUserRow {
  id: string | number | bigint;
  email?: string | null;
  external_id?: string | null;
  name?: string | null;
  /** False for one that was deleted; another may have the address by now. */
  active?: boolean | null;
}

/** Zendesk's search takes a repeated property as OR; 25 addresses keep the URL under 2 kB. */
export const zendeskUserByEmail: KeyedRead<ZendeskUserRow> = {
  name: 'Zendesk user by e-mail',
  chunk: 25,
  of: 'person',
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

/** Whom the CRM knows under an id that users carry. */
const zendeskUserByExternalId: KeyedRead<ZendeskUserRow> = {
  name: 'Zendesk user by external id',
  chunk: 100,
  read: async (ids, { call }) =>
    (await call('zendeskShowManyUsers', { external_ids: ids }, ids.length)) as ZendeskUserRow[],
  keysOf: (user) => [user.external_id],
};

/** For somebody of several addresses, each of whom may be a user: aliases are not taken together. */
const zendeskUserByAddress: KeyedRead<ZendeskUserRow> = {
  name: 'Zendesk user by e-mail, without aliases',
  chunk: zendeskUserByEmail.chunk,
  normalise: normaliseEmail,
  read: zendeskUserByEmail.read,
  keysOf: zendeskUserByEmail.keysOf,
};

/** How the helpdesk and people recognise each other. */
const USER: MatchRule<ZendeskUserRow, ContactRow> = {
  ownKey: 'email',
  keys: ({ keys }) => keys.person.zendesk,
  byOwnKey: zendeskUserByEmail,
  bySpelling: zendeskUserByAddress,
  byExternalId: zendeskUserByExternalId,
  crmByKey: hubspotContactByEmail,
  crmById: hubspotContactById,
  ownKeysOf: ({ email }, identity) => [identity.personKey(email) ?? []].flat(),
  keyOfCrm: ({ properties }, identity) => identity.personKey(properties?.email),
};

/** How the helpdesk recognises a person, merged or not. */
export function matchUser({ email }: PersonRow, context: JoinContext): Promise<Match<ZendeskUserRow> | null> {
  return matchWithCrm(USER, email, context);
}

/** The user a person is; null where address and CRM id contradict each other. */
export async function requesterOf(person: PersonRow, context: JoinContext): Promise<ZendeskUserRow | null> {
  const match = await matchUser(person, context);
  return match && match.conflict === null ? match.row : null;
}

/** All users a person is: one at most, but for somebody who has aliases. */
export async function requestersOf(person: PersonRow, context: JoinContext): Promise<ZendeskUserRow[]> {
  const requester = await requesterOf(person, context);
  const addresses = context.identity.spellings('person', person.email);
  const users = new Map(requester ? [[String(requester.id), requester]] : []);
  if (addresses.length === 1) return [...users.values()];
  const found = await Promise.all(addresses.map((address) => context.reads.load(zendeskUserByAddress, address)));
  const own = await Promise.all(found.map((user) => user && isRowOfKey(USER, user, person.email, context)));
  for (const [index, user] of found.entries()) if (user && own[index]) users.set(String(user.id), user);
  return [...users.values()];
}

/** The person behind a user's id, as tickets and comments name one. */
export async function personOfUserId(
  id: string | number | bigint | null | undefined,
  context: JoinContext,
): Promise<PersonRow | null> {
  const user = id ? await context.reads.load(zendeskUserById, String(id)) : null;
  return user && personOfUser(user, context);
}

/** By the same rule as the user of a person: nobody where address and CRM id contradict each other. */
async function personOfUser(user: ZendeskUserRow, context: JoinContext): Promise<PersonRow | null> {
  // Zendesk gives an address to one user only, as long as the user is there.
  if (user.active === true) context.reads.prime(zendeskUserByEmail, user);
  const email = await keyWithCrm(USER, user, context);
  return email === null ? null : { email, name: user.name ?? null };
}

export const zendeskUserJoin: Join = {
  Person: {
    requester: (person: PersonRow, _args: unknown, context: JoinContext) => requesterOf(person, context),
  },
  ZendeskUser: {
    person: (user: ZendeskUserRow, _args: unknown, context: JoinContext) => personOfUser(user, context),
  },
};
