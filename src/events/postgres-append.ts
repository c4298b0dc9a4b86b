/** Stores a group of deliveries in one transaction: keys, then deliveries, events, dead letters and the wake-up at once. */
import { createHash } from 'node:crypto';
import type { Delivery, NewDeadLetter, NewEvent } from './delivery.ts';
import type { Appended, AppendedEvent } from './log.ts';
import type { Queries } from './postgres-database.ts';
import { type Candidate, dedupe } from './postgres-dedupe.ts';
import { CHANNEL } from './postgres-schema.ts';

export interface Member {
  delivery: Pick<Delivery, 'id' | 'vendor' | 'receivedAt' | 'events' | 'deadLetters'>;
  /** To be stored too; absent: it is there already. */
  whole?: Delivery | undefined;
}

interface EventRow extends Candidate {
  member: Member;
  bytes: number;
}

interface LetterRow extends NewDeadLetter {
  delivery: Member['delivery'];
}

const CONFLICT = 'Another body came under an id that is known.';

const DRAW = `
  select nextval('vendorgraph.event_seq') as seq, pg_current_xact_id()::text as xid from generate_series(1, $1::integer)`;

/** A statement of parts: all are carried out, whether or not there are rows for them. */
const INSERT = `
  with deliveries as (
    insert into vendorgraph.delivery (id, vendor, received_at, headers, raw, raw_sha256, verified_by, remote_ip, bytes)
    select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::bigint[])
  ), events as (
    insert into vendorgraph.event (seq, delivery_id, ix, vendor, type, event_id, vendor_time, received_at, body, bytes, unsigned)
    select * from unnest($10::bigint[], $11::text[], $12::integer[], $13::text[], $14::text[], $15::text[], $16::bigint[],
                         $17::bigint[], $18::text[], $19::bigint[], $20::text[])
  ), letters as (
    insert into vendorgraph.dead_letter (delivery_id, ix, vendor, reason, detail, created_at)
    select * from unnest($21::text[], $22::integer[], $23::text[], $24::text[], $25::text[], $26::bigint[])
  ), sums as (
    insert into vendorgraph.tally (vendor, events, bytes) select * from unnest($27::text[], $28::bigint[], $29::bigint[])
  )
  select pg_notify('${CHANNEL}', '')`;

/** Inside a transaction; `now` dates the dead letters. One answer for each member, in their order. */
export async function appendGroup(queries: Queries, members: readonly Member[], now: number): Promise<Appended[]> {
  const candidates = await draw(queries, members);
  const outcomes = candidates.length === 0 ? [] : await dedupe(queries, candidates);
  const appended = shareOut(members, outcomes);
  const events = candidates.filter((_, index) => outcomes[index]?.outcome === 'stored').map(withBytes);
  const letters = members.flatMap((member, index) => lettersOf(member, appended[index]));
  const deliveries = members.flatMap(({ whole }) => (whole === undefined ? [] : [deliveryRow(whole, events)]));
  await queries.query(INSERT, [
    ...columnsOf(deliveries, 9),
    ...columnsOf(events.map(eventRow), 11),
    ...columnsOf(
      letters.map((letter) => letterRow(letter, now)),
      6,
    ),
    ...columnsOf(sumsOf(events, deliveries), 3),
  ]);
  return appended;
}

async function draw(queries: Queries, members: readonly Member[]): Promise<(Candidate & { member: Member })[]> {
  const wanted = members.flatMap((member) => member.delivery.events.map((event) => ({ member, event })));
  const places = wanted.length === 0 ? [] : await queries.query<{ xid: string; seq: number }>(DRAW, [wanted.length]);
  const order = places.toSorted((a, b) => a.seq - b.seq);
  return wanted.flatMap(({ member, event }, index) => {
    const place = order[index];
    return place === undefined ? [] : [{ member, event, vendor: member.delivery.vendor, place }];
  });
}

function shareOut(members: readonly Member[], outcomes: readonly AppendedEvent[]): Appended[] {
  let from = 0;
  return members.map(({ delivery }) => {
    const events = outcomes.slice(from, from + delivery.events.length);
    from += delivery.events.length;
    return { events };
  });
}

function withBytes(candidate: Candidate & { member: Member }): EventRow {
  return { ...candidate, bytes: Buffer.byteLength(candidate.event.body) };
}

function lettersOf({ delivery }: Member, appended: Appended | undefined): LetterRow[] {
  const conflicts = delivery.events.filter((_, index) => appended?.events[index]?.outcome === 'conflict');
  return [
    ...delivery.deadLetters.map((letter) => ({ ...letter, delivery })),
    ...conflicts.map(({ ix }) => ({ ix, reason: 'id_conflict' as const, detail: CONFLICT, delivery })),
  ];
}

type Row = readonly unknown[];

/** The bytes are stored once when the only event is all of them: most deliveries are so. */
function deliveryRow(delivery: Delivery, events: readonly EventRow[]): Row {
  const { id, vendor, receivedAt, headers, raw, verifiedBy, remoteIp } = delivery;
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const shared = events.some((row) => row.member.whole === delivery && isWhole(row.event, delivery, bytes));
  const digest = createHash('sha256').update(bytes).digest('hex');
  const stored = shared ? null : bytes;
  return [
    id,
    vendor,
    receivedAt,
    text(JSON.stringify(headers)),
    stored,
    digest,
    verifiedBy,
    remoteIp ?? null,
    shared ? 0 : bytes.length,
  ];
}

function isWhole({ body }: NewEvent, { events }: Delivery, raw: Buffer): boolean {
  return events.length === 1 && Buffer.byteLength(body) === raw.length && raw.equals(Buffer.from(text(body)));
}

function eventRow({ event, place, member: { delivery }, bytes }: EventRow): Row {
  const { ix, type, eventId, vendorTime, body, unsigned } = event;
  const time = vendorTime !== undefined && Number.isSafeInteger(Math.trunc(vendorTime)) ? Math.trunc(vendorTime) : null;
  const names = text(JSON.stringify(unsigned));
  return [
    place.seq,
    delivery.id,
    ix,
    delivery.vendor,
    text(type),
    text(eventId),
    time,
    delivery.receivedAt,
    text(body),
    bytes,
    names,
  ];
}

function letterRow({ delivery, ix, reason, detail }: LetterRow, now: number): Row {
  return [delivery.id, ix, delivery.vendor, reason, text(detail), now];
}

/** What the vendors' events and bytes grow by. */
function sumsOf(events: readonly EventRow[], deliveries: readonly Row[]): Row[] {
  const sums = new Map<string, [number, number]>();
  const add = (vendor: string, count: number, bytes: number): void => {
    const [events = 0, sum = 0] = sums.get(vendor) ?? [];
    sums.set(vendor, [events + count, sum + bytes]);
  };
  for (const { vendor, bytes } of events) add(vendor, 1, bytes);
  for (const row of deliveries) add(String(row[1]), 0, Number(row[8]));
  return [...sums].map(([vendor, [count, bytes]]) => [vendor, count, bytes]);
}

/** Rows turned into what `unnest` takes. */
function columnsOf(rows: readonly Row[], width: number): unknown[][] {
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column]));
}

/** Postgres' texts hold every sign but NUL; no JSON text holds it either, only what was read from one. */
function text(value: string): string {
  return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}
