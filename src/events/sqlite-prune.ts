/**
 * Retention: the oldest of a vendor goes first, events in the order of their positions, so that "everything behind here is kept"
 * stays one position. One step is one small transaction, between the groups of those who append.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { RecordAct } from './sqlite-audit.ts';
import type { JobAnswers, PruneStep } from './sqlite-jobs.ts';

/** Rows of one step. */
const STEP = 200;
const BY = { principal: 'retention' };

const HELD = 'SELECT bytes FROM tally WHERE vendor = ?';
const SUBTRACT = 'UPDATE tally SET events = events - ?, bytes = bytes - ? WHERE vendor = ?';
const EVENTS = `
  SELECT seq, delivery, received_at AS receivedAt, coalesce(octet_length(body), 0) AS bytes
  FROM event INDEXED BY event_vendor WHERE vendor = ? ORDER BY seq LIMIT ${STEP}`;
/** Dead letters only, nothing new in it, or its events are gone. */
const EVENTLESS = `
  SELECT number, received_at AS receivedAt FROM delivery INDEXED BY delivery_eventless
  WHERE vendor = ? AND events = 0 ORDER BY received_at LIMIT ${STEP}`;
const DROP_EVENT = 'DELETE FROM event WHERE seq = ?';
const SHRINK = 'UPDATE delivery SET events = events - 1 WHERE number = ? RETURNING events';
const DROP_DELIVERY = 'DELETE FROM delivery WHERE number = ? RETURNING octet_length(raw) AS bytes';
const DROP_LETTERS = 'DELETE FROM dead_letter WHERE delivery = ?';
const PRUNED = 'INSERT INTO pruned VALUES (?, ?) ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq)';
/** Whose keys they are does not matter. */
const KEYS = `
  DELETE FROM dedupe WHERE (vendor, key) IN (
    SELECT vendor, key FROM dedupe INDEXED BY dedupe_age WHERE secret IS NULL AND expires_at <= ? LIMIT ${STEP})`;
/** Of one secret, which is configured no more. */
const KEYS_OF_SECRET = `
  DELETE FROM dedupe WHERE (vendor, key) IN (
    SELECT vendor, key FROM dedupe INDEXED BY dedupe_held WHERE vendor = ? AND secret = ? AND expires_at <= ? LIMIT ${STEP})`;
const NEXT_SECRET = 'SELECT min(secret) AS secret FROM dedupe INDEXED BY dedupe_held WHERE vendor = ? AND secret > ?';

interface EventRow {
  seq: number;
  delivery: number;
  receivedAt: number;
  bytes: number;
}

interface DeliveryRow {
  number: number;
  receivedAt: number;
}

export class Pruner {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #record: RecordAct;

  constructor(db: DatabaseSync, record: RecordAct) {
    this.#statements = prepare(db);
    this.#record = record;
  }

  step({ vendor, retention, gone, at }: PruneStep): JobAnswers['prune'] {
    const held = Number(this.#statements.held.get(vendor)?.['bytes'] ?? 0);
    const deliveries = this.#pruneEventless(vendor, retention.before, held - retention.maxBytes);
    const events = deliveries > 0 ? 0 : this.#pruneEvents(vendor, retention.before, held - retention.maxBytes);
    const keys = deliveries + events > 0 ? 0 : this.#pruneKeys(vendor, retention.secrets ?? [], retention.now ?? at);
    const more = deliveries + events + keys > 0;
    if (!more && gone > 0) {
      const { before, maxBytes } = retention;
      const detail = JSON.stringify({ vendor, before, maxBytes, events: gone });
      this.#record({ action: 'prune', by: BY, at, detail });
    }
    return { gone: events, more };
  }

  /** Of what is too much they go when they are older than every event. Returns how many went. */
  #pruneEventless(vendor: string, before: number, excess: number): number {
    const rows = rowsOf<DeliveryRow>(this.#statements.eventless.all(vendor));
    const oldest = excess > 0 ? Number(this.#statements.oldest.get(vendor)?.['receivedAt'] ?? Infinity) : before;
    let freed = 0;
    let went = 0;
    for (const { number, receivedAt } of rows) {
      if (receivedAt >= before && (freed >= excess || receivedAt >= oldest)) break;
      freed += this.#dropDelivery(number);
      went += 1;
    }
    if (went > 0) this.#statements.subtract.run(0, freed, vendor);
    return went;
  }

  /** From the oldest on, up to the first that may stay. Returns how many went. */
  #pruneEvents(vendor: string, before: number, excess: number): number {
    let freed = 0;
    let went = 0;
    let last = 0;
    for (const { seq, delivery, receivedAt, bytes } of rowsOf<EventRow>(this.#statements.events.all(vendor))) {
      if (receivedAt >= before && freed >= excess) break;
      this.#statements.dropEvent.run(seq);
      freed += bytes;
      if (this.#statements.shrink.get(delivery)?.['events'] === 0) freed += this.#dropDelivery(delivery);
      went += 1;
      last = seq;
    }
    if (went === 0) return 0;
    this.#statements.pruned.run(vendor, last);
    this.#statements.subtract.run(went, freed, vendor);
    return went;
  }

  /** Returns how many went. */
  #pruneKeys(vendor: string, configured: readonly string[], at: number): number {
    let went = Number(this.#statements.keys.run(at).changes);
    for (let last = ''; went === 0; ) {
      const next = this.#statements.nextSecret.get(vendor, last)?.['secret'] ?? null;
      if (next === null) return 0;
      last = String(next);
      if (!configured.includes(last)) went = Number(this.#statements.keysOfSecret.run(vendor, last, at).changes);
    }
    return went;
  }

  /** With its dead letters. Returns the bytes that became free. */
  #dropDelivery(number: number): number {
    this.#statements.dropLetters.run(number);
    return Number(this.#statements.dropDelivery.get(number)?.['bytes'] ?? 0);
  }
}

function rowsOf<Row>(rows: readonly unknown[]): readonly Row[] {
  // The columns are those of the statement beside the type, their types those of the schema, which is STRICT.
  return rows as readonly Row[];
}

function prepare(db: DatabaseSync) {
  return {
    held: db.prepare(HELD),
    subtract: db.prepare(SUBTRACT),
    events: db.prepare(EVENTS),
    oldest: db.prepare(EVENTS.replace(/LIMIT \d+$/, 'LIMIT 1')),
    eventless: db.prepare(EVENTLESS),
    dropEvent: db.prepare(DROP_EVENT),
    shrink: db.prepare(SHRINK),
    dropDelivery: db.prepare(DROP_DELIVERY),
    dropLetters: db.prepare(DROP_LETTERS),
    pruned: db.prepare(PRUNED),
    keys: db.prepare(KEYS),
    keysOfSecret: db.prepare(KEYS_OF_SECRET),
    nextSecret: db.prepare(NEXT_SECRET),
  };
}
