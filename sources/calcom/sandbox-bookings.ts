/** What may be done with a booking in the sandbox, and what Cal.com refuses. */
import { Refusal } from './sandbox-answers.ts';
import { asFields, type Fields, instantMs, integer, optionalText, requiredText, timeZoneOf } from './sandbox-input.ts';
import type { Attendee, Booking, EventType, State } from './sandbox-state.ts';

export function findBooking({ bookings }: State, uid: string): Booking {
  const booking = bookings.get(uid);
  if (booking === undefined) throw new Refusal(404, `Booking with uid=${uid} was not found in the database`);
  return booking;
}

export function createBooking(state: State, body: unknown): Booking {
  const fields = asFields(body);
  const startMs = instantMs(requiredText(fields, 'start'), 'start');
  const attendee = readAttendee(asFields(fields['attendee']));
  const eventType = findEventType(state, fields);
  const minutes = readLength(fields['lengthInMinutes'], eventType);
  const metadata = asFields(fields['metadata']);
  if (Object.keys(metadata).length > 50) throw new Refusal(400, 'Metadata must have at most 50 keys');
  refuseUnlessFree(state, eventType, startMs, minutes);
  return state.add({
    status: eventType.requiresConfirmation ? 'pending' : 'accepted',
    start: new Date(startMs).toISOString(),
    eventType,
    minutes,
    attendees: [attendee],
    metadata,
    guests: readGuests(fields['guests']),
    bookingFieldsResponses: {
      name: attendee.name,
      email: attendee.email,
      ...asFields(fields['bookingFieldsResponses']),
    },
  });
}

export function cancelBooking(state: State, uid: string, body: unknown): Booking {
  const booking = findBooking(state, uid);
  const fields = asFields(body);
  if (booking.status === 'cancelled') {
    throw new Refusal(
      400,
      `Can't cancel booking with uid=${uid} because it has been cancelled already. Please provide uid of a booking that is not cancelled.`,
    );
  }
  if (Date.parse(booking.end) < state.presentMs)
    throw new Refusal(400, 'Cannot cancel a booking that has already ended');
  const reason = optionalText(fields, 'cancellationReason');
  return Object.assign(booking, {
    status: 'cancelled',
    cancelledByEmail: state.me.email,
    updatedAt: state.now(),
    ...(reason === undefined ? {} : { cancellationReason: reason }),
  });
}

/** The old booking is cancelled and points to the new one, which points back. */
export function rescheduleBooking(state: State, uid: string, body: unknown): Booking {
  const old = findBooking(state, uid);
  const fields = asFields(body);
  const startMs = instantMs(requiredText(fields, 'start'), 'start');
  refuseUnlessOpen(old);
  const eventType = findEventType(state, { eventTypeId: old.eventTypeId });
  refuseUnlessFree(state, eventType, startMs, old.duration, uid);
  const reschedulingReason = optionalText(fields, 'reschedulingReason');
  const rescheduledByEmail = optionalText(fields, 'rescheduledBy') ?? state.me.email;
  const booking = state.add({
    status: eventType.requiresConfirmation ? 'pending' : 'accepted',
    start: new Date(startMs).toISOString(),
    eventType,
    minutes: old.duration,
    title: old.title,
    description: old.description,
    attendees: old.attendees,
    metadata: old.metadata,
    guests: old.guests,
    bookingFieldsResponses: old.bookingFieldsResponses,
    rescheduledFromUid: uid,
    ...(reschedulingReason === undefined ? {} : { reschedulingReason }),
    rescheduledByEmail,
  });
  Object.assign(old, {
    status: 'cancelled',
    rescheduledToUid: booking.uid,
    rescheduledByEmail,
    updatedAt: state.now(),
  });
  return booking;
}

export function confirmBooking(state: State, uid: string): Booking {
  const booking = findPending(state, uid);
  const meetingUrl = `https://app.cal.com/video/${uid}`;
  return Object.assign(booking, { status: 'accepted', meetingUrl, location: meetingUrl, updatedAt: state.now() });
}

