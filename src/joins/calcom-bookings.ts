/** Cal.com bookings ↔ the people who attend them. */
import { createConnection } from '../rest/connection.ts';
import type { Join, JoinContext, PageArguments } from './join.ts';
import { type PersonRow, personRow } from './person-row.ts';

interface BookingRow {
  attendees?: readonly { email?: string | null; name?: string | null }[] | null;
}

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
