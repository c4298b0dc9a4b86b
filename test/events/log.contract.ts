/**
 * What every event log does. Each test gets a place of its own; two logs opened on one place stand for two processes, or for
 * one that was restarted. A log may show an event a little after its append resolved (Postgres does while others write), so
 * tests wait until the head is there.
 */
import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { MOST_CONSUMERS } from '../../src/events/consumer-limit.ts';
import type { Delivery } from '../../src/events/delivery.ts';
import type { Appended, EventFilter, EventLog, LoggedEvent, Position } from '../../src/events/log.ts';
import { batchOf, DAY, deadLetter, dedupeKey, deliveryOf, NOW, newEvent, sha256 } from './delivery.ts';

export interface LogPlace extends AsyncDisposable {
  /** Ended with the place, if not before. The clock is for what the log dates itself: replays, consumers, dead letters. */
  open(now?: () => number): Promise<EventLog>;
}

const BY = { principal: 'key:demo', reason: 'the test' };
const STRIPE: EventFilter = [{ vendor: 'stripe' }];

/** `await using place = await makePlace()` gives an empty log's place. */
export function logContract(name: string, makePlace: () => Promise<LogPlace>): void {
  describe(`${name}: appending and reading`, () => appending(makePlace));
  describe(`${name}: filters and pages`, () => paging(makePlace));
  describe(`${name}: repeated deliveries`, () => repeating(makePlace));
  describe(`${name}: dead letters`, () => deadLetters(makePlace));
  describe(`${name}: waiting`, () => waiting(makePlace));
  describe(`${name}: consumers and epochs`, () => consumers(makePlace));
  describe(`${name}: what operators do`, () => operating(makePlace));
  describe(`${name}: retention`, () => pruning(makePlace));
}

/** A wait that does not end by itself, so that a lost wake-up shows as a test that hangs. */
export const forEver = (): AbortSignal => new AbortController().signal;

/** Behind which everything lies. */
export const start = (log: EventLog): Position => '0'.repeat(log.positionLength);

/** Appends one after another and waits until they can be read. */
export async function appendAll(log: EventLog, ...deliveries: readonly Delivery[]): Promise<Appended[]> {
  const appended: Appended[] = [];
  for (const delivery of deliveries) appended.push(await log.append(delivery));
  await readable(log, appended);
  return appended;
}

/** Waits until the log's head is behind all that was appended. */
export async function readable(log: EventLog, appended: readonly Appended[]): Promise<void> {
  const positions = appended.flatMap(({ events }) => events.map(({ position }) => position ?? start(log)));
  const last = positions.toSorted().at(-1) ?? start(log);
  await expect.poll(async () => (await log.head()) >= last, { interval: 5, timeout: 10_000 }).toBe(true);
}

/** Everything behind `after`, page by page. Fails on an event out of order or beyond `scannedTo`. */
export async function readAll(
  log: EventLog,
  { after = start(log), filter = STRIPE, limit = 100 }: { after?: Position; filter?: EventFilter; limit?: number } = {},
): Promise<LoggedEvent[]> {
  const read: LoggedEvent[] = [];
  const head = await log.head();
  for (let place = after; place < head; ) {
    const { events, scannedTo } = await log.read(place, filter, limit);
    expect(events.length).toBeLessThanOrEqual(limit);
    expect(scannedTo > place).toBe(true);
    for (const event of events) {
      expect(event.position > (read.at(-1)?.position ?? after)).toBe(true);
      expect(event.position <= scannedTo).toBe(true);
      read.push(event);
    }
    place = scannedTo;
  }
  return read;
}

const idsOf = (events: readonly LoggedEvent[]): string[] => events.map(({ eventId }) => eventId);
const outcomesOf = (appended: readonly Appended[]): string[] =>
  appended.flatMap(({ events }) => events.map(({ outcome }) => outcome));

