/** Zendesk users ↔ people, by e-mail address and by the CRM's id. */
import { type Match, matchWithCrm } from './crm-match.ts';
import { normaliseEmail } from './email-address.ts';
import { type ContactRow, hubspotContactByEmail, hubspotContactById } from './hubspot-contact.ts';
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { type PersonRow, personRow } from './person-row.ts';
import { searchLiteral } from './search-literal.ts';

export interface ZendeskUserRow {
  id: string | number | bigint;
  email?: string | null;
  external_id?: string | null;
  name?: string | null;
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

/** How the helpdesk recognises a person, merged or not. */
export function matchUser({ email }: PersonRow, context: JoinContext): Promise<Match<ZendeskUserRow> | null> {
  const { identity } = context;
  const rule = {
    ownKey: 'email',
    keys: identity.keys.person.zendesk,
    byOwnKey: zendeskUserByEmail,
    byExternalId: zendeskUserByExternalId,
    crmByKey: hubspotContactByEmail,
    crmById: hubspotContactById,
    ownKeysOf: (user: ZendeskUserRow) => [identity.personKey(user.email) ?? []].flat(),
    keyOfCrm: ({ properties }: ContactRow) => identity.personKey(properties?.email),
  };
  return matchWithCrm(rule, email, context);
}

/** The user a person is; null where address and CRM id contradict each other. */
export async function requesterOf(person: PersonRow, context: JoinContext): Promise<ZendeskUserRow | null> {
  const match = await matchUser(person, context);
  return match && match.conflict === null ? match.row : null;
}

/** The person behind a user's id, as tickets and comments name one. */
export async function personOfUserId(
  id: string | number | bigint | null | undefined,
  context: JoinContext,
): Promise<PersonRow | null> {
  const user = id ? await context.reads.load(zendeskUserById, String(id)) : null;
  return user && personOfUser(user, context);
}

function personOfUser(user: ZendeskUserRow, context: JoinContext): PersonRow | null {
  const person = personRow(context, user.email, user.name);
  if (person) context.reads.prime(zendeskUserByEmail, user);
  return person;
}

export const zendeskUserJoin: Join = {
  Person: {
    requester: (person: PersonRow, _args: unknown, context: JoinContext) => requesterOf(person, context),
  },
  ZendeskUser: {
    person: (user: ZendeskUserRow, _args: unknown, context: JoinContext) => personOfUser(user, context),
  },
};
