/** Meeting types and booked meetings, past and to come. */
import type { Random } from '../random.ts';
import type { WorldBooking, WorldEventType, WorldPerson } from '../world.ts';
import { bookingUid, createSequence } from './identifiers.ts';
import { at } from './list.ts';
import { between, DAY_MS, HOUR_MS, instant, NOW_MS } from './moments.ts';
import { OWNER_COUNT } from './owners.ts';
import { SHOWCASE_PERSON } from './people.ts';
import { EVENT_TYPES } from './words/mail.ts';

const BOOKING_COUNT = 500;
/** Every so many-th booking is Ada's. */
const SHOWCASE_EVERY = 80;
const CANCELLATIONS = ['Something came up, sorry.', 'We found another time.', 'No longer needed.'];

export function generateEventTypes(random: Random): WorldEventType[] {
  const nextId = createSequence(random, 1_210_000, 400);
  return EVENT_TYPES.map((type, index) => ({ id: nextId(), ...type, ownerIndex: (index * 2) % OWNER_COUNT }));
}

/** In the order they were booked for. */
export function generateBookings(
  random: Random,
  people: readonly WorldPerson[],
  eventTypes: readonly WorldEventType[],
): WorldBooking[] {
  const nextId = createSequence(random, 8_400_000, 300);
  const guests = people.slice(SHOWCASE_PERSON);
  const starts = Array.from({ length: BOOKING_COUNT }, () => chooseStart(random)).toSorted(
    (left, right) => left - right,
  );
  return starts.map((startMs, index) => {
    const first = index % SHOWCASE_EVERY === 11 ? at(people, SHOWCASE_PERSON) : random.pick(guests);
    const attendeeIndexes = [first.index, ...(random.chance(0.2) ? colleagues(random, guests, first) : [])];
    const title = `${first.firstName} ${first.lastName}`;
    return generateBooking(random, nextId(), random.pick(eventTypes), title, attendeeIndexes, startMs);
  });
}

function generateBooking(
  random: Random,
  id: number,
  type: WorldEventType,
  guest: string,
  attendeeIndexes: number[],
  startMs: number,
): WorldBooking {
  const createdMs = between(random, Math.min(startMs, NOW_MS) - 20 * DAY_MS, Math.min(startMs, NOW_MS) - HOUR_MS);
  const status = chooseStatus(random, startMs);
  const uid = bookingUid(random);
  return {
    id,
    uid,
    eventTypeId: type.id,
    title: `${type.title} between Northwind Labs and ${guest}`,
    hostIndex: type.ownerIndex,
    attendeeIndexes,
    status,
    start: instant(startMs),
    end: instant(startMs + type.lengthMinutes * 60_000),
    createdAt: instant(createdMs),
    updatedAt: instant(between(random, createdMs, NOW_MS)),
    cancellationReason: status === 'cancelled' ? random.orNull(random.pick(CANCELLATIONS), 0.3) : null,
    meetingUrl: status === 'accepted' ? random.orNull(`https://app.cal.com/video/${uid}`) : null,
  };
}

/** On the half hour, between 9 and 17 UTC, up to a year ago or two months ahead. */
function chooseStart(random: Random): number {
  const midnight = Math.floor(NOW_MS / DAY_MS) * DAY_MS;
  return midnight + random.int(-330, 60) * DAY_MS + random.int(18, 33) * (HOUR_MS / 2);
}

function chooseStatus(random: Random, startMs: number): WorldBooking['status'] {
  if (random.chance(0.1)) return 'cancelled';
  if (startMs < NOW_MS) return random.chance(0.03) ? 'rejected' : 'accepted';
  return random.chance(0.15) ? 'pending' : 'accepted';
}

function colleagues(random: Random, guests: readonly WorldPerson[], first: WorldPerson): number[] {
  const others = guests.filter(
    ({ companyIndex, index }) => companyIndex === first.companyIndex && index !== first.index,
  );
  return random.sample(others, random.int(1, 2)).map(({ index }) => index);
}
