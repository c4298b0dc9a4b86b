/** A lead: a contact of the CRM, as the event brings it or as it is read again. */
import { ask } from './graph.ts';

export interface Lead {
  /** The contact's id: the same for every delivery of the same news, so that a lead is one lead. */
  id: string;
  createdAt: string;
  properties: { email: string | null; firstname: string | null; lastname: string | null; jobtitle: string | null };
}

export const LEAD_FIELDS = 'id createdAt properties { email firstname lastname jobtitle }';

/** Null when the contact is gone. */
export async function readLead(id: string): Promise<Lead | null> {
  const { hubspotContact } = await ask<{ hubspotContact: Lead | null }>(
    `query Lead($id: ID!) { hubspotContact(id: $id) { ${LEAD_FIELDS} } }`,
    { id },
  );
  return hubspotContact;
}

export function nameOf({ properties: { firstname, lastname } }: Lead): string {
  return [firstname, lastname].filter(Boolean).join(' ') || 'Somebody';
}

/** Clocks of different systems differ, though never by as much. */
const MARGIN_MS = 60 * 60_000;

/** Whether something of that moment, epoch milliseconds, was there before the lead and so cannot be its. */
export function isOlderThan(momentMs: number, { createdAt }: Lead): boolean {
  return momentMs < Date.parse(createdAt) - MARGIN_MS;
}
