/**
 * Connections to the file of the event log. What is acknowledged must survive a power cut, and `synchronous` belongs to the
 * connection, not to the file: it is set on every one that writes, and read back.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Failpoints } from './failpoint.ts';
import { SCHEMA_STEPS, SCHEMA_VERSION } from './sqlite-schema.ts';

/** How long one process waits for another's write. */
const BUSY_MS = 5_000;
/** SQLite's number for FULL: the WAL is synced with every commit. */
const FULL = 2;

/** Makes file and tables when there are none, and those of an earlier version what they are today. Throws when the file cannot keep the log. */
export function openForWriting(path: string, { synchronous, maxPages }: Failpoints = {}): DatabaseSync {
  makeFile(path);
  const db = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous ?? 'FULL'}`);
    if (synchronous === undefined) requireSynced(db);
    makeTables(db);
    if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${maxPages}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Readers see what was committed, and hold up nobody. The file must be there. */
export function openForReading(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
}

/** Throws unless a commit on this connection reaches the disk before it returns. */
export function requireSynced(db: DatabaseSync): void {
  const mode = db.prepare('PRAGMA journal_mode').get()?.['journal_mode'];
  const synchronous = db.prepare('PRAGMA synchronous').get()?.['synchronous'];
  if (mode !== 'wal') throw new Error(`its journal mode is ${mode}, expected wal: the file system may not allow it`);
  if (synchronous !== FULL)
    throw new Error(`synchronous is ${synchronous}, expected ${FULL}: a power cut would lose events`);
}

/** Bodies hold personal data: readable for nobody else. The files beside it take its mode. */
function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

function makeTables(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
    const tables = db.prepare('SELECT count(*) AS count FROM sqlite_schema').get()?.['count'];
    if (version > SCHEMA_VERSION || version < 0 || (version === 0 && tables !== 0))
      throw new Error(`its tables are of version ${version}, expected ${SCHEMA_VERSION}`);
    for (const step of SCHEMA_STEPS.slice(version)) db.exec(step);
    if (version < SCHEMA_VERSION) db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
