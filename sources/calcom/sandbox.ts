/**
 * Cal.com in the sandbox: bookings that can be made, moved, cancelled, confirmed and declined, event types and free slots,
 * over the shared world. Each operation wants its own `cal-api-version`; another or none is answered 404, as the hosted
 * API does for a path its older version lacks (https://github.com/calcom/cal.diy/issues/22079).
 */
import type { CreateEmulator, EmulatorRequest, EmulatorResponse, Route } from '../../src/sandbox/emulator.ts';
import { createAnswers, Refusal } from './sandbox-answers.ts';
import {
  cancelBooking,
  confirmBooking,
  createBooking,
  declineBooking,
  findBooking,
  rescheduleBooking,
} from './sandbox-bookings.ts';
import { findEventTypeAnswer, listEventTypes, meAnswer } from './sandbox-event-types.ts';
import { listBookings } from './sandbox-list.ts';
import { listSlots } from './sandbox-slots.ts';
import { type Booking, createState } from './sandbox-state.ts';
import { createWebhooks, TRIGGERS } from './sandbox-webhooks.ts';

const TOKEN = 'cal_live_5a9d0b1c2e3f47586970a1b2c3d4e5f6';
const WEBHOOK_SECRET = 'calcom-sandbox-webhook-secret';

const BOOKINGS = '2024-08-13';
const EVENT_TYPES = '2024-06-14';
const SLOTS = '2024-09-04';

/** Cal.com's version of an operation; null where it has none. */
const VERSIONS: Record<string, string | null> = {
  bookings: BOOKINGS,
  booking: BOOKINGS,
  createBooking: BOOKINGS,
  cancelBooking: BOOKINGS,
  rescheduleBooking: BOOKINGS,
  confirmBooking: BOOKINGS,
  declineBooking: BOOKINGS,
  eventTypes: EVENT_TYPES,
  eventType: EVENT_TYPES,
  slots: SLOTS,
  me: null,
};

export const createEmulator: CreateEmulator = ({ world, now, random, rateFactor, recordWrite }) => {
  const state = createState({ world, now, random });
  const answers = createAnswers({ now, rateFactor });
  const emit = createWebhooks({ world, state, secret: WEBHOOK_SECRET, random });

  const handle = (answer: (request: EmulatorRequest) => EmulatorResponse): Route['handle'] => {
    return (request) => {
      try {
        return answer(request);
      } catch (error) {
        if (error instanceof Refusal) return answers.error(request, error.status, error.message);
        throw error;
      }
    };
  };
  const read = (path: string, operation: string, data: (request: EmulatorRequest) => unknown): Route => ({
    method: 'GET',
    path,
    operation,
    handle: handle((request) => answers.success(request, data(request))),
  });
  const write = (
    path: string,
    operation: string,
    status: number,
    change: (request: EmulatorRequest) => Booking,
  ): Route => ({
    method: 'POST',
    path,
    operation,
    handle: handle((request) => {
      const booking = change(request);
      recordWrite({ operation, id: booking.uid, data: request.body ?? null });
      return answers.success(request, booking, { status });
    }),
  });
  const uidOf = ({ params }: EmulatorRequest) => params['bookingUid'] ?? '';
  const list = handle((request) => {
    const { data, pagination } = listBookings(state, request.query);
    return answers.success(request, data, { pagination });
  });

  return {
    vendor: 'calcom',
    credentials: { token: TOKEN },
    webhookSecret: WEBHOOK_SECRET,
    eventTypes: TRIGGERS,
    routes: [
      { method: 'GET', path: '/v2/bookings', operation: 'bookings', handle: list },
      read('/v2/bookings/:bookingUid', 'booking', (request) => findBooking(state, uidOf(request))),
      write('/v2/bookings', 'createBooking', 201, ({ body }) => createBooking(state, body)),
      write('/v2/bookings/:bookingUid/cancel', 'cancelBooking', 200, (request) =>
        cancelBooking(state, uidOf(request), request.body),
      ),
      write('/v2/bookings/:bookingUid/reschedule', 'rescheduleBooking', 201, (request) =>
        rescheduleBooking(state, uidOf(request), request.body),
      ),
      write('/v2/bookings/:bookingUid/confirm', 'confirmBooking', 200, (request) =>
        confirmBooking(state, uidOf(request)),
      ),
      write('/v2/bookings/:bookingUid/decline', 'declineBooking', 200, (request) =>
        declineBooking(state, uidOf(request), request.body),
      ),
      read('/v2/event-types', 'eventTypes', ({ query }) => listEventTypes(state, query)),
      read('/v2/event-types/:eventTypeId', 'eventType', ({ params }) =>
        findEventTypeAnswer(state, params['eventTypeId'] ?? ''),
      ),
      read('/v2/slots', 'slots', ({ query }) => listSlots(state, query)),
      read('/v2/me', 'me', () => meAnswer(state)),
    ],
    guard(request) {
      if (request.headers['authorization'] !== `Bearer ${TOKEN}`) {
        return answers.error(request, 401, 'ApiAuthStrategy - api key - Your api key is not valid');
      }
      const limited = answers.take(request);
      if (limited !== undefined) return limited;
      const version = VERSIONS[request.operation] ?? null;
      return version === null || request.headers['cal-api-version'] === version ? undefined : noSuchPath(request);
    },
    notFound: noSuchPath,
    rateLimited: answers.limited,
    failure: (request, status) => answers.error(request, status),
    emit,
  };

  function noSuchPath(request: EmulatorRequest): EmulatorResponse {
    return answers.error(request, 404, `Cannot ${request.method} ${request.path}`);
  }
};
