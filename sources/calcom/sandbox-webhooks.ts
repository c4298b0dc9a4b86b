/** Cal.com's webhooks in the sandbox: what each trigger changes, its payload, and the signature over the body alone. */
import { createHmac } from 'node:crypto';
import type { WebhookDelivery } from '../../src/sandbox/emulator.ts';
import type { World } from '../../src/sandbox/world.ts';
import { cancelBooking, declineBooking, rescheduleBooking } from './sandbox-bookings.ts';
import { freeStarts } from './sandbox-slots.ts';
import { at, attendeeOf, type Booking, type EventType, type Host, type State } from './sandbox-state.ts';

export const TRIGGERS = [
  'BOOKING_CREATED',
  'BOOKING_RESCHEDULED',
  'BOOKING_CANCELLED',
  'BOOKING_REQUESTED',
  'BOOKING_REJECTED',
  'MEETING_ENDED',
] as const;

export type Trigger = (typeof TRIGGERS)[number];

/** Version of the payload; Cal.com names it in a header that is not signed. */
const WEBHOOK_VERSION = '2021-10-20';
const DAY_MS = 86_400_000;

/** Hex HMAC-SHA256 of the raw body. Neither time nor id is signed. */
export function sign(secret: string, body: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

export interface WebhookOptions {
  world: World;
  state: State;
  secret: string;
  random(): number;
}

export function createWebhooks({ world, state, secret, random }: WebhookOptions): (type: string) => WebhookDelivery {
  const ended = new Set<string>();
  const pick = <Item>(list: readonly Item[]) => at(list, Math.floor(random() * list.length));

  const ahead = (status: Booking['status']) =>
    [...state.bookings.values()].filter(
      (booking) => booking.status === status && Date.parse(booking.start) > state.presentMs,
    );

  const book = (requiresConfirmation: boolean): Booking => {
    const eventType = pick(
      [...state.eventTypes.values()].filter((type) => type.requiresConfirmation === requiresConfirmation),
    );
    return state.add({
      status: requiresConfirmation ? 'pending' : 'accepted',
      start: nextFree(state, eventType),
      eventType,
      minutes: eventType.lengthInMinutes,
      attendees: [attendeeOf(pick(world.people))],
    });
  };

  const changes: Record<Trigger, () => { booking: Booking; more?: Record<string, unknown> }> = {
    BOOKING_CREATED: () => ({ booking: book(false) }),
    BOOKING_REQUESTED: () => ({ booking: book(true) }),
    BOOKING_REJECTED() {
      const { uid } = ahead('pending')[0] ?? book(true);
      const reason = 'The host has no time.';
      return { booking: declineBooking(state, uid, { reason }), more: { rejectionReason: reason } };
    },
    BOOKING_CANCELLED() {
      const { uid } = ahead('accepted')[0] ?? book(false);
      const cancellationReason = 'Something came up, sorry.';
      const booking = cancelBooking(state, uid, { cancellationReason });
      return { booking, more: { cancellationReason, cancelledBy: booking.cancelledByEmail } };
    },
    BOOKING_RESCHEDULED() {
      const old = ahead('accepted')[0] ?? book(false);
      const start = nextFree(state, eventTypeOf(state, old));
      const booking = rescheduleBooking(state, old.uid, { start, reschedulingReason: 'A better time' });
      return {
        booking,
        more: {
          rescheduleId: old.id,
          rescheduleUid: old.uid,
          rescheduleStartTime: old.start,
          rescheduleEndTime: old.end,
          rescheduledBy: booking.rescheduledByEmail,
        },
      };
    },
    // A meeting's end changes nothing that Cal.com stores; each emit tells of another meeting.
    MEETING_ENDED() {
      const past = [...state.bookings.values()].filter(
        ({ status, end, uid }) => status === 'accepted' && Date.parse(end) <= state.presentMs && !ended.has(uid),
      );
      const booking = past.at(-1) ?? book(false);
      ended.add(booking.uid);
      return { booking };
    },
  };

  return (type) => {
    const trigger = TRIGGERS.find((known) => known === type);
    if (trigger === undefined) throw new TypeError(`Cal.com's emulator does not know ${type}.`);
    const { booking, more } = changes[trigger]();
    const payload = { ...payloadOf(booking, eventTypeOf(state, booking)), ...more };
    const body = JSON.stringify({ triggerEvent: trigger, createdAt: state.now(), payload });
    const headers = {
      'content-type': 'application/json',
      'x-cal-signature-256': sign(secret, body),
      'x-cal-webhook-version': WEBHOOK_VERSION,
    };
    return { type: trigger, headers, body };
  };
}

/** The first free start from tomorrow on; on a full calendar the day after a year. */
function nextFree(state: State, eventType: EventType): string {
  const startMs = state.presentMs + DAY_MS;
  const range = { startMs, endMs: startMs + 365 * DAY_MS, minutes: eventType.lengthInMinutes };
  return new Date(freeStarts(state, eventType, range).next().value ?? range.endMs).toISOString();
}

function eventTypeOf({ eventTypes }: State, { eventTypeId }: Booking): EventType {
  return eventTypes.get(eventTypeId) ?? at([...eventTypes.values()], 0);
}

/** The calendar event as Cal.com sends it, whose names differ from the API's. */
function payloadOf(booking: Booking, eventType: EventType): Record<string, unknown> {
  const [host = eventType.host] = booking.hosts;
  const [first] = booking.attendees;
  return {
    type: eventType.slug,
    title: booking.title,
    description: booking.description,
    additionalNotes: booking.description,
    customInputs: {},
    startTime: booking.start,
    endTime: booking.end,
    organizer: { ...personOf(host, booking.start), id: host.id, username: host.username },
    responses: {
      name: { label: 'your_name', value: first?.name, isHidden: false },
      email: { label: 'email_address', value: first?.email, isHidden: false },
    },
    attendees: booking.attendees.map((attendee) => personOf(attendee, booking.start)),
    location: booking.location,
    requiresConfirmation: eventType.requiresConfirmation,
    uid: booking.uid,
    bookingId: booking.id,
    eventTypeId: booking.eventTypeId,
    eventTitle: eventType.title,
    eventDescription: null,
    price: 0,
    currency: 'usd',
    length: booking.duration,
    status: booking.status.toUpperCase(),
    metadata: booking.meetingUrl === undefined ? {} : { videoCallUrl: booking.meetingUrl },
  };
}

function personOf({ name, email, timeZone }: Pick<Host, 'name' | 'email' | 'timeZone'>, start: string) {
  return { name, email, timeZone, language: { locale: 'en' }, utcOffset: offsetMinutes(timeZone, start) };
}

function offsetMinutes(timeZone: string, instant: string): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(
    Date.parse(instant),
  );
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0'] = /([+-])(\d\d):(\d\d)/.exec(offset) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
