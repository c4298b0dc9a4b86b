/** Event types and the key's own user, as Cal.com shows them. */
import { Refusal } from './sandbox-answers.ts';
import { integer, listOf } from './sandbox-input.ts';
import type { EventType, State } from './sandbox-state.ts';

export function listEventTypes({ eventTypes }: State, query: URLSearchParams) {
  const username = query.get('username');
  const slug = query.get('eventSlug');
  if (slug !== null && username === null) throw new Refusal(400, 'username must be provided if eventSlug is provided');
  const [order] = listOf(query, 'sortCreatedAt', ['asc', 'desc']);
  const rows = [...eventTypes.values()]
    .filter((type) => username === null || type.host.username === username)
    .filter((type) => slug === null || type.slug === slug);
  const sorted = order === undefined ? rows : rows.toSorted(({ id: left }, { id: right }) => left - right);
  return (order === 'desc' ? sorted.toReversed() : sorted).map(eventTypeAnswer);
}

export function findEventTypeAnswer({ eventTypes }: State, sentId: string) {
  const id = integer(sentId, 'eventTypeId', 1);
  const eventType = eventTypes.get(id);
  if (eventType === undefined) throw new Refusal(404, `Event type with id ${id} not found`);
  return eventTypeAnswer(eventType);
}

function eventTypeAnswer({ id, slug, title, lengthInMinutes, requiresConfirmation, host }: EventType) {
  return {
    id,
    lengthInMinutes,
    title,
    slug,
    description: '',
    locations: [{ type: 'integration', integration: 'cal-video' }],
    bookingFields: [],
    disableGuests: false,
    recurrence: null,
    minimumBookingNotice: 0,
    beforeEventBuffer: 0,
    afterEventBuffer: 0,
    metadata: {},
    price: 0,
    currency: 'usd',
    lockTimeZoneToggleOnBookingPage: false,
    forwardParamsSuccessRedirect: null,
    successRedirectUrl: null,
    isInstantEvent: false,
    scheduleId: null,
    confirmationPolicy: requiresConfirmation
      ? { type: 'always', blockUnconfirmedBookingsInBooker: true }
      : { disabled: true },
    requiresBookerEmailVerification: false,
    hidden: false,
    bookingRequiresAuthentication: false,
    ownerId: host.id,
    users: [host.username],
    bookingUrl: `https://cal.com/${host.username}/${slug}`,
  };
}

export function meAnswer({ me: { id, username, email, name, timeZone } }: State) {
  return {
    id,
    username,
    email,
    name,
    avatarUrl: null,
    bio: null,
    timeFormat: 24,
    defaultScheduleId: null,
    weekStart: 'Monday',
    timeZone,
    organizationId: null,
  };
}
