/** Cal.com bookings ↔ the people who attend them. */

import { normaliseEmail } from '../config/email-address.ts';
import { createConnection } from '../rest/connection.ts';
import type { Page } from '../rest/executor.ts';
import { createBoundReader } from './bound-reader.ts';
import { pageOfIds } from './id-page.ts';
import type { Join, JoinContext, PageArguments } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { eachOnce, type PersonRow, personRow } from './person-row.ts';

interface Attendee {
  email?: string | null;
  name?: string | null;
}

interface BookingRow {
  uid: string;
  start?: string | null;
  attendees?: readonly (Attendee | null)[] | null;
}

/** Any booking the address attends: whether Cal.com knows it. */
export const calcomBookingByAttendee: KeyedRead<BookingRow> = {
  name: 'Cal.com booking by attendee',
  chunk: 1,
  of: 'person',
  normalise: normaliseEmail,
  read: async ([email], { firstRow }) => {
    const booking = (await firstRow('calcomBookings', { attendeeEmail: email })) as BookingRow | null;
    return booking ? [booking] : [];
  },
  keysOf: ({ attendees }) => (attendees ?? []).map((attendee) => attendee?.email),
};

/** Whose cursors they are. */
const LIST = 'Person.bookings';
const NEWEST_FIRST = { sortStart: 'desc' };

function bookingPage({ email }: PersonRow, page: PageArguments, context: JoinContext): Promise<Page> {
  const { rest, scope, identity } = context;
  const addresses = identity.spellings('person', email);
  if (addresses.length > 1) return mergedPage(email, addresses, page, context);
  const { first = null, after = null } = page;
  const args = { attendeeEmail: email, ...NEWEST_FIRST };
  return rest.page('calcomBookings', args, { first, after }, scope, { list: LIST });
}

/** Cal.com filters by one address: the lists of somebody with several are read whole and put in order here. */
async function mergedPage(
  email: string,
  addresses: readonly string[],
  page: PageArguments,
  context: JoinContext,
): Promise<Page> {
  const { rest, scope } = context;
  const { everyRow } = createBoundReader(rest, scope);
  const lists = await Promise.all(
    addresses.map((attendeeEmail) => everyRow('calcomBookings', { attendeeEmail, ...NEWEST_FIRST })),
  );
  // The rows' shape is the contract in sources/calcom/openapi.yaml.
  const bookings = new Map((lists.flat() as BookingRow[]).map((booking) => [booking.uid, booking]));
  const newestFirst = [...bookings.values()].toSorted((a, b) => startOf(b) - startOf(a));
  const uids = newestFirst.map(({ uid }) => uid);
  return pageOfIds({ field: LIST, owner: email }, uids, page, context, async (uid) => bookings.get(uid));
}

const startOf = ({ start }: BookingRow): number => Date.parse(start ?? '') || 0;

export const calcomBookingsJoin: Join = {
  Person: {
    bookings: (person: PersonRow, page: PageArguments, context: JoinContext) =>
      createConnection(() => bookingPage(person, page, context)),
  },
  CalcomBooking: {
    attendees: ({ attendees }: BookingRow, _args: unknown, context: JoinContext): PersonRow[] =>
      eachOnce((attendees ?? []).flatMap((attendee) => personRow(context, attendee?.email, attendee?.name) ?? [])),
  },
};
