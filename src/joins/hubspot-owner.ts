/** HubSpot owners: whom contacts, companies and deals belong to. */
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { personRow } from './person-row.ts';

interface OwnerRow {
  id: string;
  email?: string | null;
  firstName?: string | null;
  lastName?: string | null;
}

/** HubSpot has no batch read of owners, but an account has few: their list serves every key. */
export const hubspotOwnerById: KeyedRead<OwnerRow> = {
  name: 'HubSpot owner by id',
  chunk: Number.POSITIVE_INFINITY,
  read: async (_ids, { everyRow }) => (await everyRow('hubspotOwners', {})) as OwnerRow[],
  keysOf: (owner) => [owner.id],
};

export const hubspotOwnerJoin: Join = {
  HubspotOwner: {
    person: ({ email, firstName, lastName }: OwnerRow, _args: unknown, context: JoinContext) =>
      personRow(context, email, [firstName, lastName].filter(Boolean).join(' ') || null),
  },
};
