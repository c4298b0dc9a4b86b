/**
 * The SQLite file of a key store: one connection, to the file that stands there now. Reading makes no file: one that another
 * process makes later is opened then, and so is one put in its place.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, linkSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '../config/config-error.ts';

/** How long one process waits for another's write. */
const BUSY_MS = 5_000;

/** Of the tables below. */
const VERSION = 1;

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  BEGIN;
  CREATE TABLE keys (
    number INTEGER PRIMARY KEY,
    prefix TEXT NOT NULL UNIQUE,
    client TEXT NOT NULL,
    name TEXT,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
  ) STRICT;
  CREATE TABLE key_uses (prefix TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE revision (number INTEGER NOT NULL) STRICT;
  INSERT INTO revision VALUES (0);
  CREATE TRIGGER key_added AFTER INSERT ON keys BEGIN UPDATE revision SET number = number + 1; END;
  CREATE TRIGGER key_changed AFTER UPDATE ON keys BEGIN UPDATE revision SET number = number + 1; END;
  PRAGMA user_version = ${VERSION};
  COMMIT;
`;

export interface KeyFile {
  /** Undefined when there is no file. */
  open(): Promise<DatabaseSync | undefined>;
  make(): Promise<DatabaseSync>;
  /** Nothing opens after it. */
  end(): void;
}

/** Throws `ConfigError` from `open` and `make` for a file that is no key store. */
export function createKeyFile(path: string): KeyFile {
  let current: { db: DatabaseSync; inode: number } | undefined;
  let ended = false;
  const close = (): void => {
    current?.db.close();
    current = undefined;
  };
  const open = async (): Promise<DatabaseSync | undefined> => {
    const inode = statSync(path, { throwIfNoEntry: false })?.ino;
    if (current && current.inode === inode) return current.db;
    close();
    if (inode === undefined) return undefined;
    // Only here, so that a gateway without issued keys does not load it.
    const { DatabaseSync } = await import('node:sqlite');
    // What happened meanwhile: somebody else opened it, or it ended.
    if (current && current.inode === inode) return current.db;
    close();
    if (ended) return undefined;
    const db = openDatabase(() => new DatabaseSync(path, { timeout: BUSY_MS }), path);
    current = { db, inode };
    return db;
  };
  return {
    open,
    async make() {
      if (!existsSync(path)) await makeFile(path);
      const db = await open();
      if (db === undefined) throw new ConfigError({ file: path, message: 'Found no file where one was just made.' });
      return db;
    },
    end() {
      ended = true;
      close();
    },
  };
}

/** Whole or not at all: a reader that met it half made would find it locked or without tables. */
async function makeFile(path: string): Promise<void> {
  const { DatabaseSync } = await import('node:sqlite');
  const temporary = `${path}.${process.pid}.${randomUUID()}`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    // SQLite would make it readable for all; the files beside it take its mode.
    closeSync(openSync(temporary, 'wx', 0o600));
    const db = new DatabaseSync(temporary);
    db.exec(SCHEMA);
    db.close();
    linkSync(temporary, path);
  } catch (error) {
    // Another process was first: its file is as good.
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function openDatabase(connect: () => DatabaseSync, path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = connect();
    // FULL: a key that was shown is on disk, whatever happens next.
    db.exec('PRAGMA synchronous = FULL');
    const version = db.prepare('PRAGMA user_version').get()?.['user_version'];
    if (version !== VERSION) throw new Error(`its tables are of version ${version}, expected ${VERSION}`);
    return db;
  } catch (error) {
    db?.close();
    const reason = error instanceof Error ? error.message : String(error);
    const message = `Found a file that cannot be used as key store: ${reason}. Restore it, or move it away and issue keys anew.`;
    throw new ConfigError({ file: path, message });
  }
}
