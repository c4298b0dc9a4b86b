/** Cal.com's state in the sandbox: the shared world's bookings and event types as Cal.com writes them, and what changes them. */
import type { EmulatorKit } from '../../src/sandbox/emulator.ts';
import type { World, WorldBooking, WorldEventType, WorldPerson } from '../../src/sandbox/world.ts';

export type BookingStatus = 'cancelled' | 'accepted' | 'rejected' | 'pending';

export interface Host {
  id: number;
  name: string;
  email: string;
  displayEmail: string;
  username: string;
  timeZone: string;
}

export interface Attendee {
  name: string;
  email: string;
  displayEmail: string;
  timeZone: string;
  language: string;
  absent: boolean;
  phoneNumber?: string;
}

/** Exactly what the API shows; a property without a value is absent, as there. */
export interface Booking {
  id: number;
  uid: string;
  title: string;
  description: string;
  hosts: Host[];
  status: BookingStatus;
  cancellationReason?: string;
  cancelledByEmail?: string;
  reschedulingReason?: string;
  rescheduledByEmail?: string;
  rescheduledFromUid?: string;
  rescheduledToUid?: string;
  start: string;
  end: string;
  duration: number;
  eventTypeId: number;
  eventType: { id: number; slug: string };
  meetingUrl?: string;
  location: string;
  absentHost: boolean;
  createdAt: string;
  updatedAt: string;
  metadata: Record<string, unknown>;
  icsUid: string;
  attendees: Attendee[];
  guests: string[];
  bookingFieldsResponses: Record<string, unknown>;
}

export interface EventType {
  id: number;
  slug: string;
  title: string;
  lengthInMinutes: number;
  /** Bookings wait for the host's word. */
  requiresConfirmation: boolean;
  host: Host;
}

export interface State {
  /** By uid, oldest first. */
  bookings: Map<string, Booking>;
  /** By id. */
  eventTypes: Map<number, EventType>;
  /** The user the key belongs to. */
  me: Host;
  /** The world's present, not the clock's: what is ahead stays ahead however late the sandbox runs. */
  presentMs: number;
  /** Time of a change: the clock's. */
  now(): string;
  add(booking: NewBooking): Booking;
  /** Whether the host is free; the named booking does not count. */
  isFree(host: Host, startMs: number, endMs: number, exceptUid?: string): boolean;
}

export type NewBooking = Pick<Booking, 'status' | 'start' | 'attendees'> & {
  eventType: EventType;
  minutes: number;
} & Partial<
    Pick<
      Booking,
      | 'title'
      | 'description'
      | 'metadata'
      | 'guests'
      | 'bookingFieldsResponses'
      | 'rescheduledFromUid'
      | 'reschedulingReason'
      | 'rescheduledByEmail'
    >
  >;

const OUR_TIME_ZONE = 'Europe/Stockholm';
const INTEGRATION = 'integrations:daily';

const TIME_ZONES: Record<string, string> = {
  'United States': 'America/New_York',
  Canada: 'America/Toronto',
  'United Kingdom': 'Europe/London',
  Germany: 'Europe/Berlin',
  Sweden: 'Europe/Stockholm',
  Nigeria: 'Africa/Lagos',
  India: 'Asia/Kolkata',
  Japan: 'Asia/Tokyo',
  Australia: 'Australia/Sydney',
};

