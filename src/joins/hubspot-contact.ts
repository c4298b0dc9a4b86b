/** HubSpot contacts ↔ people, by e-mail address. */
import type { GraphQLResolveInfo } from 'graphql';
import { normaliseEmail } from '../config/email-address.ts';
import { hubspotOwnerById } from './hubspot-owner.ts';
import { type HubspotRow, hubspotById, isWhole, telling } from './hubspot-row.ts';
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { type PersonRow, personRow } from './person-row.ts';

export interface ContactRow extends HubspotRow {
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
  of: 'person',
  normalise: normaliseEmail,
  async read(emails, { call }) {
    const input = { idProperty: 'email', inputs: emails.map((id) => ({ id })) };
    // The answer's shape is the contract in sources/hubspot/openapi.yaml.
    return (await call('hubspotBatchReadContacts', { input }, emails.length)) as ContactRow[];
  },
  keysOf: (contact) => [contact.properties?.email],
};

export const hubspotContactById = hubspotById<ContactRow>('contact', 'hubspotBatchReadContacts');

/**
 * The person behind a contact that is whole; the row is kept, so that the person's `contact` costs no call. HubSpot gives an
 * address to one contact only.
 */
export function personOfContact(contact: ContactRow, context: JoinContext): PersonRow | null {
  context.reads.prime(hubspotContactByEmail, contact);
  context.reads.prime(hubspotContactById, contact);
  return personNamedBy(contact, context);
}

function personNamedBy({ properties }: ContactRow, context: JoinContext): PersonRow | null {
  const { email, firstname, lastname } = properties ?? {};
  return personRow(context, email, [firstname, lastname].filter(Boolean).join(' ') || null);
}

async function personOf(contact: ContactRow, _args: unknown, context: JoinContext, info: GraphQLResolveInfo) {
  if (isWhole(contact, info)) return personOfContact(contact, context);
  const told = await telling(contact, 'email', hubspotContactById, context.reads);
  // Another row was read by id, and so it is live and whole.
  return told === contact ? personNamedBy(contact, context) : personOfContact(told, context);
}

async function ownerOf(contact: ContactRow, _args: unknown, { reads }: JoinContext) {
  const { properties } = await telling(contact, 'hubspot_owner_id', hubspotContactById, reads);
  return properties?.hubspot_owner_id ? reads.load(hubspotOwnerById, properties.hubspot_owner_id) : null;
}

export const hubspotContactJoin: Join = {
  Person: {
    contact: ({ email }: PersonRow, _args: unknown, { reads }: JoinContext) => reads.load(hubspotContactByEmail, email),
  },
  HubspotContact: { person: personOf, owner: ownerOf },
};
