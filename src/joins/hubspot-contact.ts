/** HubSpot contacts ↔ people, by e-mail address. */

import { normaliseEmail } from './email-address.ts';
import { hubspotOwnerById } from './hubspot-owner.ts';
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { type PersonRow, personRow } from './person-row.ts';

export interface ContactRow {
  id: string;
  properties?: {
    email?: string | null;
    firstname?: string | null;
    lastname?: string | null;
    hubspot_owner_id?: string | null;
  };
}

export const hubspotContactByEmail: KeyedRead<ContactRow> = {
  name: 'HubSpot contact by e-mail',
  chunk: 100,
  normalise: normaliseEmail,
  async read(emails, { call }) {
    const input = { idProperty: 'email', inputs: emails.map((id) => ({ id })) };
    // The answer's shape is the contract in sources/hubspot/openapi.yaml.
    return (await call('hubspotBatchReadContacts', { input }, emails.length)) as ContactRow[];
  },
  keysOf: (contact) => [contact.properties?.email],
};

export const hubspotContactById: KeyedRead<ContactRow> = {
  name: 'HubSpot contact by id',
  chunk: 100,
  async read(ids, { call }) {
    const input = { inputs: ids.map((id) => ({ id })) };
    return (await call('hubspotBatchReadContacts', { input }, ids.length)) as ContactRow[];
  },
  keysOf: (contact) => [contact.id],
};

/** The person behind a contact; the row is kept, so that the person's `contact` costs no call. */
export function personOfContact(contact: ContactRow, { reads }: JoinContext): PersonRow | null {
  const { email, firstname, lastname } = contact.properties ?? {};
  const person = personRow(email, [firstname, lastname].filter(Boolean).join(' ') || null);
  if (person) reads.prime(hubspotContactByEmail, contact);
  return person;
}

export const hubspotContactJoin: Join = {
  Person: {
    contact: ({ email }: PersonRow, _args: unknown, { reads }: JoinContext) => reads.load(hubspotContactByEmail, email),
  },
  HubspotContact: {
    person: (contact: ContactRow, _args: unknown, context: JoinContext) => personOfContact(contact, context),
    owner: ({ properties }: ContactRow, _args: unknown, { reads }: JoinContext) =>
      properties?.hubspot_owner_id ? reads.load(hubspotOwnerById, properties.hubspot_owner_id) : null,
  },
};
