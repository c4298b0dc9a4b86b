import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import type { KeyStore } from '../../src/store/key-store.ts';
import { createSqliteKeyStore, keyStorePath } from '../../src/store/sqlite-key-store.ts';
import { describeKeyStore, type KeyStorePlace, storedKey } from './key-store.contract.ts';

interface Folder extends KeyStorePlace {
  dir: string;
  path: string;
}

function folder(): Folder {
  const root = mkdtempSync(join(tmpdir(), 'keys-'));
  const dir = join(root, 'data');
  const path = keyStorePath(dir);
  const stores: KeyStore[] = [];
  return {
    dir,
    path,
    open() {
      const store = createSqliteKeyStore({ path, pollMs: 20 });
      stores.push(store);
      return store;
    },
    async [Symbol.asyncDispose]() {
      for (const store of stores) await store[Symbol.asyncDispose]();
      rmSync(root, { recursive: true });
    },
  };
}

describe('keys in a SQLite file', () => {
  describeKeyStore(folder);

  it('make no file by being read, watched or used', async () => {
    await using here = folder();
    const store = here.open();
    using _watching = await store.watch(() => {});
    await store.live(Date.now(), 1);
    await store.recordUses(new Map([['aaaaaaaa', 1]]));
    expect(existsSync(here.dir)).toBe(false);
  });

  it('can be read by their owner only, and so can the files beside them', async () => {
    await using here = folder();
    await here.open().add(storedKey('aaaaaaaa'));
    const modes = readdirSync(here.dir).map((file) => [
      file,
      (statSync(join(here.dir, file)).mode & 0o777).toString(8),
    ]);
    expect(Object.fromEntries(modes)).toEqual({ 'keys.db': '600', 'keys.db-wal': '600', 'keys.db-shm': '600' });
    expect((statSync(here.dir).mode & 0o777).toString(8)).toBe('700');
  });

  it('are on disk before the key is shown', async () => {
    await using here = folder();
    await here.open().add(storedKey('aaaaaaaa'));
    // What a crash leaves: the files, without anybody to close them.
    const copy = mkdtempSync(join(tmpdir(), 'keys-copy-'));
    for (const file of ['keys.db', 'keys.db-wal']) writeFileSync(join(copy, file), readFileSync(join(here.dir, file)));
    const store = createSqliteKeyStore({ path: keyStorePath(copy) });
    expect(await store.list()).toMatchObject([{ prefix: 'aaaaaaaa' }]);
    await store[Symbol.asyncDispose]();
    rmSync(copy, { recursive: true });
  });

  it('are looked at often enough for a second, and a use is no change', async () => {
    await using here = folder();
    const [ours, theirs] = [createSqliteKeyStore({ path: here.path }), here.open()];
    await theirs.add(storedKey('aaaaaaaa'));
    await ours.list();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      let changes = 0;
      using _watching = await ours.watch(() => {
        changes++;
      });
      await theirs.recordUses(new Map([['aaaaaaaa', 1]]));
      await vi.advanceTimersByTimeAsync(1_000);
      expect(changes).toBe(0);
      await theirs.revoke('aaaaaaaa', 1);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(changes).toBe(1);
    } finally {
      vi.useRealTimers();
      await ours[Symbol.asyncDispose]();
    }
  });

  it('are followed when another file takes the place of theirs', async () => {
    await using here = folder();
    await using other = folder();
    const store = here.open();
    await store.add(storedKey('aaaaaaaa'));
    const restored = other.open();
    await restored.add(storedKey('restored'));
    await restored[Symbol.asyncDispose]();
    let changed = false;
    using _watching = await store.watch(() => {
      changed = true;
    });
    for (const file of ['keys.db-wal', 'keys.db-shm']) rmSync(join(here.dir, file));
    renameSync(other.path, here.path);
    await vi.waitFor(() => expect(changed).toBe(true), { timeout: 5_000, interval: 10 });
    expect(await store.list()).toMatchObject([{ prefix: 'restored' }]);
  });

  it.each([
    ['is no database', 'Found a file that cannot be used as key store: file is not a database'],
    ['is of a later version', 'its tables are of version 9, expected 1'],
  ])('say so when the file %s', async (what, message) => {
    await using here = folder();
    const store = here.open();
    await store.add(storedKey('aaaaaaaa'));
    await store[Symbol.asyncDispose]();
    if (what === 'is no database') writeFileSync(here.path, 'x'.repeat(8192));
    else {
      const db = new DatabaseSync(here.path);
      db.exec('PRAGMA user_version = 9');
      db.close();
    }
    await expect(here.open().list()).rejects.toThrow(
      expect.objectContaining({ name: 'ConfigError', file: here.path, message: expect.stringContaining(message) }),
    );
  });

  it('are never met half made, by a reader or by another who makes the file', async () => {
    for (let round = 0; round < 20; round++) {
      await using here = folder();
      const stores = Array.from({ length: 4 }, () => here.open());
      const added = stores.map((store, index) => store.add(storedKey(`prefix-${index}`)));
      const read = stores.map((store) => store.list());
      await Promise.all(read);
      expect(await Promise.all(added)).toEqual([true, true, true, true]);
      expect(await here.open().list()).toHaveLength(4);
      expect(readdirSync(here.dir).filter((file) => !file.startsWith('keys.db'))).toEqual([]);
      expect(readdirSync(here.dir)).toHaveLength(3);
    }
  });

  it('open nothing after the store has ended', async () => {
    await using here = folder();
    const store = here.open();
    await store.add(storedKey('aaaaaaaa'));
    await store[Symbol.asyncDispose]();
    expect(await store.list()).toEqual([]);
  });
});