function appending(makePlace: () => Promise<LogPlace>): void {
  it('is empty at first', async () => {
    await using place = await makePlace();
    const log = await place.open();
    expect(await readAll(log)).toEqual([]);
    expect(start(log) <= (await log.head())).toBe(true);
    expect(await log.earliest(['stripe'])).toBe(start(log));
    expect(await log.find({ filter: STRIPE }, 10)).toEqual([]);
    expect(await log.count({ filter: STRIPE })).toBe(0);
    expect(await log.delivery('none')).toBeUndefined();
    expect(await log.figures()).toMatchObject({ events: 0, bytes: 0 });
    expect(await log.vendors()).toEqual([]);
    expect(await log.unread(() => undefined)).toEqual([]);
  });

  it('gives back all of an event', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const event = newEvent({
      ix: 3,
      type: 'contact.propertyChange',
      vendorTime: NOW - 1_500,
      body: '{"name":"Zoë 🚲 “x”\\u0000\\\\","n":9007199254740993,"backslash":"\\\\n"}\n',
      unsigned: ['eventId', 'topic'],
    });
    const [appended] = await appendAll(log, deliveryOf({ id: 'd-1', vendor: 'hubspot', events: [event] }));
    const [read] = await readAll(log, { filter: [{ vendor: 'hubspot' }] });
    expect(read).toEqual({
      id: expect.stringMatching(/./),
      position: appended?.events[0]?.position,
      deliveryId: 'd-1',
      ix: 3,
      vendor: 'hubspot',
      type: 'contact.propertyChange',
      eventId: event.eventId,
      vendorTime: NOW - 1_500,
      receivedAt: NOW,
      body: event.body,
      unsigned: ['eventId', 'topic'],
      replayOf: null,
    });
  });

  it('gives an event without a time of the vendor the time null', async () => {
    await using place = await makePlace();
    const log = await place.open();
    await appendAll(log, deliveryOf());
    expect(await readAll(log)).toMatchObject([{ vendorTime: null }]);
  });

  it('gives back all of a delivery, to the byte', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const raw = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
    const headers = { 'content-type': 'text/plain; charset="x"', 'x-github-event': 'Zoë "q" \\ {}' };
    const delivery = deliveryOf({ raw, headers, verifiedBy: 'second', remoteIp: '2001:db8::1' });
    await log.append(delivery);
    const { events: _events, deadLetters: _deadLetters, ...stored } = delivery;
    const found = await log.delivery(delivery.id);
    expect({ ...found, raw: [...(found?.raw ?? [])] }).toEqual({ ...stored, raw: [...raw], rawSha256: sha256(raw) });
  });

  it('gives back the bytes of a delivery whose only event is all of it', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const delivery = deliveryOf({ events: [newEvent({ body: '{"name": "Zoë"}' })] });
    await log.append(delivery);
    const found = await log.delivery(delivery.id);
    expect(new TextDecoder().decode(found?.raw)).toBe('{"name": "Zoë"}');
    expect(found?.rawSha256).toBe(sha256('{"name": "Zoë"}'));
  });

  it('keeps the order in which deliveries were acknowledged, and that of the events inside one', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const appended = await appendAll(log, batchOf('a', 3), batchOf('b', 2, { receivedAt: NOW - DAY }), batchOf('c', 1));
    const read = await readAll(log);
    expect(idsOf(read)).toEqual(['a-0', 'a-1', 'a-2', 'b-0', 'b-1', 'c-0']);
    expect(read.map(({ position }) => position)).toEqual(
      appended.flatMap(({ events }) => events.map((e) => e.position)),
    );
    // Named after their deliveries: numbers may be given out again after a restore.
    expect(read.map(({ id }) => id)).toEqual(read.map(({ deliveryId, ix }) => `${deliveryId}.${ix}`));
    for (const { position } of read) expect(position).toMatch(new RegExp(`^[0-9a-f]{${log.positionLength}}$`));
  });

  it('takes a hundred deliveries at once and stores each whole and once', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const deliveries = Array.from({ length: 100 }, (_, index) => batchOf(`d${index}`, 3));
    const appended = await Promise.all(deliveries.map((delivery) => log.append(delivery)));
    expect(new Set(outcomesOf(appended))).toEqual(new Set(['stored']));
    await readable(log, appended);
    const read = await readAll(log, { limit: 7 });
    expect(idsOf(read).toSorted()).toEqual(deliveries.flatMap(({ events }) => events.map((e) => e.eventId)).toSorted());
    for (const { id } of deliveries) {
      expect(read.filter(({ deliveryId }) => deliveryId === id).map(({ ix }) => ix)).toEqual([0, 1, 2]);
    }
  });

  it('takes bodies of megabytes', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const bodies = [1, 2, 3].map((n) => JSON.stringify({ n, text: 'ü"\\'.repeat(400_000) }));
    await appendAll(log, ...bodies.map((body) => deliveryOf({ events: [newEvent({ body })] })));
    const read = await readAll(log, { limit: 2 });
    expect(read.map(({ body }) => sha256(body))).toEqual(bodies.map(sha256));
  });

  it('takes ids, types and keys of any length', async () => {
    await using place = await makePlace();
    const log = await place.open();
    // Random: an index may hold a long text that can be compressed.
    const eventId = randomBytes(8_000).toString('hex');
    const event = newEvent({ eventId, type: `a.${randomBytes(4_000).toString('hex')}` });
    await appendAll(log, deliveryOf({ events: [event] }));
    expect(await readAll(log)).toMatchObject([{ eventId, type: event.type }]);
    expect(outcomesOf(await appendAll(log, deliveryOf({ events: [event] })))).toEqual(['duplicate']);
  });

  it('refuses a delivery it cannot store as a whole, and stores those that came with it', async () => {
    await using place = await makePlace();
    const log = await place.open();
    await appendAll(log, deliveryOf({ id: 'taken', events: [newEvent({ eventId: 'first' })] }));
    const batch = batchOf('refused', 3, { id: 'taken' });
    const [before, refused, after] = await Promise.allSettled([
      log.append(batchOf('before', 2)),
      log.append(batch),
      log.append(batchOf('after', 2)),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'INTERNAL', details: { retryable: true } } });
    expect([before?.status, after?.status]).toEqual(['fulfilled', 'fulfilled']);
    // Its ids are not known: under another name it is stored.
    expect(outcomesOf(await appendAll(log, { ...batch, id: 'free' }))).toEqual(['stored', 'stored', 'stored']);
    const ids = idsOf(await readAll(log));
    expect(ids.toSorted()).toEqual(
      ['after-0', 'after-1', 'before-0', 'before-1', 'first', 'refused-0', 'refused-1', 'refused-2'].toSorted(),
    );
  });

  it('has everything that was acknowledged when it is opened again', async () => {
    await using place = await makePlace();
    const first = await place.open();
    const epoch = await first.epoch();
    const [appended] = await appendAll(first, batchOf('a', 3));
    await first[Symbol.asyncDispose]();
    const second = await place.open();
    expect(await second.epoch()).toBe(epoch);
    await readable(second, appended ? [appended] : []);
    expect(idsOf(await readAll(second))).toEqual(['a-0', 'a-1', 'a-2']);
    await appendAll(second, batchOf('b', 1));
    expect(idsOf(await readAll(second))).toEqual(['a-0', 'a-1', 'a-2', 'b-0']);
  });

  it('stores what was given to it before it was ended, and takes nothing afterwards', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const appends = Array.from({ length: 20 }, (_, index) => log.append(batchOf(`d${index}`, 1)));
    await log[Symbol.asyncDispose]();
    await Promise.all(appends);
    await expect(log.append(deliveryOf())).rejects.toMatchObject({ code: 'INTERNAL', details: { retryable: true } });
    expect(await (await place.open()).count({ filter: STRIPE })).toBe(20);
  });
}

