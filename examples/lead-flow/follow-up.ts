/** Step 5: a first call in Cal.com, at the earliest free time from tomorrow on. The booking's metadata name the lead. */
import { findRow, PAGE_FIELDS, type Page } from './connection.ts';
import { ask, GraphError } from './graph.ts';
import { type Lead, nameOf } from './lead.ts';
import { settings } from './settings.ts';
import type { Step } from './step.ts';

const DAY_MS = 86_400_000;
const DAYS_AHEAD = 14;
/** Of the free times: another caller may have taken the first one since we looked. */
const MOST_SLOTS = 3;

const BOOKED = `query Booked($email: String, $after: String) {
  calcomBookings(attendeeEmail: $email, first: 100, after: $after) { nodes { uid start metadata } ${PAGE_FIELDS} }
}`;
const MEETING = 'query Meeting { calcomEventTypes { id slug } }';
const SLOTS = `query Slots($id: Int!, $start: String!, $end: String!) {
  calcomSlots(eventTypeId: $id, start: $start, end: $end)
}`;
const BOOK = 'mutation Book($input: CalcomCreateBookingInput!) { calcomCreateBooking(input: $input) { uid start } }';

export interface Booking {
  uid: string;
  start: string;
}

interface FoundBooking extends Booking {
  metadata: { lead?: string } | null;
}

export const followUp: Step<Booking> = {
  name: 'book',
  async find(lead) {
    const { email } = lead.properties;
    const read = async (after: string | null) =>
      (await ask<{ calcomBookings: Page<FoundBooking> }>(BOOKED, { email, after })).calcomBookings;
    const found = await findRow(read, ({ metadata }) => metadata?.lead === lead.id);
    return found && { uid: found.uid, start: found.start };
  },
  async take(lead) {
    const eventTypeId = await meetingId();
    const slots = await freeSlots(eventTypeId);
    for (const start of slots) {
      try {
        return await book(lead, eventTypeId, start);
      } catch (error) {
        const isTaken = error instanceof GraphError && error.code === 'VENDOR_REJECTED';
        if (!isTaken || start === slots.at(-1)) throw error;
      }
    }
    throw new GraphError('NOT_FOUND', `No free time for ${settings.meeting} in the next ${DAYS_AHEAD} days.`);
  },
  tell: ({ uid, start }) => `${settings.meeting} at ${start}, ${uid}`,
};

async function meetingId(): Promise<number> {
  const { calcomEventTypes } = await ask<{ calcomEventTypes: { id: number; slug: string }[] }>(MEETING);
  const meeting = calcomEventTypes.find(({ slug }) => slug === settings.meeting);
  if (meeting === undefined) throw new GraphError('NOT_FOUND', `Cal.com has no event type ${settings.meeting}.`);
  return meeting.id;
}

/** Earliest first. */
async function freeSlots(id: number): Promise<string[]> {
  const tomorrow = Date.now() + DAY_MS;
  const [start, end] = [tomorrow, tomorrow + DAYS_AHEAD * DAY_MS].map((ms) => new Date(ms).toISOString());
  const { calcomSlots } = await ask<{ calcomSlots: Record<string, { start: string }[]> }>(SLOTS, { id, start, end });
  return Object.values(calcomSlots)
    .flatMap((day) => day.map((slot) => slot.start))
    .sort()
    .slice(0, MOST_SLOTS);
}

async function book(lead: Lead, eventTypeId: number, start: string): Promise<Booking> {
  const { calcomCreateBooking } = await ask<{ calcomCreateBooking: Booking }>(BOOK, {
    input: {
      start,
      eventTypeId,
      attendee: { name: nameOf(lead), email: lead.properties.email, timeZone: 'UTC' },
      metadata: { lead: lead.id },
    },
  });
  return calcomCreateBooking;
}