/** The reason goes to the attendee by mail; no answer shows it. */
export function declineBooking(state: State, uid: string, body: unknown): Booking {
  optionalText(asFields(body), 'reason');
  return Object.assign(findPending(state, uid), { status: 'rejected', updatedAt: state.now() });
}

function findPending(state: State, uid: string): Booking {
  const booking = findBooking(state, uid);
  if (booking.status === 'accepted') throw new Refusal(400, 'Booking already confirmed');
  if (booking.status !== 'pending') throw new Refusal(400, `Booking with uid=${uid} does not wait for confirmation.`);
  return booking;
}

function refuseUnlessOpen({ status, uid, rescheduledToUid }: Booking): void {
  if (rescheduledToUid !== undefined) {
    throw new Refusal(
      400,
      `Can't reschedule booking with uid=${uid} because it has been cancelled and rescheduled already to booking with uid=${rescheduledToUid}. You probably want to reschedule ${rescheduledToUid} instead by passing it within the request URL.`,
    );
  }
  if (status === 'cancelled' || status === 'rejected') {
    throw new Refusal(
      400,
      `Can't reschedule booking with uid=${uid} because it has been ${status}. Please provide uid of a booking that is not cancelled.`,
    );
  }
}

function refuseUnlessFree(
  state: State,
  { host }: EventType,
  startMs: number,
  minutes: number,
  exceptUid?: string,
): void {
  if (startMs < state.presentMs) throw new Refusal(400, 'Attempting to book a meeting in the past.');
  if (state.isFree(host, startMs, startMs + minutes * 60_000, exceptUid)) return;
  throw new Refusal(400, 'User either already has booking at this time or is not available');
}

/** By id, or by slug and username. */
export function findEventType({ eventTypes }: State, fields: Fields): EventType {
  if (fields['eventTypeId'] !== undefined && fields['eventTypeId'] !== null) {
    const id = integer(fields['eventTypeId'], 'eventTypeId', 1);
    const found = eventTypes.get(id);
    if (found === undefined) throw new Refusal(404, `Event type with id=${id} not found`);
    return found;
  }
  const slug = optionalText(fields, 'eventTypeSlug');
  const username = optionalText(fields, 'username');
  if (slug === undefined || username === undefined) {
    throw new Refusal(400, 'Either eventTypeId or eventTypeSlug + username must be provided');
  }
  const found = eventTypes.values().find((type) => type.slug === slug && type.host.username === username);
  if (found === undefined)
    throw new Refusal(404, `Event type with slug=${slug} belonging to user ${username} not found`);
  return found;
}

function readLength(sent: unknown, { lengthInMinutes }: EventType): number {
  if (sent === undefined || sent === null || sent === lengthInMinutes) return lengthInMinutes;
  throw new Refusal(400, "Can't specify 'lengthInMinutes' because event type does not have multiple possible lengths.");
}

function readAttendee(fields: Fields): Attendee {
  const name = requiredText(fields, 'name');
  const timeZone = timeZoneOf(requiredText(fields, 'timeZone'), 'attendee.timeZone');
  const phoneNumber = optionalText(fields, 'phoneNumber');
  // Somebody known by phone alone gets an address made of the number.
  const email = phoneNumber === undefined ? requiredText(fields, 'email') : emailOf(fields, phoneNumber);
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) throw new Refusal(400, 'attendee.email must be an email');
  return {
    name,
    email,
    displayEmail: email,
    timeZone,
    language: optionalText(fields, 'language') ?? 'en',
    absent: false,
    ...(phoneNumber === undefined ? {} : { phoneNumber }),
  };
}

function emailOf(fields: Fields, phoneNumber: string): string {
  return optionalText(fields, 'email') ?? `${phoneNumber.replace(/\D/g, '')}@sms.cal.com`;
}

function readGuests(sent: unknown): string[] {
  if (sent === undefined || sent === null) return [];
  if (!Array.isArray(sent) || !sent.every((guest) => typeof guest === 'string')) {
    throw new Refusal(400, 'guests must be an array of emails');
  }
  return sent;
}
