/**
 * API keys in a SQLite file. Uses are kept apart from keys, because they change every minute and must not make every gateway read all keys.
 */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { createKeyFile, type KeyFile } from './key-file.ts';
import type { KeyStore, LiveKey, StoredKey } from './key-store.ts';

const POLL_MS = 500;
const SELECT = `
  SELECT prefix, client, name, digest, created_at AS createdAt, expires_at AS expiresAt, revoked_at AS revokedAt, at AS lastUsedAt
  FROM keys LEFT JOIN key_uses USING (prefix)`;
const INSERT = `
  INSERT INTO keys (prefix, client, name, digest, created_at, expires_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (prefix) DO NOTHING`;
const LIVE = `
  SELECT prefix, client, digest, expires_at AS expiresAt FROM keys
  WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?) ORDER BY number LIMIT ?`;
const END_AT = 'UPDATE keys SET expires_at = min(coalesce(expires_at, ?1), ?1) WHERE prefix = ?2';
const REVOKE = 'UPDATE keys SET revoked_at = ? WHERE prefix = ? AND revoked_at IS NULL';
const USE = `
  INSERT INTO key_uses SELECT prefix, ? FROM keys WHERE prefix = ?
  ON CONFLICT (prefix) DO UPDATE SET at = max(at, excluded.at)`;

/** Where the keys of a data folder are. */
export function keyStorePath(dataDir: string): string {
  return join(dataDir, 'keys.db');
}

export interface SqliteKeyStoreOptions {
  /** Its folder is made when the first key is. */
  path: string;
  /** How often the file is looked at, while somebody watches. @default 500 */
  pollMs?: number;
}

/** Opened at first need. Methods reject with a `ConfigError` when the file is no key store. */
export function createSqliteKeyStore({ path, pollMs = POLL_MS }: SqliteKeyStoreOptions): KeyStore {
  const file = createKeyFile(path);
  return {
    name: path,
    list: async () => (await file.open())?.prepare(`${SELECT} ORDER BY number`).all().map(toKey) ?? [],
    live: async (now, limit) => (await file.open())?.prepare(LIVE).all(now, limit).map(toLiveKey) ?? [],
    async find(prefix) {
      const row = (await file.open())?.prepare(`${SELECT} WHERE prefix = ?`).get(prefix);
      return row && toKey(row);
    },
    add: async (key) => insert(await file.make(), key),
    async replace(prefix, endsAt, key) {
      const db = await file.open();
      if (db === undefined) return false;
      return inTransaction(db, () => db.prepare(END_AT).run(endsAt, prefix).changes === 1 && insert(db, key));
    },
    revoke: async (prefix, at) => (await file.open())?.prepare(REVOKE).run(at, prefix).changes === 1,
    async recordUses(uses) {
      const db = await file.open();
      if (db === undefined) return;
      const statement = db.prepare(USE);
      inTransaction(db, () => {
        for (const [prefix, at] of uses) statement.run(at, prefix);
        return true;
      });
    },
    watch: (onChange) => watchFile(file, pollMs, onChange),
    [Symbol.asyncDispose]: async () => file.end(),
  };
}

/** Rolls back when `work` throws or answers false. */
function inTransaction(db: DatabaseSync, work: () => boolean): boolean {
  db.exec('BEGIN IMMEDIATE');
  try {
    const done = work();
    db.exec(done ? 'COMMIT' : 'ROLLBACK');
    return done;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function insert(db: DatabaseSync, key: StoredKey): boolean {
  const { prefix, client, name, digest, createdAt, expiresAt, revokedAt } = key;
  const values = [prefix, client, name ?? null, digest, createdAt, expiresAt ?? null, revokedAt ?? null];
  return db.prepare(INSERT).run(...values).changes === 1;
}

function toKey(row: Record<string, unknown>): StoredKey {
  // The columns are those of SELECT, their types those of SCHEMA, which is STRICT.
  const key = row as unknown as Row;
  return {
    ...key,
    name: key.name ?? undefined,
    expiresAt: key.expiresAt ?? undefined,
    revokedAt: key.revokedAt ?? undefined,
    lastUsedAt: key.lastUsedAt ?? undefined,
  };
}

function toLiveKey(row: Record<string, unknown>): LiveKey {
  // As above, with the columns of LIVE.
  const key = row as unknown as Row;
  return { prefix: key.prefix, client: key.client, digest: key.digest, expiresAt: key.expiresAt ?? undefined };
}

/** SQL says null where there is nothing. */
type Row = {
  [Column in keyof StoredKey]-?:
    | Exclude<StoredKey[Column], undefined>
    | (undefined extends StoredKey[Column] ? null : never);
};

/** Looks on a timer: cheap, and true on every file system, which notifications are not. */
async function watchFile(file: KeyFile, pollMs: number, onChange: () => void): Promise<Disposable> {
  let seen = await stateOf(file);
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    // A file that cannot be read is told by whoever reads keys.
    const state = await stateOf(file, seen).catch(() => undefined);
    if (state === undefined || state.db !== seen.db || state.revision !== seen.revision) onChange();
    seen = state ?? {};
    looking = false;
  };
  const timer = setInterval(look, pollMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

interface FileState {
  db?: DatabaseSync | undefined;
  /** Changes with every write of another connection. */
  version?: unknown;
  revision?: unknown;
}

async function stateOf(file: KeyFile, seen: FileState = {}): Promise<FileState> {
  const db = await file.open();
  if (db === undefined) return {};
  const version = db.prepare('PRAGMA data_version').get()?.['data_version'];
  if (seen.db === db && seen.version === version) return seen;
  return { db, version, revision: db.prepare('SELECT number FROM revision').get()?.['number'] };
}
