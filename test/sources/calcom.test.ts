/** Cal.com's emulator over plain fetch (there is no official client) and its webhooks against an HMAC check of the test's own. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { at, type Booking, type EventType } from '../../sources/calcom/sandbox-state.ts';
import { sign, TRIGGERS } from '../../sources/calcom/sandbox-webhooks.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';

const ADA = 'ada.lindqvist@brightforge.io';
const BOOKINGS = '2024-08-13';
const EVENT_TYPES = '2024-06-14';
const SLOTS = '2024-09-04';
const SOME_DAY = '2027-03-02';

interface Options {
  version?: string | null;
  method?: string;
  body?: unknown;
  token?: string;
}

interface Envelope<Data> {
  status: string;
  data: Data;
  pagination: { hasNextPage: boolean; totalItems: number };
  error: { code: string; message: string };
  path: string;
}

function start(rateFactor?: number): Promise<Sandbox> {
  return startSandbox({ vendors: ['calcom'], ...(rateFactor === undefined ? {} : { rateFactor }) });
}

async function call<Data = unknown>(sandbox: Sandbox, path: string, options: Options = {}) {
  const { version = BOOKINGS, method = 'GET', body, token = sandbox.credentials.calcom?.['token'] } = options;
  const response = await fetch(`${sandbox.urls.calcom}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(version === null ? {} : { 'cal-api-version': version }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Envelope<Data> };
}

async function control(sandbox: Sandbox, method: string, path: string, body?: unknown) {
  const response = await fetch(`${sandbox.controlUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.json();
}

async function listAll(sandbox: Sandbox, filter = ''): Promise<Booking[]> {
  const rows: Booking[] = [];
  for (let more = true; more; ) {
    const { body } = await call<Booking[]>(sandbox, `/v2/bookings?take=100&skip=${rows.length}${filter}`);
    rows.push(...body.data);
    more = body.pagination.hasNextPage;
  }
  return rows;
}

async function findType(sandbox: Sandbox, requiresConfirmation = false): Promise<EventType> {
  const { body } = await call<(EventType & { confirmationPolicy: { type?: string } })[]>(sandbox, '/v2/event-types', {
    version: EVENT_TYPES,
  });
  const found = body.data.find(
    ({ confirmationPolicy }) => (confirmationPolicy.type === 'always') === requiresConfirmation,
  );
  if (found === undefined) throw new Error('The world has no such event type.');
  return found;
}

async function firstSlot(sandbox: Sandbox, eventTypeId: number): Promise<string> {
  const path = `/v2/slots?start=${SOME_DAY}&end=${SOME_DAY}&eventTypeId=${eventTypeId}`;
  const { body } = await call<Record<string, { start: string }[]>>(sandbox, path, { version: SLOTS });
  return at(body.data[SOME_DAY] ?? [], 0).start;
}

async function book(sandbox: Sandbox, { requiresConfirmation = false } = {}) {
  const { id } = await findType(sandbox, requiresConfirmation);
  const attendee = { name: 'Greta Holm', email: 'Greta.Holm@example.com', timeZone: 'Europe/Oslo' };
  const input = { start: await firstSlot(sandbox, id), eventTypeId: id, attendee, metadata: { deal: '42' } };
  const answer = await call<Booking>(sandbox, '/v2/bookings', { method: 'POST', body: input });
  return { ...answer, input };
}

describe('reading bookings', () => {
  it('pages to the end and gives every booking of the world once', async () => {
    await using sandbox = await start();
    const uids = (await listAll(sandbox)).map(({ uid }) => uid);
    expect(uids.length).toBe(sandbox.world.bookings.length);
    expect(new Set(uids)).toEqual(new Set(sandbox.world.bookings.map(({ uid }) => uid)));
  });

  it('has the shape of the recorded page', async () => {
    await using sandbox = await start();
    const { body } = await call<Booking[]>(sandbox, `/v2/bookings?take=1&attendeeEmail=${ADA}&status=upcoming`);
    const recorded = readFixture('bookings.json');
    const [booking, example] = [at(body.data, 0), recorded.data[0]];
    expect(Object.keys(body.pagination).sort()).toEqual(Object.keys(recorded.pagination).sort());
    expect(Object.keys(booking.hosts[0] ?? {})).toEqual(Object.keys(example.hosts[0]));
    expect(Object.keys({ meetingUrl: '', ...booking }).sort()).toEqual(Object.keys(example).sort());
  });

  it('finds who attends, however the address is spelled, and nobody by half an address', async () => {
    await using sandbox = await start();
    const ada = sandbox.world.people.find(({ email }) => email === ADA);
    const hers = sandbox.world.bookings.filter(({ attendeeIndexes }) => attendeeIndexes.includes(ada?.index ?? -1));
    expect(hers.length).toBeGreaterThan(2);
    expect((await listAll(sandbox, `&attendeeEmail=${ADA.toUpperCase()}`)).length).toBe(hers.length);
    expect((await listAll(sandbox, '&attendeeEmail=ada.lindqvist')).length).toBe(0);
  });

  it('keeps the spelling of an address as it was typed in', async () => {
    await using sandbox = await start();
    const spelled = sandbox.world.people.find(
      ({ index, spelling }) =>
        spelling.calcom !== undefined &&
        sandbox.world.bookings.some(({ attendeeIndexes }) => attendeeIndexes.includes(index)),
    );
    const [booking] = await listAll(sandbox, `&attendeeEmail=${spelled?.email}`);
    expect(booking?.attendees.map(({ email }) => email)).toContain(spelled?.spelling.calcom);
  });

  it('filters by status, event type and time, and sorts', async () => {
    await using sandbox = await start();
    const { now } = sandbox.world;
    const upcoming = await listAll(sandbox, '&status=upcoming&sortStart=desc');
    expect(upcoming.every(({ status, end }) => status === 'accepted' && end >= now)).toBe(true);
    const starts = upcoming.map(({ start: startsAt }) => startsAt);
    expect(starts).toEqual(starts.toSorted().toReversed());
    const off = await listAll(sandbox, '&status=cancelled,unconfirmed');
    expect(new Set(off.map(({ status }) => status))).toEqual(new Set(['cancelled', 'rejected', 'pending']));
    const { id } = await findType(sandbox);
    const ofType = await listAll(sandbox, `&eventTypeId=${id}&afterStart=${now}&beforeEnd=2026-11-30`);
    expect(ofType.length).toBeGreaterThan(0);
    expect(ofType.every((row) => row.eventTypeId === id && row.start >= now && row.end <= '2026-11-30')).toBe(true);
  });

  it('refuses unknown statuses and pages larger than 100', async () => {
    await using sandbox = await start();
    expect(await call(sandbox, '/v2/bookings?status=lost')).toMatchObject({
      status: 400,
      body: { status: 'error', error: { code: 'BadRequestException' } },
    });
    expect(await call(sandbox, '/v2/bookings?take=101')).toMatchObject({ status: 400 });
  });

  it('gets one booking, and says in the vendor’s words that there is none', async () => {
    await using sandbox = await start();
    const { uid } = at(sandbox.world.bookings, 0);
    expect((await call<Booking>(sandbox, `/v2/bookings/${uid}`)).body.data.uid).toBe(uid);
    expect(await call(sandbox, '/v2/bookings/nothing')).toMatchObject({
      status: 404,
      body: { status: 'error', path: '/v2/bookings/nothing', error: { code: 'NotFoundException' } },
    });
  });
});

describe('writing bookings', () => {
  it('books a free slot, which is seen afterwards, taken and in the ledger', async () => {
    await using sandbox = await start();
    const { status, body, input } = await book(sandbox);
    expect(status).toBe(201);
    expect(body.data).toMatchObject({ status: 'accepted', start: input.start, metadata: { deal: '42' } });
    expect(await listAll(sandbox, '&attendeeEmail=greta.holm@example.com')).toEqual([body.data]);
    expect(await firstSlot(sandbox, input.eventTypeId)).not.toBe(input.start);
    expect(await control(sandbox, 'GET', '/writes')).toMatchObject({
      byVendor: { calcom: [{ operation: 'createBooking', id: body.data.uid }] },
    });
  });

  it('refuses a taken slot, the past, an unknown event type and an incomplete attendee', async () => {
    await using sandbox = await start();
    const { input } = await book(sandbox);
    const refusal = async (change: object) => {
      const { status, body } = await call(sandbox, '/v2/bookings', { method: 'POST', body: { ...input, ...change } });
      return { status, message: body.error.message };
    };
    expect(await refusal({})).toEqual({
      status: 400,
      message: 'User either already has booking at this time or is not available',
    });
    expect(await refusal({ start: '2026-11-01T10:00:00Z' })).toMatchObject({
      status: 400,
      message: 'Attempting to book a meeting in the past.',
    });
    expect(await refusal({ eventTypeId: 1 })).toMatchObject({ status: 404 });
    expect(await refusal({ attendee: { email: 'a@b.example' } })).toMatchObject({ status: 400 });
    expect(await refusal({ start: 'soon' })).toMatchObject({ status: 400 });
  });

  it('cancels once, and frees the slot', async () => {
    await using sandbox = await start();
    const { body, input } = await book(sandbox);
    const cancel = () =>
      call<Booking>(sandbox, `/v2/bookings/${body.data.uid}/cancel`, {
        method: 'POST',
        body: { cancellationReason: 'Will travel' },
      });
    expect((await cancel()).body.data).toMatchObject({ status: 'cancelled', cancellationReason: 'Will travel' });
    expect(await firstSlot(sandbox, input.eventTypeId)).toBe(input.start);
    expect(await cancel()).toMatchObject({ status: 400 });
  });

  it('reschedules into a new booking; both point to each other', async () => {
    await using sandbox = await start();
    const { body, input } = await book(sandbox);
    const { uid } = body.data;
    const move = () =>
      call<Booking>(sandbox, `/v2/bookings/${uid}/reschedule`, {
        method: 'POST',
        body: { start: `${SOME_DAY}T15:00:00Z` },
      });
    const moved = await move();
    expect(moved).toMatchObject({ status: 201, body: { data: { rescheduledFromUid: uid, status: 'accepted' } } });
    expect(moved.body.data.attendees).toEqual(body.data.attendees);
    expect((await call<Booking>(sandbox, `/v2/bookings/${uid}`)).body.data).toMatchObject({
      status: 'cancelled',
      rescheduledToUid: moved.body.data.uid,
    });
    expect(await firstSlot(sandbox, input.eventTypeId)).toBe(input.start);
    const again = await move();
    expect(again.status).toBe(400);
    expect(again.body.error.message).toContain(moved.body.data.uid);
  });

  it('lets the host confirm or decline what waits for confirmation', async () => {
    await using sandbox = await start();
    const first = await book(sandbox, { requiresConfirmation: true });
    const second = await book(sandbox, { requiresConfirmation: true });
    expect(first.body.data.status).toBe('pending');
    const confirm = () => call<Booking>(sandbox, `/v2/bookings/${first.body.data.uid}/confirm`, { method: 'POST' });
    expect((await confirm()).body.data.status).toBe('accepted');
    expect(await confirm()).toMatchObject({ status: 400 });
    const declined = await call<Booking>(sandbox, `/v2/bookings/${second.body.data.uid}/decline`, {
      method: 'POST',
      body: {},
    });
    expect(declined.body.data.status).toBe('rejected');
  });
});

describe('slots, event types and the user', () => {
  it('offers slots by day in the zone asked for, none in the past or at weekends', async () => {
    await using sandbox = await start();
    const { id } = await findType(sandbox);
    const path = `/v2/slots?start=2026-10-30&end=2026-11-09&eventTypeId=${id}&timeZone=America/New_York&format=range`;
    const { body } = await call<Record<string, { start: string; end: string }[]>>(sandbox, path, { version: SLOTS });
    expect(Object.keys(body.data)).toEqual([2, 3, 4, 5, 6, 9].map((day) => `2026-11-0${day}`));
    expect(body.data['2026-11-03']?.[0]?.start).toMatch(/^2026-11-03T\d\d:\d\d:00\.000-05:00$/);
    expect(await call(sandbox, `/v2/slots?eventTypeId=${id}`, { version: SLOTS })).toMatchObject({ status: 400 });
  });

  it('shows every event type, and one by id', async () => {
    await using sandbox = await start();
    const { body } = await call<EventType[]>(sandbox, '/v2/event-types?sortCreatedAt=desc', { version: EVENT_TYPES });
    const known = sandbox.world.eventTypes.map(({ id }) => id).toSorted((left, right) => right - left);
    expect(body.data.map(({ id }) => id)).toEqual(known);
    const one = await call<EventType>(sandbox, `/v2/event-types/${known[0]}`, { version: EVENT_TYPES });
    expect(one.body.data).toEqual(body.data[0]);
    expect(await call(sandbox, '/v2/event-types/1', { version: EVENT_TYPES })).toMatchObject({ status: 404 });
  });

  it('knows whose key it is, without any version', async () => {
    await using sandbox = await start();
    const { body } = await call<{ email: string }>(sandbox, '/v2/me', { version: null });
    expect(body.data.email).toMatch(/@northwindlabs\.com$/);
  });
});

describe('the door', () => {
  it('refuses a wrong key', async () => {
    await using sandbox = await start();
    expect(await call(sandbox, '/v2/me', { token: 'cal_live_wrong' })).toMatchObject({
      status: 401,
      body: { status: 'error', error: { code: 'UnauthorizedException' } },
    });
  });

  it('does not know an operation under another version or none', async () => {
    await using sandbox = await start();
    for (const version of [null, SLOTS]) {
      const { status, body } = await call(sandbox, '/v2/bookings', { version });
      expect(status).toBe(404);
      expect(body.error.message).toBe('Cannot GET /v2/bookings');
    }
  });

  it('counts 120 requests a minute and refuses the next one', async () => {
    await using sandbox = await start(1);
    const { headers } = await call(sandbox, '/v2/me');
    expect(headers.get('x-ratelimit-limit-default')).toBe('120');
    expect(headers.get('x-ratelimit-remaining-default')).toBe('119');
    await Promise.all(Array.from({ length: 119 }, () => call(sandbox, '/v2/me')));
    expect(await call(sandbox, '/v2/me')).toMatchObject({
      status: 429,
      body: { error: { code: 'ThrottlerException' } },
    });
  });

  it('is over the limit when told so', async () => {
    await using sandbox = await start();
    await control(sandbox, 'POST', '/faults', { vendor: 'calcom', kind: 'ratelimit', value: 7, times: 1 });
    const { status, headers } = await call(sandbox, '/v2/me');
    expect([status, headers.get('x-ratelimit-reset-default')]).toEqual([429, '7']);
    expect((await call(sandbox, '/v2/me')).status).toBe(200);
  });
});

describe('webhooks', () => {
  it('signs as the published vector says', () => {
    const { secret, body, expected } = readFixture('webhook-vector.json');
    expect(sign(secret, body)).toBe(expected['X-Cal-Signature-256']);
  });

  it('accepts the recorded delivery and refuses it after one byte changed', async () => {
    const { secret, headers, body } = readFixture('signed-delivery.json');
    expect(await isGenuine(secret, headers, body)).toBe(true);
    expect(await isGenuine(secret, headers, body.replace('ACCEPTED', 'ACCEPTEd'))).toBe(false);
  });

  it.each(TRIGGERS)('sends a signed %s about a booking that the API then shows', async (trigger) => {
    await using sandbox = await start();
    await using receiver = await startReceiver();
    await control(sandbox, 'PUT', '/webhooks', { url: receiver.url });
    await control(sandbox, 'POST', '/emit', { vendor: 'calcom', type: trigger, count: 2 });

    expect(receiver.deliveries.length).toBe(2);
    const secret = sandbox.webhookSecrets.calcom ?? '';
    for (const { path, headers, body } of receiver.deliveries) {
      expect(path).toBe('/calcom');
      expect(headers['x-cal-webhook-version']).toBe('2021-10-20');
      expect(await isGenuine(secret, headers, body)).toBe(true);
      expect(await isGenuine(secret, headers, body.replace('T', 't'))).toBe(false);
      const { triggerEvent, payload } = JSON.parse(body);
      expect(triggerEvent).toBe(trigger);
      const { data } = (await call<Booking>(sandbox, `/v2/bookings/${payload.uid}`)).body;
      expect(data).toMatchObject({ id: payload.bookingId, start: payload.startTime });
      expect(data.rescheduledFromUid).toBe(payload.rescheduleUid);
      expect(data.status.toUpperCase()).toBe(payload.status);
      expect(data.status).toBe(STATUS_AFTER[trigger]);
    }
    const [first, second] = receiver.deliveries.map(({ body }) => JSON.parse(body).payload.uid);
    expect(first).not.toBe(second);
  });
});

const STATUS_AFTER: Record<(typeof TRIGGERS)[number], Booking['status']> = {
  BOOKING_CREATED: 'accepted',
  BOOKING_RESCHEDULED: 'accepted',
  BOOKING_CANCELLED: 'cancelled',
  BOOKING_REQUESTED: 'pending',
  BOOKING_REJECTED: 'rejected',
  MEETING_ENDED: 'accepted',
};

/** Written from the description of the scheme with Web Crypto, apart from the emulator's own signing. */
async function isGenuine(secret: string, headers: IncomingHttpHeaders, body: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['verify']);
  const signature = Buffer.from(String(headers['x-cal-signature-256']), 'hex');
  return crypto.subtle.verify('HMAC', key, signature, encoder.encode(body));
}

interface Delivery {
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

async function startReceiver() {
  const deliveries: Delivery[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    deliveries.push({ path: request.url, headers: request.headers, body });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  return {
    url: `http://127.0.0.1:${port}`,
    deliveries,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readFixture(name: string) {
  return JSON.parse(readFileSync(new URL(`../../sources/calcom/fixtures/${name}`, import.meta.url), 'utf8'));
}
