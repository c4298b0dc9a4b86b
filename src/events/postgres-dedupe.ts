/**
 * Which events of a group are new. Keys are inserted before anything is decided, so that the database says who was first, also
 * between gateways; what follows from it is decided here, event by event in the order of the group.
 */
import { createHash } from 'node:crypto';
import type { DedupeKey, NewEvent } from './delivery.ts';
import type { AppendedEvent } from './log.ts';
import type { Queries } from './postgres-database.ts';
import { KeyVanished } from './postgres-failure.ts';
import { type Place, positionOf } from './postgres-position.ts';

/** An event that wants to be stored, under a number that is drawn for it alone. */
export interface Candidate {
  vendor: string;
  event: NewEvent;
  place: Place;
}

/** Who has a key. */
interface Owner {
  bodySha256: string;
  seq: number;
}

interface KeyRow extends Owner {
  vendor: string;
  key: string;
  expiresAt: number;
  secret: string | null;
}

/** Index entries of Postgres are small, ids of vendors may be anything. */
const LONGEST_KEY = 500;

const INSERT = `
  insert into vendorgraph.dedupe (vendor, key, body_sha256, event_seq, expires_at, secret)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[])
  on conflict do nothing returning vendor, key`;
const LOOK_UP = `
  select d.vendor, d.key, d.body_sha256 as "bodySha256", d.event_seq as "seq"
  from unnest($1::text[], $2::text[]) as wanted (vendor, key) join vendorgraph.dedupe d using (vendor, key)`;
/** A key of a repeated event lasts as long as the repeat asks for. Locked in one order: two gateways must not wait in a circle. */
const EXTEND = `
  with asked as (
    select vendor, key, greatest(d.expires_at, a.expires_at) as expires_at, coalesce(a.secret, d.secret) as secret
    from unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) as a (vendor, key, expires_at, secret)
    join vendorgraph.dedupe d using (vendor, key)
    where d.expires_at < a.expires_at or d.secret is distinct from coalesce(a.secret, d.secret)
    order by vendor, key for update of d
  )
  update vendorgraph.dedupe d set expires_at = asked.expires_at, secret = asked.secret
  from asked where d.vendor = asked.vendor and d.key = asked.key`;
const MOVE = `
  update vendorgraph.dedupe d set body_sha256 = moved.sha, event_seq = moved.seq
  from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as moved (vendor, key, sha, seq)
  where d.vendor = moved.vendor and d.key = moved.key`;
const REMOVE = `
  delete from vendorgraph.dedupe d using unnest($1::text[], $2::text[]) as gone (vendor, key)
  where d.vendor = gone.vendor and d.key = gone.key`;

/** One outcome for each candidate. Throws KeyVanished when the group must be tried again. */
export async function dedupe(queries: Queries, candidates: readonly Candidate[]): Promise<AppendedEvent[]> {
  const wanted = firstOwners(candidates);
  const inserted = await insertKeys(queries, wanted);
  const repeated = wanted.filter((row) => !inserted.has(nameOf(row)));
  const known = await lookUp(queries, repeated);
  const owners = new Map(known.map((row): [string, Owner] => [nameOf(row), row]));
  const outcomes = candidates.map((candidate) => settle(candidate, owners));
  await correct(
    queries,
    wanted.filter((row) => inserted.has(nameOf(row))),
    owners,
  );
  await extend(queries, repeated, duplicateKeys(candidates, outcomes));
  return outcomes;
}

/** Names of what duplicates have; a conflict keeps nothing alive. */
function duplicateKeys(candidates: readonly Candidate[], outcomes: readonly AppendedEvent[]): ReadonlySet<string> {
  const duplicates = candidates.filter((_, index) => outcomes[index]?.outcome === 'duplicate');
  return new Set(
    duplicates.flatMap(({ vendor, event }) =>
      event.dedupeKeys.map((given) => nameOf({ vendor, key: storedKey(given) })),
    ),
  );
}

