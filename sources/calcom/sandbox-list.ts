/** GET /v2/bookings in the sandbox: filters, sorting, pages. */
import { instantMs, integer, listOf } from './sandbox-input.ts';
import type { Booking, State } from './sandbox-state.ts';

const FILTERS = ['upcoming', 'recurring', 'past', 'cancelled', 'unconfirmed'] as const;
const ORDERS = ['asc', 'desc'] as const;
const MAX_TAKE = 100;

type Test = (booking: Booking) => boolean;

export function listBookings(state: State, query: URLSearchParams) {
  const take = integer(query.get('take') ?? MAX_TAKE, 'take', 1, MAX_TAKE);
  const skip = integer(query.get('skip') ?? 0, 'skip', 0);
  const tests = [...statusTests(state, query), ...ownTests(query), ...timeTests(query)];
  const rows = sort(
    [...state.bookings.values()].filter((booking) => tests.every((test) => test(booking))),
    query,
  );
  const data = rows.slice(skip, skip + take);
  const remainingItems = Math.max(0, rows.length - skip - data.length);
  const pagination = {
    totalItems: rows.length,
    remainingItems,
    returnedItems: data.length,
    itemsPerPage: take,
    currentPage: Math.floor(skip / take) + 1,
    totalPages: Math.ceil(rows.length / take),
    hasNextPage: remainingItems > 0,
    hasPreviousPage: skip > 0,
  };
  return { data, pagination };
}

function statusTests({ presentMs }: State, query: URLSearchParams): Test[] {
  const wanted = listOf(query, 'status', FILTERS);
  if (wanted.length === 0) return [];
  const isAhead = ({ end }: Booking) => Date.parse(end) >= presentMs;
  const tests: Record<(typeof FILTERS)[number], Test> = {
    upcoming: (booking) => booking.status === 'accepted' && isAhead(booking),
    past: (booking) => (booking.status === 'accepted' || booking.status === 'pending') && !isAhead(booking),
    cancelled: ({ status }) => status === 'cancelled' || status === 'rejected',
    unconfirmed: (booking) => booking.status === 'pending' && isAhead(booking),
    recurring: () => false, // the sandbox has no series
  };
  return [(booking) => wanted.some((status) => tests[status](booking))];
}

function ownTests(query: URLSearchParams): Test[] {
  const tests: Record<string, (value: string) => Test> = {
    attendeeEmail:
      (email) =>
      ({ attendees }) =>
        attendees.some((attendee) => sameText(attendee.email, email)),
    attendeeName:
      (name) =>
      ({ attendees }) =>
        attendees.some((attendee) => sameText(attendee.name, name)),
    bookingUid:
      (wanted) =>
      ({ uid }) =>
        uid === wanted,
    eventTypeId: (id) => ofEventTypes([integer(id, 'eventTypeId', 1)]),
    eventTypeIds: (ids) => ofEventTypes(ids.split(',').map((id) => integer(id.trim(), 'eventTypeIds', 1))),
    // Nobody in the sandbox is in a Cal.com team.
    teamId: () => () => false,
    teamsIds: () => () => false,
  };
  return testsOf(query, tests);
}

function timeTests(query: URLSearchParams): Test[] {
  const after = (name: string, field: 'start' | 'createdAt' | 'updatedAt') => (text: string) => {
    const ms = instantMs(text, name);
    return (booking: Booking) => Date.parse(booking[field]) >= ms;
  };
  const before = (name: string, field: 'end' | 'createdAt' | 'updatedAt') => (text: string) => {
    const ms = instantMs(text, name);
    return (booking: Booking) => Date.parse(booking[field]) <= ms;
  };
  return testsOf(query, {
    afterStart: after('afterStart', 'start'),
    beforeEnd: before('beforeEnd', 'end'),
    afterCreatedAt: after('afterCreatedAt', 'createdAt'),
    beforeCreatedAt: before('beforeCreatedAt', 'createdAt'),
    afterUpdatedAt: after('afterUpdatedAt', 'updatedAt'),
    beforeUpdatedAt: before('beforeUpdatedAt', 'updatedAt'),
  });
}

function testsOf(query: URLSearchParams, makers: Record<string, (value: string) => Test>): Test[] {
  return Object.entries(makers).flatMap(([name, make]) => {
    const value = query.get(name);
    return value === null ? [] : [make(value)];
  });
}

function ofEventTypes(ids: readonly number[]): Test {
  return ({ eventTypeId }) => ids.includes(eventTypeId);
}

/** Whole, without regard to case: people type their address as they like. */
function sameText(left: string, right: string): boolean {
  return left.toLowerCase() === right.trim().toLowerCase();
}

const SORTS = { sortStart: 'start', sortEnd: 'end', sortCreated: 'createdAt', sortUpdatedAt: 'updatedAt' } as const;

/** By the first sort parameter that is sent; else as they were made. Equal ones keep the order of their ids. */
function sort(rows: Booking[], query: URLSearchParams): Booking[] {
  for (const [name, field] of Object.entries(SORTS)) {
    const [order] = listOf(query, name, ORDERS);
    if (order === undefined) continue;
    const sign = order === 'asc' ? 1 : -1;
    return rows.toSorted(
      (left, right) => sign * (Date.parse(left[field]) - Date.parse(right[field])) || left.id - right.id,
    );
  }
  return rows.toSorted((left, right) => left.id - right.id);
}