function paging(makePlace: () => Promise<LogPlace>): void {
  const typed = (vendor: string, type: string): Delivery =>
    deliveryOf({ vendor, events: [newEvent({ type, eventId: `${vendor}:${type}` })] });
  const mixed = [
    typed('stripe', 'invoice.paid'),
    typed('zendesk', 'ticket.created'),
    typed('stripe', 'invoice.payment_failed'),
    typed('stripe', 'invoices'),
    typed('stripe', 'customer.created'),
    typed('zendesk', 'invoice.paid'),
    typed('stripe', 'in%_[a-z]*?'),
  ];

  it.each<[string, EventFilter, readonly string[]]>([
    ['no clause', [], []],
    ['a vendor', [{ vendor: 'zendesk' }], ['zendesk:ticket.created', 'zendesk:invoice.paid']],
    ['a type of a vendor', [{ vendor: 'stripe', types: ['invoice.paid'] }], ['stripe:invoice.paid']],
    ['no type', [{ vendor: 'stripe', types: [] }], []],
    ['a vendor nobody heard of', [{ vendor: 'pdl' }], []],
    [
      'types that begin so',
      [{ vendor: 'stripe', types: ['invoice.*'] }],
      ['stripe:invoice.paid', 'stripe:invoice.payment_failed'],
    ],
    [
      'signs that mean something elsewhere',
      [{ vendor: 'stripe', types: ['in%*', 'inv_ice.paid'] }],
      ['stripe:in%_[a-z]*?'],
    ],
    [
      'types, some of them by their beginning',
      [{ vendor: 'stripe', types: ['customer.created', 'invoice.pay*'] }],
      ['stripe:invoice.payment_failed', 'stripe:customer.created'],
    ],
    [
      'every type by the star alone',
      [{ vendor: 'zendesk', types: ['*'] }],
      ['zendesk:ticket.created', 'zendesk:invoice.paid'],
    ],
    [
      'several clauses',
      [
        { vendor: 'zendesk', types: ['ticket.*'] },
        { vendor: 'stripe', types: ['customer.created'] },
        { vendor: 'stripe', types: ['invoices'] },
      ],
      ['zendesk:ticket.created', 'stripe:invoices', 'stripe:customer.created'],
    ],
  ])('finds %s, reading and asking', async (_what, filter, expected) => {
    await using place = await makePlace();
    const log = await place.open();
    await appendAll(log, ...mixed);
    expect(idsOf(await readAll(log, { filter }))).toEqual(expected);
    expect(idsOf(await readAll(log, { filter, limit: 1 }))).toEqual(expected);
    expect(idsOf(await log.find({ filter }, 100))).toEqual(expected);
    expect(await log.count({ filter })).toBe(expected.length);
  });

  it('moves on past what does not match', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const appended = await appendAll(log, ...mixed);
    const page = await log.read(start(log), [{ vendor: 'slack' }], 10);
    expect(page.events).toEqual([]);
    expect(page.scannedTo >= (appended.at(-1)?.events[0]?.position ?? '')).toBe(true);
    expect(page.scannedTo <= (await log.head())).toBe(true);
  });

  it('ends a full page at its last event, so that the next one begins there', async () => {
    await using place = await makePlace();
    const log = await place.open();
    await appendAll(log, batchOf('a', 10));
    const page = await log.read(start(log), STRIPE, 4);
    expect(idsOf([...page.events])).toEqual(['a-0', 'a-1', 'a-2', 'a-3']);
    expect(page.scannedTo).toBe(page.events.at(-1)?.position);
    expect(idsOf(await readAll(log, { after: page.scannedTo, limit: 3 }))).toEqual(
      Array.from({ length: 6 }, (_, index) => `a-${index + 4}`),
    );
  });

  it('finds one event among thousands that do not match', async () => {
    await using place = await makePlace();
    const log = await place.open();
    await appendAll(log, batchOf('a', 1_500), typed('stripe', 'rare'), batchOf('b', 1_500), typed('zendesk', 'rare'));
    expect(idsOf(await readAll(log, { filter: [{ vendor: 'stripe', types: ['rare'] }] }))).toEqual(['stripe:rare']);
    expect(idsOf(await readAll(log, { filter: [{ vendor: 'zendesk' }] }))).toEqual(['zendesk:rare']);
  });

  it('reads from any position exactly the rest', async () => {
    await using place = await makePlace();
    const log = await place.open();
    await appendAll(log, batchOf('a', 4), batchOf('b', 4));
    const all = await readAll(log);
    for (const [index, { position }] of all.entries()) {
      expect(await readAll(log, { after: position })).toEqual(all.slice(index + 1));
    }
    expect((await log.read(await log.head(), STRIPE, 10)).events).toEqual([]);
  });
}

