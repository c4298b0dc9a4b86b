/** Slack users ↔ people, by e-mail address. */
import { normaliseEmail } from '../config/email-address.ts';
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { type PersonRow, personRow } from './person-row.ts';

export interface SlackUserRow {
  id: string;
  real_name?: string | null;
  deleted?: boolean | null;
  profile?: { email?: string | null } | null;
}

/** Slack has no batch read: one call per address, as many at once as sources/slack/vendor.yaml allows. */
export const slackUserByEmail: KeyedRead<SlackUserRow> = {
  name: 'Slack user by e-mail',
  chunk: 1,
  of: 'person',
  normalise: normaliseEmail,
  async read([email], { call }) {
    const user = (await call('slackUserByEmail', { email })) as SlackUserRow | null;
    return user ? [user] : [];
  },
  keysOf: (user) => [user.profile?.email],
};

const slackUserById: KeyedRead<SlackUserRow> = {
  name: 'Slack user by id',
  chunk: 1,
  async read([id], { call }) {
    const user = (await call('slackUser', { id })) as SlackUserRow | null;
    return user ? [user] : [];
  },
  keysOf: (user) => [user.id],
};

function personOfUser(user: SlackUserRow, context: JoinContext): PersonRow | null {
  const person = personRow(context, user.profile?.email, user.real_name);
  // Slack gives an address to one member only, and finds no deactivated one by it.
  if (person && user.deleted === false) context.reads.prime(slackUserByEmail, user);
  return person;
}

export const slackUserJoin: Join = {
  Person: {
    slackUser: ({ email }: PersonRow, _args: unknown, { reads }: JoinContext) => reads.load(slackUserByEmail, email),
  },
  SlackUser: {
    person: (user: SlackUserRow, _args: unknown, context: JoinContext) => personOfUser(user, context),
  },
  SlackMessage: {
    // An app's messages name the app's own user, who is nobody.
    author: (
      { user, bot_id: app }: { user?: string | null; bot_id?: string | null },
      _args: unknown,
      { reads }: JoinContext,
    ) => (user && !app ? reads.load(slackUserById, user) : null),
  },
};
