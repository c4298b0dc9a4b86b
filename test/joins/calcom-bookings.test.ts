import { expect, it } from 'vitest';
import { identitySchema } from '../../src/config/identity.ts';
import type { BoundReader } from '../../src/joins/bound-reader.ts';
import { calcomBookingByAttendee, calcomBookingsJoin } from '../../src/joins/calcom-bookings.ts';
import { createIdentity, DEFAULT_IDENTITY } from '../../src/joins/identity.ts';
import type { JoinContext } from '../../src/joins/join.ts';
import { createKeyedReads } from '../../src/joins/keyed-read.ts';

const booking = { uid: 'b1', attendees: [null, { email: 'ada@brightforge.io', name: 'Ada' }, { email: null }] };
const identity = DEFAULT_IDENTITY;

it('passes over attendees who are nothing: a booking is its others', async () => {
  const reads = createKeyedReads({ firstRow: async () => booking } as Partial<BoundReader> as BoundReader);
  expect(await reads.load(calcomBookingByAttendee, 'ada@brightforge.io')).toBe(booking);
  const context = { reads, identity } as Partial<JoinContext> as JoinContext;
  const attendees = calcomBookingsJoin['CalcomBooking']?.['attendees'];
  expect(attendees?.(booking as never, {} as never, context, {} as never)).toEqual([
    { email: 'ada@brightforge.io', name: 'Ada' },
  ]);
});

it('names an attendee once, whom the vendor gives twice or under an alias', () => {
  const aliases = { 'ada@old.example': 'ada@brightforge.io' };
  const context = { identity: createIdentity(identitySchema.parse({ person: { aliases } })) } as Partial<JoinContext>;
  const emails = ['ada@brightforge.io', 'Ada@brightforge.io', 'ada@old.example', 'bo@brightforge.io'];
  const twice = { uid: 'b2', attendees: emails.map((email) => ({ email, name: email })) };
  const attendees = calcomBookingsJoin['CalcomBooking']?.['attendees'];
  expect(attendees?.(twice as never, {} as never, context as JoinContext, {} as never)).toEqual([
    { email: 'ada@brightforge.io', name: 'ada@brightforge.io' },
    { email: 'bo@brightforge.io', name: 'bo@brightforge.io' },
  ]);
});