function repeating(makePlace: () => Promise<LogPlace>): void {
  it('stores an event once and takes the repeat for a duplicate', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const [first, second] = await appendAll(log, batchOf('a', 1), batchOf('a', 1));
    expect(first?.events).toEqual([{ outcome: 'stored', position: expect.any(String) }]);
    expect(second?.events).toEqual([{ outcome: 'duplicate', position: null }]);
    expect(idsOf(await readAll(log))).toEqual(['a-0']);
  });

  it('stores an event once that comes fifty times at the same moment', async () => {
    await using place = await makePlace();
    const [log, other] = [await place.open(), await place.open()];
    const event = newEvent();
    const appended = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 ? other : log).append(deliveryOf({ events: [event] }))),
    );
    expect(outcomesOf(appended).filter((outcome) => outcome === 'stored')).toHaveLength(1);
    expect(outcomesOf(appended).filter((outcome) => outcome === 'duplicate')).toHaveLength(49);
    await readable(log, appended);
    expect(await readAll(log)).toHaveLength(1);
  });

  it('keeps the same id of two vendors apart', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const appended = await appendAll(log, batchOf('a', 1), batchOf('a', 1, { vendor: 'zendesk' }));
    expect(outcomesOf(appended)).toEqual(['stored', 'stored']);
  });

  it('appends of a batch what is new, in its order', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const known = batchOf('a', 3);
    const events = ['new-0', 'a-1', 'new-2', 'new-0', 'a-2'].map((eventId, ix) => newEvent({ eventId, ix }));
    const [, second] = await appendAll(log, known, deliveryOf({ events }));
    expect(second?.events.map(({ outcome }) => outcome)).toEqual([
      'stored',
      'duplicate',
      'stored',
      'duplicate',
      'duplicate',
    ]);
    expect(idsOf(await readAll(log))).toEqual(['a-0', 'a-1', 'a-2', 'new-0', 'new-2']);
  });

  it('knows an event by any of its keys, and from then on by all of them', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const body = '{"n":1}';
    const keyed = (...keys: string[]): Delivery =>
      deliveryOf({ events: [newEvent({ body, dedupeKeys: keys.map((key) => dedupeKey(key)) })] });
    const [, ...repeats] = await appendAll(
      log,
      keyed('hash', 'header-1'),
      keyed('hash', 'header-2'),
      keyed('header-2'),
    );
    const duplicate = { events: [{ outcome: 'duplicate', position: null }] };
    expect(repeats).toEqual([duplicate, duplicate]);
    const other = deliveryOf({ events: [newEvent({ body: '{"n":2}', dedupeKeys: [dedupeKey('header-2')] })] });
    expect(outcomesOf(await appendAll(log, other))).toEqual(['conflict']);
  });

  it('keeps another body under a known id as a dead letter, and drops and overwrites nothing', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const twice = { eventId: 'evt_1', body: '{"amount":2}' };
    const conflicting = deliveryOf({
      receivedAt: NOW + 1,
      events: [newEvent(twice), newEvent({ ix: 1, eventId: 'b' })],
    });
    const [, appended] = await appendAll(log, deliveryOf({ events: [newEvent({ eventId: 'evt_1' })] }), conflicting);
    expect(appended?.events).toEqual([
      { outcome: 'conflict', position: null },
      { outcome: 'stored', position: expect.any(String) },
    ]);
    expect((await readAll(log)).map(({ body }) => body)).toEqual(['{"id":"evt_1"}', '{"id":"b"}']);
    const [letter] = await log.deadLetters({ reason: 'id_conflict' }, 10);
    expect(letter).toMatchObject({ deliveryId: conflicting.id, ix: 0, vendor: 'stripe', redrivenAt: null });
    expect(letter?.detail).not.toContain('amount');
    const stored = await log.delivery(conflicting.id);
    expect(new TextDecoder().decode(stored?.raw)).toContain('{"amount":2}');
  });

  it('finds the conflict inside one delivery, too', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const events = [1, 2].map((n, ix) => newEvent({ ix, eventId: 'evt_1', body: `{"n":${n}}` }));
    expect(outcomesOf(await appendAll(log, deliveryOf({ events })))).toEqual(['stored', 'conflict']);
  });

  it('remembers nothing of a conflicting event, so that the same bytes under an id of their own are stored', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const body = '{"n":2}';
    const hash = dedupeKey(sha256(body), { isBodyHash: true });
    await appendAll(log, deliveryOf({ events: [newEvent({ eventId: 'evt_1' })] }));
    const conflicting = deliveryOf({ events: [newEvent({ body, dedupeKeys: [dedupeKey('evt_1'), hash] })] });
    const own = deliveryOf({ events: [newEvent({ body, dedupeKeys: [dedupeKey('evt_2'), hash] })] });
    expect(outcomesOf(await appendAll(log, conflicting, own))).toEqual(['conflict', 'stored']);
  });

  it('takes a known hash of the body for the body, whatever it was read as', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const hash = dedupeKey('hash-of-the-bytes', { isBodyHash: true });
    const readAs = (body: string): Delivery => deliveryOf({ events: [newEvent({ body, dedupeKeys: [hash] })] });
    expect(outcomesOf(await appendAll(log, readAs('{"a":1}'), readAs('{"a": 1}')))).toEqual(['stored', 'duplicate']);
  });
}

function deadLetters(makePlace: () => Promise<LogPlace>): void {
  it('keeps what could not become an event, newest first, by vendor and reason', async () => {
    await using place = await makePlace();
    const log = await place.open(() => NOW + 5);
    const poison = deliveryOf({ events: [], deadLetters: [deadLetter()], raw: 'not json' });
    const untyped = deliveryOf({
      vendor: 'hubspot',
      deadLetters: [deadLetter({ ix: 1, reason: 'no_type', detail: 'no type' })],
    });
    await appendAll(log, poison, untyped);
    const all = await log.deadLetters({}, 10);
    expect(all.map(({ deliveryId }) => deliveryId)).toEqual([untyped.id, poison.id]);
    expect(all[1]).toEqual({
      id: expect.stringMatching(/./),
      deliveryId: poison.id,
      vendor: 'stripe',
      ix: null,
      reason: 'unreadable',
      detail: 'not JSON',
      createdAt: NOW + 5,
      redrivenAt: null,
    });
    expect(await log.deadLetters({ vendor: 'hubspot' }, 10)).toEqual([all[0]]);
    expect(await log.deadLetters({ reason: 'unreadable' }, 10)).toEqual([all[1]]);
    expect(await log.deadLetters({ id: all[1]?.id ?? '' }, 10)).toEqual([all[1]]);
    expect(await log.deadLetters({ id: 'unknown' }, 10)).toEqual([]);
    expect(await log.deadLetters({}, 1)).toEqual([all[0]]);
    expect((await log.figures()).deadLetters).toEqual({ unreadable: 1, no_type: 1 });
    expect(new TextDecoder().decode((await log.delivery(poison.id))?.raw)).toBe('not json');
  });

  it('appends what was made of one, marks it as done, and leaves the delivery as it is', async () => {
    await using place = await makePlace();
    const log = await place.open(() => NOW + DAY);
    const poison = deliveryOf({ events: [], deadLetters: [deadLetter()], raw: 'not json' });
    await appendAll(log, poison);
    const [letter] = await log.deadLetters({}, 10);
    const appended = await log.redrive(letter?.id ?? '', [newEvent({ eventId: 'mended' })], BY);
    await readable(log, [appended]);
    expect(outcomesOf([appended])).toEqual(['stored']);
    expect(await readAll(log)).toMatchObject([
      { eventId: 'mended', deliveryId: poison.id, vendor: 'stripe', receivedAt: NOW + DAY, replayOf: null },
    ]);
    expect(await log.deadLetters({}, 10)).toEqual([]);
    expect(await log.deadLetters({ all: true }, 10)).toMatchObject([{ id: letter?.id, redrivenAt: NOW + DAY }]);
    expect((await log.figures()).deadLetters).toEqual({});
    expect(new TextDecoder().decode((await log.delivery(poison.id))?.raw)).toBe('not json');
  });

  it('appends once what is redriven twice, or came by itself meanwhile', async () => {
    await using place = await makePlace();
    const log = await place.open();
    await appendAll(log, deliveryOf({ events: [], deadLetters: [deadLetter()] }));
    const [letter] = await log.deadLetters({}, 10);
    const mended = [newEvent({ eventId: 'a' }), newEvent({ eventId: 'b', ix: 1 })];
    await appendAll(log, deliveryOf({ events: [newEvent({ eventId: 'b' })] }));
    expect(outcomesOf([await log.redrive(letter?.id ?? '', mended, BY)])).toEqual(['stored', 'duplicate']);
    expect(outcomesOf([await log.redrive(letter?.id ?? '', mended, BY)])).toEqual(['duplicate', 'duplicate']);
    expect(await log.count({ filter: STRIPE })).toBe(2);
  });

  it('answers NOT_FOUND for one that is not there', async () => {
    await using place = await makePlace();
    const log = await place.open();
    await expect(log.redrive('unknown', [newEvent()], BY)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await log.count({ filter: STRIPE })).toBe(0);
  });
}