export function createState({ world, now, random }: Pick<EmulatorKit, 'world' | 'now' | 'random'>): State {
  const hosts = world.owners.map(({ personIndex }, index) => hostOf(world.people[personIndex], index));
  const eventTypes = new Map(world.eventTypes.map((type, index) => [type.id, eventTypeOf(world, type, index, hosts)]));
  const bookings = new Map(world.bookings.map((booking) => [booking.uid, bookingOf(world, booking, hosts)]));
  let lastId = Math.max(0, ...world.bookings.map(({ id }) => id));
  const instant = () => new Date(now()).toISOString();

  return {
    bookings,
    eventTypes,
    me: at(hosts, 0),
    presentMs: Date.parse(world.now),
    now: instant,
    add({ eventType, minutes, ...given }) {
      const uid = createUid(random);
      const { host, slug, id } = eventType;
      lastId += 1 + Math.floor(random() * 40);
      const changedAt = instant();
      const booking: Booking = {
        id: lastId,
        uid,
        title: `${eventType.title} between ${host.name} and ${given.attendees[0]?.name ?? 'somebody'}`,
        description: '',
        hosts: [host],
        end: new Date(Date.parse(given.start) + minutes * 60_000).toISOString(),
        duration: minutes,
        eventTypeId: id,
        eventType: { id, slug },
        location: given.status === 'accepted' ? `https://app.cal.com/video/${uid}` : INTEGRATION,
        ...(given.status === 'accepted' ? { meetingUrl: `https://app.cal.com/video/${uid}` } : {}),
        absentHost: false,
        createdAt: changedAt,
        updatedAt: changedAt,
        metadata: {},
        icsUid: `${uid}@Cal.com`,
        guests: [],
        bookingFieldsResponses: {},
        ...given,
      };
      bookings.set(uid, booking);
      return booking;
    },
    isFree: (host, startMs, endMs, exceptUid) =>
      !bookings
        .values()
        .some(
          ({ hosts: [other], status, start, end, uid }) =>
            other?.id === host.id &&
            uid !== exceptUid &&
            (status === 'accepted' || status === 'pending') &&
            Date.parse(start) < endMs &&
            Date.parse(end) > startMs,
        ),
  };
}

function eventTypeOf(world: World, type: WorldEventType, index: number, hosts: readonly Host[]): EventType {
  return {
    id: type.id,
    slug: type.slug,
    title: type.title,
    lengthInMinutes: type.lengthMinutes,
    requiresConfirmation: index === world.eventTypes.length - 1,
    host: at(hosts, type.ownerIndex),
  };
}

function hostOf(person: WorldPerson | undefined, index: number): Host {
  if (person === undefined) throw new Error(`The world's owner ${index} is nobody.`);
  const name = `${person.firstName} ${person.lastName}`;
  const username = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return {
    id: 880_100 + index,
    name,
    email: person.email,
    displayEmail: person.email,
    username,
    timeZone: OUR_TIME_ZONE,
  };
}

function bookingOf(world: World, booking: WorldBooking, hosts: readonly Host[]): Booking {
  const { id, uid, title, status, start, end, createdAt, updatedAt, eventTypeId, meetingUrl, cancellationReason } =
    booking;
  const attendees = booking.attendeeIndexes.map((index) => attendeeOf(at(world.people, index)));
  const [first] = attendees;
  const slug = world.eventTypes.find((type) => type.id === eventTypeId)?.slug ?? 'meeting';
  return {
    id,
    uid,
    title,
    description: id % 3 === 0 ? 'Please have your questions at hand.' : '',
    hosts: [at(hosts, booking.hostIndex)],
    status,
    ...(cancellationReason === null ? {} : { cancellationReason }),
    start,
    end,
    duration: (Date.parse(end) - Date.parse(start)) / 60_000,
    eventTypeId,
    eventType: { id: eventTypeId, slug },
    ...(meetingUrl === null ? {} : { meetingUrl }),
    location: meetingUrl ?? INTEGRATION,
    absentHost: false,
    createdAt,
    updatedAt,
    metadata: {},
    icsUid: `${uid}@Cal.com`,
    attendees,
    guests: [],
    bookingFieldsResponses: first === undefined ? {} : { name: first.name, email: first.email },
  };
}

/** The address is spelled as the person typed it. */
export function attendeeOf(person: WorldPerson): Attendee {
  const email = person.spelling.calcom ?? person.email;
  return {
    name: `${person.firstName} ${person.lastName}`,
    email,
    displayEmail: email,
    timeZone: TIME_ZONES[person.country ?? ''] ?? 'Europe/London',
    language: 'en',
    absent: false,
    ...(person.phone === null || person.index % 2 === 0 ? {} : { phoneNumber: `+${person.phone.replace(/\D/g, '')}` }),
  };
}

const UID_ALPHABET = '123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ';

function createUid(random: () => number): string {
  return Array.from({ length: 22 }, () => UID_ALPHABET[Math.floor(random() * UID_ALPHABET.length)]).join('');
}

export function at<Item>(list: readonly Item[], index: number): Item {
  const item = list[index];
  if (item === undefined) throw new RangeError(`Nothing at ${index}.`);
  return item;
}
