/** Cal.com bookings ↔ the people who attend them. */
import { createConnection } from '../rest/connection.ts';
import { normaliseEmail } from './email-address.ts';
import type { Join, JoinContext, PageArguments } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { type PersonRow, personRow } from './person-row.ts';

interface BookingRow {
  attendees?: readonly { email?: string | null; name?: string | null }[] | null;
}

/** Any booking the address attends: whether Cal.com knows it. */
export const calcomBookingByAttendee: KeyedRead<BookingRow> = {
  name: 'Cal.com booking by attendee',
  chunk: 1,
  normalise: normaliseEmail,
  read: async ([email], { firstRow }) => {
    const booking = (await firstRow('calcomBookings', { attendeeEmail: email })) as BookingRow | null;
    return booking ? [booking] : [];
  },
  keysOf: ({ attendees }) => (attendees ?? []).map(({ email }) => email),
};

export const calcomBookingsJoin: Join = {
  Person: {
    bookings: ({ email }: PersonRow, { first, after }: PageArguments, { rest, scope }: JoinContext) =>
      createConnection(() =>
        rest.page(
          'calcomBookings',
          { attendeeEmail: email, sortStart: 'desc' },
          { first: first ?? null, after: after ?? null },
          scope,
        ),
      ),
  },
  CalcomBooking: {
    attendees: ({ attendees }: BookingRow): PersonRow[] =>
      (attendees ?? []).flatMap(({ email, name }) => personRow(email, name) ?? []),
  },
};