function waiting(makePlace: () => Promise<LogPlace>): void {
  it('wakes who waits at the head, of this log and of another', async () => {
    await using place = await makePlace();
    const [log, other] = [await place.open(), await place.open()];
    const head = await log.head();
    const woken = Promise.all([log, other].map((each) => each.waitFor(head, forEver())));
    await log.append(batchOf('a', 1));
    await woken;
    await vi.waitFor(async () => expect(idsOf(await readAll(other, { after: head }))).toEqual(['a-0']), 10_000);
  });

  it('does not keep waiting who is behind', async () => {
    await using place = await makePlace();
    const log = await place.open();
    await appendAll(log, batchOf('a', 1));
    await log.waitFor(start(log), forEver());
  });

  it('lets a reader that only waits and reads miss nothing', async () => {
    await using place = await makePlace();
    const [log, writer] = [await place.open(), await place.open()];
    const read: string[] = [];
    const reading = (async () => {
      for (let after = start(log); read.length < 60; ) {
        await log.waitFor(after, forEver());
        const page = await log.read(after, STRIPE, 10);
        read.push(...idsOf([...page.events]));
        after = page.scannedTo;
      }
    })();
    for (let n = 0; n < 30; n += 1) {
      await Promise.all([log.append(batchOf(`x${n}`, 1)), writer.append(batchOf(`y${n}`, 1))]);
    }
    await reading;
    expect(new Set(read).size).toBe(60);
  });

  it('lets go when the signal aborts, also one that was aborted before', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const stop = new AbortController();
    const head = await log.head();
    const waits = Promise.all([log.waitFor(head, stop.signal), log.waitFor(head, stop.signal)]);
    stop.abort();
    await waits;
    await log.waitFor(head, stop.signal);
  });

  it('lets go when it is ended', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const waits = log.waitFor(await log.head(), forEver());
    await log[Symbol.asyncDispose]();
    await waits;
  });
}

