/** Stores a delivery with all that belongs to it, inside the transaction of its group. */
import type { DatabaseSync } from 'node:sqlite';
import type { NewDeadLetter } from './delivery.ts';
import { type Failpoints, killProcess } from './failpoint.ts';
import type { Appended, AppendedEvent } from './log.ts';
import { type Claim, type ClaimKeys, createClaims } from './sqlite-dedupe.ts';
import type { PackedDelivery, PackedEvent } from './sqlite-jobs.ts';
import { positionOf } from './sqlite-position.ts';

const LAST_SEQ = `SELECT seq FROM sqlite_sequence WHERE name = 'event'`;
const DELIVERY = `
  INSERT INTO delivery (id, vendor, received_at, events, headers, verified_by, remote_ip, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
const EVENT = `
  INSERT INTO event (seq, delivery, ix, vendor, type, event_id, vendor_time, received_at, unsigned, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const LETTER = `
  INSERT INTO dead_letter (delivery, ix, vendor, reason, detail, created_at) VALUES (?, ?, ?, ?, ?, ?)`;
const TALLY = `
  INSERT INTO tally VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET events = events + excluded.events, bytes = bytes + excluded.bytes`;
const CONFLICT = 'Another body came under an id that is known.';

/** The row of a delivery. */
export interface Owner {
  number: number;
  vendor: string;
  receivedAt: number;
}

interface Decided {
  event: PackedEvent;
  claim: Claim;
}

export class Appender {
  readonly #claims: ClaimKeys;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #killAfter: number;
  #inserted = 0;

  constructor(db: DatabaseSync, { killAfterInserts = Number.POSITIVE_INFINITY }: Failpoints = {}) {
    this.#claims = createClaims(db);
    this.#statements = prepare(db);
    this.#killAfter = killAfterInserts;
  }

  /** `at` dates the dead letters. */
  append(delivery: PackedDelivery, raw: Uint8Array, at: number): Appended {
    const { id, vendor, receivedAt, headers, verifiedBy, remoteIp = null, deadLetters } = delivery;
    const decided = this.#decide(vendor, delivery.events);
    const events = decided.filter(isNew).length;
    const values = [id, vendor, receivedAt, events, headers, verifiedBy, remoteIp, raw];
    const number = Number(this.#statements.delivery.run(...values).lastInsertRowid);
    const owner = { number, vendor, receivedAt };
    const bytes = raw.byteLength + this.#store(owner, decided, at);
    for (const letter of deadLetters) this.#bury(owner, letter, at);
    this.#statements.tally.run(vendor, events, bytes);
    return answerOf(decided);
  }

  /** More events of a delivery that is there. Returns how many were new, too. */
  appendTo(owner: Owner, events: readonly PackedEvent[], at: number): Appended & { stored: number } {
    const decided = this.#decide(owner.vendor, events);
    const bytes = this.#store(owner, decided, at);
    const stored = decided.filter(isNew).length;
    this.#statements.tally.run(owner.vendor, stored, bytes);
    return { ...answerOf(decided), stored };
  }

  /** All keys before the first row: a delivery may hold an event twice. */
  #decide(vendor: string, events: readonly PackedEvent[]): Decided[] {
    // One row with one number, once there was an event.
    let seq = Number(this.#statements.lastSeq.get()?.['seq'] ?? 0);
    return events.map((event) => {
      const claim = this.#claims(vendor, event, seq + 1);
      if (claim.outcome === 'stored') seq += 1;
      return { event, claim };
    });
  }

  /** Returns the bytes of the bodies that were stored. */
  #store(owner: Owner, decided: readonly Decided[], at: number): number {
    let bytes = 0;
    for (const { event, claim } of decided) {
      if (claim.outcome === 'stored') bytes += this.#insert(owner, event, claim.seq);
      if (claim.outcome === 'conflict')
        this.#bury(owner, { ix: event.ix, reason: 'id_conflict', detail: CONFLICT }, at);
    }
    return bytes;
  }

  #insert({ number, vendor, receivedAt }: Owner, event: PackedEvent, seq: number): number {
    const { ix, type, eventId, vendorTime, unsigned, body } = event;
    const time =
      vendorTime !== undefined && Number.isSafeInteger(Math.trunc(vendorTime)) ? Math.trunc(vendorTime) : null;
    const names = unsigned.length === 0 ? null : JSON.stringify(unsigned);
    this.#statements.event.run(seq, number, ix, vendor, type, eventId, time, receivedAt, names, body);
    this.#inserted += 1;
    if (this.#inserted >= this.#killAfter) killProcess();
    return body === null ? 0 : Buffer.byteLength(body);
  }

  #bury({ number, vendor }: Owner, { ix, reason, detail }: NewDeadLetter, at: number): void {
    this.#statements.letter.run(number, ix, vendor, reason, detail, at);
  }
}

const answerOf = (decided: readonly Decided[]): Appended => ({ events: decided.map(({ claim }) => positioned(claim)) });

const positioned = ({ outcome, seq }: Claim): AppendedEvent => ({
  outcome,
  position: seq === null ? null : positionOf(seq),
});

const isNew = ({ claim }: Decided): boolean => claim.outcome === 'stored';

function prepare(db: DatabaseSync) {
  return {
    lastSeq: db.prepare(LAST_SEQ),
    delivery: db.prepare(DELIVERY),
    event: db.prepare(EVENT),
    letter: db.prepare(LETTER),
    tally: db.prepare(TALLY),
  };
}
