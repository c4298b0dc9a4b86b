/** Deliveries, dead letters, consumers and figures of the embedded log, as they stand in its tables. */
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { VendorName } from '../config/vendor-name.ts';
import type { DeadLetterReason } from './delivery.ts';
import type { Consumer, DeadLetter, EventLog, LogFigures, StoredDelivery, UnreadEvents } from './log.ts';
import { positionOf, seqOf } from './sqlite-position.ts';

export interface LetterQuery {
  vendor?: string;
  reason?: DeadLetterReason;
  id?: string;
  /** Those that are done, too. */
  all?: boolean;
}

const MOST_CONSUMERS = 1_000;
const DELIVERY = `
  SELECT id, vendor, received_at AS receivedAt, headers, raw, verified_by AS verifiedBy, remote_ip AS remoteIp
  FROM delivery WHERE id = ?`;
const LETTERS = `
  SELECT CAST(l.number AS TEXT) AS id, d.id AS deliveryId, l.vendor, l.ix, l.reason, l.detail,
         l.created_at AS createdAt, l.redriven_at AS redrivenAt
  FROM dead_letter l JOIN delivery d ON d.number = l.delivery
  WHERE (?1 OR l.redriven_at IS NULL) AND (?2 IS NULL OR l.vendor = ?2) AND (?3 IS NULL OR l.reason = ?3)
    AND (?4 IS NULL OR l.number = ?4) ORDER BY l.number DESC LIMIT ?5`;
const CONSUMERS = 'SELECT principal, name, position, updated_at AS updatedAt, owner FROM consumer';
const OLDEST = `
  SELECT received_at AS receivedAt, seq FROM event INDEXED BY event_vendor WHERE vendor = ? AND seq > ? ORDER BY seq LIMIT 1`;
const NUMBER = /^[1-9]\d{0,14}$/;

export class SqliteRecords {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  delivery(id: string): StoredDelivery | undefined {
    // The columns are those of DELIVERY, their types those of the schema; `headers` was written as JSON by this log.
    const row = this.#db.prepare(DELIVERY).get(id) as unknown as
      | (Omit<StoredDelivery, 'headers' | 'remoteIp'> & { headers: string; remoteIp: string | null })
      | undefined;
    if (row === undefined) return undefined;
    const { headers, remoteIp, ...rest } = row;
    return {
      ...rest,
      headers: JSON.parse(headers),
      remoteIp: remoteIp ?? undefined,
      rawSha256: createHash('sha256').update(row.raw).digest('hex'),
    };
  }

  deadLetters({ vendor, reason, id, all = false }: LetterQuery, limit: number): DeadLetter[] {
    const number = id === undefined ? null : NUMBER.test(id) ? Number(id) : 0;
    const rows = this.#db.prepare(LETTERS).all(all ? 1 : 0, vendor ?? null, reason ?? null, number, limit);
    // The columns are those of LETTERS, their types those of the schema.
    return rows.map((row) => ({ ...row }) as unknown as DeadLetter);
  }

  consumer(principal: string, name: string): Consumer | undefined {
    const row = this.#db.prepare(`${CONSUMERS} WHERE principal = ? AND name = ?`).get(principal, name);
    return row && toConsumer(row);
  }

  consumers(): Consumer[] {
    return this.#db.prepare(`${CONSUMERS} ORDER BY principal, name`).all().map(toConsumer);
  }

  figures(): LogFigures {
    const sums = this.#db.prepare('SELECT sum(events) AS events, sum(bytes) AS bytes FROM tally').get();
    const keys = this.#db.prepare('SELECT bytes FROM dedupe_size').get();
    const letters = this.#db
      .prepare('SELECT reason, count(*) AS count FROM dead_letter WHERE redriven_at IS NULL GROUP BY reason')
      .all();
    return {
      events: Number(sums?.['events'] ?? 0),
      bytes: Number(sums?.['bytes'] ?? 0),
      keyBytes: Number(keys?.['bytes'] ?? 0),
      deadLetters: Object.fromEntries(letters.map(({ reason, count }) => [reason, Number(count)])),
      horizonAgeMs: 0,
    };
  }

  vendors(): VendorName[] {
    // A column of this statement.
    return this.#db
      .prepare('SELECT vendor FROM tally')
      .all()
      .map(({ vendor }) => vendor as VendorName);
  }

  unread(follows: Parameters<EventLog['unread']>[0]): UnreadEvents[] {
    const all = this.vendors();
    const oldest = this.#db.prepare(OLDEST);
    const rows = this.#db.prepare(`${CONSUMERS} ORDER BY position LIMIT ${MOST_CONSUMERS}`).all().map(toConsumer);
    return rows.flatMap((consumer) => {
      const { principal, name, position } = consumer;
      return (follows(consumer) ?? all).flatMap((vendor) => {
        const row = oldest.get(vendor, seqOf(position));
        if (row === undefined) return [];
        const place = { oldestUnreadAt: Number(row['receivedAt']), oldestUnread: positionOf(Number(row['seq'])) };
        return [{ principal, name, vendor, ...place }];
      });
    });
  }
}

function toConsumer(row: Record<string, unknown>): Consumer {
  // The columns are those of CONSUMERS, their types those of the schema.
  return { ...row } as unknown as Consumer;
}