function consumers(makePlace: () => Promise<LogPlace>): void {
  it('moves a named consumer forward and never back', async () => {
    await using place = await makePlace();
    let now = NOW;
    const [log, other] = [await place.open(() => now), await place.open(() => now)];
    await appendAll(log, batchOf('a', 3));
    const [first = '', second = '', third = ''] = (await readAll(log)).map(({ position }) => position);
    expect(await log.consumer('key:app', 'sync')).toBeUndefined();
    expect(await log.commitConsumer('key:app', 'sync', second)).toBe(second);
    now += 1;
    expect(await other.commitConsumer('key:app', 'sync', first)).toBe(second);
    expect(await log.consumer('key:app', 'sync')).toEqual({
      principal: 'key:app',
      name: 'sync',
      position: second,
      updatedAt: NOW,
      owner: null,
    });
    expect(await other.commitConsumer('key:app', 'sync', third)).toBe(third);
    expect(await log.consumer('key:app', 'sync')).toMatchObject({ position: third, updatedAt: NOW + 1 });
  });

  it('gives a consumer that is opened for the first time twice at once the place of one of them', async () => {
    await using place = await makePlace();
    const [log, other] = [await place.open(() => NOW), await place.open(() => NOW)];
    await appendAll(log, batchOf('a', 1));
    const [early, late] = [start(log), await log.head()];
    const opened = await Promise.all([
      log.openConsumer('key:app', 'sync', { start: early, owner: 'one' }),
      other.openConsumer('key:app', 'sync', { start: late, owner: 'two' }),
    ]);
    expect(new Set(opened.map(({ position }) => position)).size).toBe(1);
    const again = await log.openConsumer('key:app', 'sync', { start: late, owner: 'three' });
    expect(again).toEqual({ ...opened[0], owner: 'three' });
    expect(await other.consumer('key:app', 'sync')).toEqual(again);
    await log.commitConsumer('key:app', 'sync', late);
    expect(await other.consumer('key:app', 'sync')).toMatchObject({ position: late, owner: 'three' });
  });

  it('keeps so many consumers of one principal and no more', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const first = { start: start(log), owner: 'one' };
    const names = Array.from({ length: MOST_CONSUMERS }, (_, index) => `c${index}`);
    // Not all at once: whoever waits too long for a connection is refused.
    for (let from = 0; from < names.length; from += 100)
      await Promise.all(names.slice(from, from + 100).map((name) => log.commitConsumer('key:app', name, start(log))));
    const refused = { code: 'LIMIT_EXCEEDED', details: { limit: 'consumers', retryable: false } };
    await expect(log.openConsumer('key:app', 'another', first)).rejects.toMatchObject(refused);
    await expect(log.commitConsumer('key:app', 'another', start(log))).rejects.toMatchObject(refused);
    expect(await log.openConsumer('key:app', 'c7', first)).toMatchObject({ name: 'c7' });
    expect(await log.removeConsumer('key:other', 'c8', BY)).toBe(false);
    expect(await log.removeConsumer('key:app', 'c8', BY)).toBe(true);
    expect(await log.consumer('key:app', 'c8')).toBeUndefined();
    expect(await log.openConsumer('key:app', 'another', first)).toMatchObject({ name: 'another' });
    expect(await log.openConsumer('key:other', 'another', first)).toMatchObject({ name: 'another' });
  });

  it('keeps the same name of two principals apart', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const head = await log.head();
    await log.commitConsumer('key:app', 'sync', head);
    await log.commitConsumer('key:other', 'sync', start(log));
    expect(await log.consumer('key:app', 'sync')).toMatchObject({ position: head });
    expect(await log.consumer('key:other', 'sync')).toMatchObject({ position: start(log) });
    expect(await log.consumers()).toHaveLength(2);
  });

  it('ends with the furthest of many commits at once', async () => {
    await using place = await makePlace();
    const [log, other] = [await place.open(), await place.open()];
    await appendAll(log, batchOf('a', 20));
    const positions = (await readAll(log)).map(({ position }) => position);
    await Promise.all(
      positions.map((position, index) => (index % 2 ? log : other).commitConsumer('key:app', 'sync', position)),
    );
    expect(await log.consumer('key:app', 'sync')).toMatchObject({ position: positions.at(-1) });
  });

  it('tells since when a consumer has unread events', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const other = batchOf('z', 1, { vendor: 'zendesk', receivedAt: NOW + 9 });
    await appendAll(log, batchOf('a', 1), other, batchOf('b', 1, { receivedAt: NOW + 7 }));
    const [first, second] = (await readAll(log)).map(({ position }) => position);
    const [zendesk] = (await readAll(log, { filter: [{ vendor: 'zendesk' }] })).map(({ position }) => position);
    await log.commitConsumer('key:app', 'sync', first ?? '');
    const app = { principal: 'key:app', name: 'sync' };
    const ofStripe = { ...app, vendor: 'stripe', oldestUnreadAt: NOW + 7, oldestUnread: second };
    const ofZendesk = { ...app, vendor: 'zendesk', oldestUnreadAt: NOW + 9, oldestUnread: zendesk };
    expect(await log.unread(() => undefined)).toEqual([ofStripe, ofZendesk]);
    expect(await log.unread(({ name }) => (name === 'sync' ? ['zendesk'] : []))).toEqual([ofZendesk]);
    expect(await log.unread(() => [])).toEqual([]);
    await log.commitConsumer('key:app', 'sync', second ?? '');
    expect(await log.unread(() => undefined)).toEqual([]);
    expect((await log.vendors()).toSorted()).toEqual(['stripe', 'zendesk']);
  });

  it('has an epoch of its own, and another one once it is rolled', async () => {
    await using place = await makePlace();
    await using elsewhere = await makePlace();
    const [log, other] = [await place.open(), await place.open()];
    const epoch = await log.epoch();
    expect(epoch).toMatch(/^[0-9a-f]{16}$/);
    expect(await other.epoch()).toBe(epoch);
    expect(await (await elsewhere.open()).epoch()).not.toBe(epoch);
    await appendAll(log, batchOf('a', 1));
    expect((await other.endOf(epoch)) ?? '').toBe(await other.head());
    expect(await log.endOf('0123456789abcdef')).toBeUndefined();
    const rolled = await other.rollEpoch(BY);
    expect(rolled).toMatch(/^[0-9a-f]{16}$/);
    expect(rolled).not.toBe(epoch);
    expect(await log.epoch()).toBe(rolled);
    expect(await log.endOf(epoch)).toBeUndefined();
    expect(await log.endOf(rolled)).toBeDefined();
  });
}