/** Each key once, with the first event that has it and the longest life asked for; sorted, so that two gateways never wait for each other in a circle. */
function firstOwners(candidates: readonly Candidate[]): KeyRow[] {
  const rows = new Map<string, KeyRow>();
  for (const { vendor, event, place } of candidates) {
    for (const given of event.dedupeKeys) {
      const { expiresAt, secret = null } = given;
      const row = { vendor, key: storedKey(given), expiresAt, secret, ...ownerOf(event, place) };
      const first = rows.get(nameOf(row));
      if (first === undefined) rows.set(nameOf(row), row);
      else {
        first.expiresAt = Math.max(first.expiresAt, expiresAt);
        first.secret = secret ?? first.secret;
      }
    }
  }
  return [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** Adds to `owners` what this event makes known. A conflicting event makes nothing known: it may come again under an id of its own. */
function settle({ vendor, event, place }: Candidate, owners: Map<string, Owner>): AppendedEvent {
  const keys = event.dedupeKeys.map((given) => ({ given, name: nameOf({ vendor, key: storedKey(given) }) }));
  const found = keys.flatMap(({ given, name }) => {
    const owner = owners.get(name);
    return owner === undefined ? [] : [{ owner, same: given.isBodyHash || owner.bodySha256 === event.bodySha256 }];
  });
  const original = found.find(({ same }) => same)?.owner;
  if (found.length > 0 && original === undefined) return { outcome: 'conflict', position: null };
  const owner = original ?? ownerOf(event, place);
  for (const { name } of keys) if (!owners.has(name)) owners.set(name, owner);
  if (original !== undefined) return { outcome: 'duplicate', position: null };
  return { outcome: 'stored', position: positionOf(place) };
}

async function insertKeys(queries: Queries, rows: readonly KeyRow[]): Promise<Set<string>> {
  const inserted = await queries.query<{ vendor: string; key: string }>(INSERT, [
    ...namesOf(rows),
    rows.map(({ bodySha256 }) => bodySha256),
    rows.map(({ seq }) => seq),
    rows.map(({ expiresAt }) => whole(expiresAt)),
    rows.map(({ secret }) => secret),
  ]);
  return new Set(inserted.map(nameOf));
}

async function lookUp(queries: Queries, rows: readonly KeyRow[]): Promise<(Owner & { vendor: string; key: string })[]> {
  if (rows.length === 0) return [];
  const found = await queries.query<Owner & { vendor: string; key: string }>(LOOK_UP, namesOf(rows));
  if (found.length < rows.length) throw new KeyVanished();
  return found;
}

async function extend(queries: Queries, repeated: readonly KeyRow[], names: ReadonlySet<string>): Promise<void> {
  const rows = repeated.filter((row) => names.has(nameOf(row)));
  if (rows.length === 0) return;
  const expiries = rows.map(({ expiresAt }) => whole(expiresAt));
  await queries.query(EXTEND, [...namesOf(rows), expiries, rows.map(({ secret }) => secret)]);
}

/** Keys went in under the first event that has them; it may have turned out to be a repeat, or a conflict. */
async function correct(
  queries: Queries,
  inserted: readonly KeyRow[],
  owners: ReadonlyMap<string, Owner>,
): Promise<void> {
  const removed = inserted.filter((row) => !owners.has(nameOf(row)));
  const moved = inserted.flatMap((row) => {
    const owner = owners.get(nameOf(row));
    return owner === undefined || owner.seq === row.seq ? [] : [{ row, owner }];
  });
  if (removed.length > 0) await queries.query(REMOVE, namesOf(removed));
  if (moved.length === 0) return;
  await queries.query(MOVE, [
    ...namesOf(moved.map(({ row }) => row)),
    moved.map(({ owner }) => owner.bodySha256),
    moved.map(({ owner }) => owner.seq),
  ]);
}

const ownerOf = ({ bodySha256 }: NewEvent, { seq }: Place): Owner => ({ bodySha256, seq });

const whole = (time: number): number => Math.min(Math.ceil(time), Number.MAX_SAFE_INTEGER);

/** A vendor's name has no space. */
const nameOf = ({ vendor, key }: { vendor: string; key: string }): string => `${vendor} ${key}`;

function namesOf(rows: readonly { vendor: string; key: string }[]): [string[], string[]] {
  return [rows.map(({ vendor }) => vendor), rows.map(({ key }) => key)];
}

/** Never longer than `LONGEST_KEY`, and never with the sign that Postgres' texts do not hold. */
function storedKey({ key }: DedupeKey): string {
  if (key.length <= LONGEST_KEY && !key.includes('\0')) return key;
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
