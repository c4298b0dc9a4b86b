/** What the events of a vendor take up, from the oldest on. */
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { bytesLeft, type StoredBytes } from './bytes-left.ts';
import type { BytesLeftQuery } from './log.ts';
import { positionOf } from './sqlite-position.ts';

/** Events that are looked at in one turn. */
const PAGE = 1_000;

const HELD = 'SELECT bytes FROM tally WHERE vendor = ?';
/** `octet_length` reads no body. */
const OLDEST = `
  SELECT e.seq, coalesce(octet_length(e.body), 0) + octet_length(d.raw) / max(1, d.events) AS bytes
  FROM event e INDEXED BY event_vendor CROSS JOIN delivery d ON d.number = e.delivery
  WHERE e.vendor = ? AND e.seq > ? ORDER BY e.seq LIMIT ${PAGE}`;

export function readBytesLeft(
  db: DatabaseSync,
  vendor: string,
  query: BytesLeftQuery,
): Promise<(number | undefined)[]> {
  const held = Number(db.prepare(HELD).get(vendor)?.['bytes'] ?? 0);
  return bytesLeft(query, held, oldestOf(db, vendor));
}

async function* oldestOf(db: DatabaseSync, vendor: string): AsyncGenerator<StoredBytes[]> {
  const oldest = db.prepare(OLDEST);
  for (let last = 0; ; ) {
    // The columns are those of OLDEST.
    const rows = oldest.all(vendor, last) as { seq: number; bytes: number }[];
    yield rows.map(({ seq, bytes }) => ({ position: positionOf(seq), bytes }));
    if (rows.length < PAGE) return;
    last = rows.at(-1)?.seq ?? last;
    await turn();
  }
}