function operating(makePlace: () => Promise<LogPlace>): void {
  it('finds events by id, position, time, and newest first', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const deliveries = [0, 1, 2, 3].map((n) => batchOf(`d${n}`, 1, { receivedAt: NOW + n }));
    await appendAll(log, ...deliveries, batchOf('z', 1, { vendor: 'zendesk' }));
    const all = await log.find({ filter: STRIPE }, 100);
    expect(idsOf(all)).toEqual(['d0-0', 'd1-0', 'd2-0', 'd3-0']);
    const [first, second, third] = all;
    expect(idsOf(await log.find({ filter: STRIPE }, 2, true))).toEqual(['d3-0', 'd2-0']);
    expect(idsOf(await log.find({ filter: STRIPE }, 2))).toEqual(['d0-0', 'd1-0']);
    const queries = {
      ids: { ids: [second?.id ?? '', first?.id ?? '', 'unknown', '999999999999999999999', ''] },
      positions: { after: first?.position, upTo: third?.position },
      times: { from: NOW + 1, to: NOW + 3 },
      noIds: { ids: [] },
    };
    expect(idsOf(await log.find({ filter: STRIPE, ...queries.ids }, 10))).toEqual(['d0-0', 'd1-0']);
    expect(idsOf(await log.find({ filter: STRIPE, ...queries.positions }, 10))).toEqual(['d1-0', 'd2-0']);
    expect(idsOf(await log.find({ filter: STRIPE, ...queries.times }, 10))).toEqual(['d1-0', 'd2-0']);
    expect(idsOf(await log.find({ filter: STRIPE, ...queries.noIds }, 10))).toEqual([]);
    expect(await log.count({ filter: STRIPE, ...queries.ids })).toBe(2);
    expect(await log.count({ filter: STRIPE, ...queries.times })).toBe(2);
  });

  it('repeats events at the head, in their order, and says of which they are', async () => {
    await using place = await makePlace();
    const log = await place.open(() => NOW + DAY);
    const appended = await appendAll(log, batchOf('a', 3), batchOf('z', 1, { vendor: 'zendesk' }));
    const originals = await readAll(log);
    const head = appended.at(-1)?.events[0]?.position ?? '';
    const query = { filter: STRIPE, after: originals[0]?.position };
    expect(await log.count(query)).toBe(2);
    expect(await log.replay(query, BY)).toBe(2);
    await expect.poll(async () => (await readAll(log)).length, { timeout: 10_000 }).toBe(5);
    const repeated = await readAll(log, { after: head });
    expect(repeated).toEqual(
      originals.slice(1).map((original) => ({
        ...original,
        id: expect.any(String),
        position: expect.any(String),
        receivedAt: NOW + DAY,
        replayOf: original.id,
      })),
    );
    expect(new Set([...originals, ...repeated].map(({ id }) => id)).size).toBe(5);
  });

  it('repeats a thousand events once each, also twice in a row', async () => {
    await using place = await makePlace();
    const log = await place.open(() => NOW + DAY);
    await appendAll(log, batchOf('a', 1_200));
    const query = { filter: STRIPE, to: NOW + 1 };
    expect(await log.replay({ filter: STRIPE }, BY)).toBe(1_200);
    expect(await log.replay(query, BY)).toBe(1_200);
    expect(await log.count({ filter: STRIPE })).toBe(3_600);
  });

  it('takes a repeated delivery of a replayed event for the duplicate that it is', async () => {
    await using place = await makePlace();
    const log = await place.open();
    await appendAll(log, batchOf('a', 1));
    await log.replay({ filter: STRIPE }, BY);
    expect(await log.append(batchOf('a', 1))).toEqual({ events: [{ outcome: 'duplicate', position: null }] });
  });

  it('counts what it holds', async () => {
    await using place = await makePlace();
    const log = await place.open();
    await appendAll(log, batchOf('a', 2), deliveryOf({ events: [newEvent({ body: '"'.padEnd(50_000, 'x') })] }));
    const figures = await log.figures();
    expect(figures.events).toBe(3);
    expect(figures.bytes).toBeGreaterThan(50_000);
    expect(figures.keyBytes).toBeGreaterThan(3 * 64);
    expect(figures.horizonAgeMs).toBeGreaterThanOrEqual(0);
  });
}

function pruning(makePlace: () => Promise<LogPlace>): void {
  const NEVER = Number.MAX_SAFE_INTEGER;

  it('deletes what is older, of this vendor alone, and says from where on everything is kept', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const old = batchOf('old', 3);
    await appendAll(log, old, batchOf('z', 1, { vendor: 'zendesk' }), batchOf('new', 2, { receivedAt: NOW + DAY }));
    const before = await readAll(log);
    const head = await log.head();
    expect(await log.prune('stripe', { before: NOW + 1, maxBytes: NEVER })).toBe(3);
    expect(idsOf(await readAll(log))).toEqual(['new-0', 'new-1']);
    expect(idsOf(await readAll(log, { filter: [{ vendor: 'zendesk' }] }))).toEqual(['z-0']);
    expect((await log.head()) >= head).toBe(true);
    expect(await log.earliest(['stripe'])).toBe(before[2]?.position);
    expect(await log.earliest(['stripe', 'zendesk'])).toBe(before[2]?.position);
    expect((await log.read(start(log), STRIPE, 10)).earliest).toBe(before[2]?.position);
    expect((await log.read(start(log), [{ vendor: 'zendesk' }], 10)).earliest).toBe(start(log));
    expect((await log.read(start(log), [], 10)).earliest).toBe(start(log));
    expect(await log.earliest(['zendesk'])).toBe(start(log));
    expect(await log.delivery(old.id)).toBeUndefined();
    expect(await log.prune('stripe', { before: NOW + 1, maxBytes: NEVER })).toBe(0);
  });

  it('does not move the head back when everything goes', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const [appended] = await appendAll(log, batchOf('a', 5));
    const head = await log.head();
    expect(await log.prune('stripe', { before: NOW + 1, maxBytes: NEVER })).toBe(5);
    expect((await log.head()) >= head).toBe(true);
    expect(await log.earliest(['stripe'])).toBe(appended?.events.at(-1)?.position);
    expect(await readAll(log)).toEqual([]);
    await log[Symbol.asyncDispose]();
    const again = await place.open();
    expect((await again.head()) >= head).toBe(true);
    const [next] = await appendAll(again, batchOf('b', 1));
    expect((next?.events[0]?.position ?? '') > head).toBe(true);
  });

  it('tells how much may come before an event goes, as the pruning that follows does', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const large = (name: string) =>
      deliveryOf({
        events: [newEvent({ eventId: name, body: JSON.stringify({ id: name, text: 'x'.repeat(99_900) }) })],
      });
    await appendAll(log, ...['a', 'b', 'c', 'd'].map(large), batchOf('z', 1, { vendor: 'zendesk' }));
    const positions = (await readAll(log, { filter: STRIPE })).map(({ position }) => position);
    const left = await log.bytesLeft('stripe', { maxBytes: 500_000, within: 250_000, positions });
    expect(left.map((bytes) => bytes && Math.round(bytes / 100_000))).toEqual([1, 2, undefined, undefined]);
    const full = await log.bytesLeft('stripe', { maxBytes: 300_000, within: 250_000, positions });
    expect(full.map((bytes) => bytes && Math.round(bytes / 100_000))).toEqual([0, 0, 1, 2]);
    expect(await log.bytesLeft('stripe', { maxBytes: 900_000, within: 250_000, positions })).toEqual(
      positions.map(() => undefined),
    );
    // So much more, and the first goes; less, and it stays.
    await appendAll(log, large('e'));
    expect(await log.prune('stripe', { before: 0, maxBytes: 500_000 })).toBe(0);
    await appendAll(log, large('f'));
    expect(await log.prune('stripe', { before: 0, maxBytes: 500_000 })).toBe(1);
  });

  it('deletes the oldest when there is too much', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const big = (eventId: string): Delivery =>
      deliveryOf({ events: [newEvent({ eventId, body: JSON.stringify({ eventId, text: 'x'.repeat(100_000) }) })] });
    await appendAll(log, ...['a', 'b', 'c', 'd', 'e'].map(big));
    const went = await log.prune('stripe', { before: 0, maxBytes: 350_000 });
    expect(went).toBeGreaterThan(0);
    expect(went).toBeLessThan(5);
    expect(idsOf(await readAll(log))).toEqual(['a', 'b', 'c', 'd', 'e'].slice(went));
    expect((await log.figures()).bytes).toBeLessThanOrEqual(350_000);
    expect(await log.prune('stripe', { before: 0, maxBytes: 350_000 })).toBe(0);
  });

  it('knows an event again whose keys outlive it', async () => {
    await using place = await makePlace();
    const log = await place.open(() => NOW + DAY);
    const event = newEvent({ eventId: 'a' });
    await appendAll(log, deliveryOf({ events: [event] }));
    await log.prune('stripe', { before: NOW + 1, maxBytes: NEVER });
    expect(await log.append(deliveryOf({ receivedAt: NOW + DAY, events: [event] }))).toEqual({
      events: [{ outcome: 'duplicate', position: null }],
    });
  });

  it('forgets keys that have expired', async () => {
    await using place = await makePlace();
    const log = await place.open(() => NOW + 8 * DAY);
    const event = newEvent({ eventId: 'a' });
    await appendAll(log, deliveryOf({ events: [event] }));
    await log.prune('stripe', { before: NOW + 1, maxBytes: NEVER });
    expect(outcomesOf(await appendAll(log, deliveryOf({ receivedAt: NOW + 8 * DAY, events: [event] })))).toEqual([
      'stored',
    ]);
  });

  it('keeps a key as long as its last repeat asks for', async () => {
    await using place = await makePlace();
    const log = await place.open(() => NOW + 8 * DAY);
    const asking = (expiresAt: number): Delivery =>
      deliveryOf({ events: [newEvent({ eventId: 'a', dedupeKeys: [dedupeKey('a', { expiresAt })] })] });
    await appendAll(log, asking(NOW + 7 * DAY), asking(NOW + 9 * DAY), asking(NOW + 6 * DAY));
    await log.prune('stripe', { before: NOW + 1, maxBytes: NEVER });
    expect(outcomesOf([await log.append(asking(NOW + 9 * DAY))])).toEqual(['duplicate']);
  });

  it('keeps a key beyond its time as long as its secret is configured', async () => {
    await using place = await makePlace();
    const log = await place.open(() => NOW + 8 * DAY);
    const signedWith = (eventId: string, secret: string, expiresAt = NOW + 7 * DAY): Delivery =>
      deliveryOf({ events: [newEvent({ eventId, dedupeKeys: [dedupeKey(eventId, { secret, expiresAt })] })] });
    const young = signedWith('young', 'old', NOW + 9 * DAY);
    await appendAll(log, signedWith('a', 'old'), signedWith('b', 'new'), signedWith('c', 'old'), young);
    await log.append(signedWith('c', 'new'));
    const prune = (...secrets: string[]) => log.prune('stripe', { before: NOW + 1, maxBytes: NEVER, secrets });
    await prune('new', 'old');
    const again = () => Promise.all(['a', 'b', 'c', 'young'].map((id) => log.append(signedWith(id, 'new'))));
    const before = await log.figures();
    await prune('new');
    expect((await log.figures()).keyBytes).toBeLessThanOrEqual(before.keyBytes);
    expect(outcomesOf(await again())).toEqual(['stored', 'duplicate', 'duplicate', 'duplicate']);
    await prune();
    expect(outcomesOf([await log.append(signedWith('b', 'new'))])).toEqual(['stored']);
  });

  it('forgets keys by the clock of who asks, where that is not its own', async () => {
    await using place = await makePlace();
    const log = await place.open(() => NOW + 60 * DAY);
    await appendAll(log, batchOf('a', 1));
    const prune = (now?: number) => log.prune('stripe', { before: 0, maxBytes: NEVER, now });
    await prune(NOW + DAY);
    expect(outcomesOf([await log.append(batchOf('a', 1))])).toEqual(['duplicate']);
    await prune();
    expect(outcomesOf([await log.append(batchOf('a', 1))])).toEqual(['stored']);
  });

  it('takes dead letters along with their deliveries', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const letters = (receivedAt: number): Delivery =>
      deliveryOf({ receivedAt, events: [], raw: 'not json', deadLetters: [deadLetter()] });
    const [old, young] = [letters(NOW), letters(NOW + DAY)];
    await appendAll(log, old, young);
    await log.prune('stripe', { before: NOW + 1, maxBytes: NEVER });
    expect((await log.deadLetters({}, 10)).map(({ deliveryId }) => deliveryId)).toEqual([young.id]);
    expect(await log.delivery(old.id)).toBeUndefined();
    expect(await log.delivery(young.id)).toBeDefined();
  });

  it('deletes thousands while others append', async () => {
    await using place = await makePlace();
    const [log, other] = [await place.open(), await place.open()];
    await appendAll(log, batchOf('a', 1_500), batchOf('b', 1_500));
    const young = Array.from({ length: 20 }, (_, n) => batchOf(`y${n}`, 1, { receivedAt: NOW + DAY }));
    const [went] = await Promise.all([
      log.prune('stripe', { before: NOW + 1, maxBytes: NEVER }),
      ...young.map((delivery) => other.append(delivery)),
    ]);
    expect(went).toBe(3_000);
    expect(await log.count({ filter: STRIPE })).toBe(20);
  });
}
