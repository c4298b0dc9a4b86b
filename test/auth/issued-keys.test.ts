/** Issued keys as a gateway sees them: over a real store, in files, changed by others while it runs. */
import crypto from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { demoKeys } from '../../src/auth/api-keys.ts';
import { type Authenticator, createAuthenticator } from '../../src/auth/authenticator.ts';
import { makeKey, prefixFrom, prefixOf } from '../../src/auth/issued-key.ts';
import { type KeySource, MAX_LIVE_KEYS } from '../../src/auth/issued-keys.ts';
import { clientsSchema } from '../../src/config/clients.ts';
import { DEFAULT_QUOTAS } from '../../src/config/quota-limits.ts';
import type { KeyStore } from '../../src/store/key-store.ts';
import { createSqliteKeyStore, keyStorePath } from '../../src/store/sqlite-key-store.ts';
import { type Clock, clock, NO_KEYS, NOW, type ReadableLog, readableLog, sha256 } from './kit.ts';

const CLIENTS = clientsSchema.parse({
  clients: [
    { id: 'nightly', kind: 'app', proof: 'key', scopes: ['stripe:read'], quota: { concurrency: 2 } },
    { id: 'web', kind: 'frontend', proof: { issuer: 'https://login.example.com', client: 'spa' }, scopes: [] },
    { id: 'helper', kind: 'agent', proof: 'key', scopes: [], trustedDocumentsOnly: true },
  ],
});
/** Far more than the store's own 20 ms. */
const SOON = { timeout: 5_000, interval: 10 };

interface Setting extends AsyncDisposable {
  path: string;
  /** What another process has open. */
  store: KeyStore;
  time: Clock;
  log: ReadableLog;
  gateway(options?: { flushMs?: number }): Promise<Authenticator>;
  /** The whole key. */
  issue(more?: { client?: string; expiresAt?: number }): Promise<string>;
}

function setting(): Setting {
  const dir = mkdtempSync(join(tmpdir(), 'issued-'));
  const path = keyStorePath(join(dir, 'data'));
  const ended: AsyncDisposable[] = [];
  const open = (): KeyStore => {
    const store = createSqliteKeyStore({ path, pollMs: 20 });
    ended.unshift(store);
    return store;
  };
  const [store, time, log] = [open(), clock(), readableLog()];
  return {
    path,
    store,
    time,
    log,
    async gateway(options = {}) {
      const parts = { keys: demoKeys(['stripe']), clients: CLIENTS, keySource: open(), log: log.log, now: time.now };
      const authenticator = await createAuthenticator({ ...parts, ...options });
      ended.unshift(authenticator);
      return authenticator;
    },
    async issue({ client = 'nightly', expiresAt } = {}) {
      const { key, prefix, digest } = makeKey();
      await store.add({ prefix, client, digest, createdAt: time.now(), expiresAt });
      return key;
    },
    async [Symbol.asyncDispose]() {
      for (const one of ended) await one[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true });
    },
  };
}

describe('an issued key', () => {
  it('looks like one, and no two are alike', () => {
    const keys = Array.from({ length: 1_000 }, makeKey);
    for (const { key, prefix, digest } of keys) {
      expect(key).toMatch(/^vg_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{32}$/);
      expect([prefixOf(key), prefixFrom(key), prefixFrom(prefix), prefixFrom(`vg_live_${prefix}`)]).toEqual(
        Array(4).fill(prefix),
      );
      expect(digest).toEqual(sha256(key));
    }
    expect(new Set(keys.map(({ key }) => key)).size).toBe(1_000);
    const letters = keys.flatMap(({ key }) => [...key.slice(8, 16), ...key.slice(17)]);
    expect(new Set(letters).size).toBe(62);
    // 256 is no multiple of 62: taken as they come, bytes would give these eight 6,250 of 40,000 instead of 5,161.
    expect(letters.filter((letter) => letter < '8').length).toBeLessThan(5_650);
  });

  it('is its client, with what clients.yaml says of it', async () => {
    await using its = setting();
    const [nightly, helper] = [await its.issue({ expiresAt: NOW + 1_000 }), await its.issue({ client: 'helper' })];
    const { authenticate } = await its.gateway();
    expect(authenticate(`Bearer ${nightly}`)).toEqual({
      id: `key:${prefixOf(nightly)}`,
      client: 'nightly',
      kind: 'app',
      scopes: new Set(['stripe:read']),
      expiresAt: NOW + 1_000,
      quota: { ...DEFAULT_QUOTAS.app, concurrency: 2 },
    });
    expect(authenticate(`Bearer ${helper}`)).toEqual({
      id: `key:${prefixOf(helper)}`,
      client: 'helper',
      kind: 'agent',
      scopes: new Set(),
      trustedDocumentsOnly: true,
    });
    expect(authenticate('Bearer vg_demo_app')).toMatchObject({ client: 'demo-app' });
  });

  it('is refused once it has expired, without anybody telling', async () => {
    await using its = setting();
    const key = await its.issue({ expiresAt: NOW + 1_000 });
    const { authenticate } = await its.gateway();
    its.time.advance(999);
    expect(authenticate(`Bearer ${key}`)).not.toBeNull();
    its.time.advance(1);
    expect(authenticate(`Bearer ${key}`)).toBeNull();
  });

  it.each(['left-long-ago', 'web'])(
    'is refused when clients.yaml has no client with keys of its name: %s',
    async (client) => {
      await using its = setting();
      const key = await its.issue({ client });
      expect((await its.gateway()).authenticate(`Bearer ${key}`)).toBeNull();
    },
  );

  it('opens nothing with any letter changed, added or left out', async () => {
    await using its = setting();
    const key = await its.issue();
    const { authenticate } = await its.gateway();
    const place = fc.integer({ min: 0, max: key.length - 1 });
    const letter = fc.constantFrom(...'09AZaz_-. ');
    const changed = fc.tuple(place, letter, fc.integer({ min: 0, max: 2 })).map(([at, other, taken]) => {
      return key.slice(0, at) + other + key.slice(at + taken);
    });
    fc.assert(
      fc.property(changed, (other) => {
        // Spaces before a token are none of it.
        fc.pre(other.trimStart() !== key);
        expect(authenticate(`Bearer ${other}`)).toBeNull();
      }),
      { numRuns: 2_000 },
    );
    expect(authenticate(`Bearer ${key}`)).not.toBeNull();
  });

  it('is accepted within a second of being issued, though there was no file before', async () => {
    await using its = setting();
    const { authenticate } = await its.gateway();
    expect(existsSync(its.path)).toBe(false);
    const key = await its.issue();
    await vi.waitFor(() => expect(authenticate(`Bearer ${key}`)).not.toBeNull(), SOON);
    await its.store.revoke(prefixFrom(key), its.time.now());
    await vi.waitFor(() => expect(authenticate(`Bearer ${key}`)).toBeNull(), SOON);
    const [old, next] = [await its.issue(), makeKey()];
    await vi.waitFor(() => expect(authenticate(`Bearer ${old}`)).not.toBeNull(), SOON);
    await its.store.replace(prefixFrom(old), its.time.now(), { ...next, client: 'nightly', createdAt: NOW });
    await vi.waitFor(() => expect(authenticate(`Bearer ${next.key}`)).not.toBeNull(), SOON);
    expect(authenticate(`Bearer ${old}`)).toBeNull();
  });

  it('leaves its last use in the store, to the minute, once a minute and at the end', async () => {
    await using its = setting();
    const key = await its.issue();
    const unused = await its.issue();
    const first = await its.gateway({ flushMs: 20 });
    its.time.advance(61_500);
    first.authenticate(`Bearer ${key}`);
    const lastUse = async (one: string) => (await its.store.find(prefixFrom(one)))?.lastUsedAt;
    await vi.waitFor(async () => expect(await lastUse(key)).toBe(NOW + 60_000), SOON);
    const second = await its.gateway();
    its.time.advance(60_000);
    second.authenticate(`Bearer ${key}`);
    expect(await lastUse(key)).toBe(NOW + 60_000);
    await second[Symbol.asyncDispose]();
    expect(await lastUse(key)).toBe(NOW + 120_000);
    expect(await lastUse(unused)).toBeUndefined();
  });

  it('stays in force while the store cannot be read', async () => {
    await using its = setting();
    const key = await its.issue();
    const { authenticate } = await its.gateway();
    await its.store[Symbol.asyncDispose]();
    for (const file of [its.path, `${its.path}-wal`, `${its.path}-shm`]) rmSync(file, { force: true });
    writeFileSync(its.path, 'x'.repeat(8_192));
    await vi.waitFor(() => expect(its.log.lines.length).toBeGreaterThan(0), SOON);
    expect(authenticate(`Bearer ${key}`)).not.toBeNull();
    expect(its.log.lines).toMatchObject([{ level: 'error', store: its.path }]);
    expect(its.log.text()).not.toContain(key.slice(17));
  });

  it('is not complained about at each look when the store cannot be read', async () => {
    let [reads, broken] = [0, false];
    let changed = (): void => {};
    const keySource: KeySource = {
      ...NO_KEYS,
      live: async () => {
        reads++;
        if (broken) throw new Error('no disk');
        return [];
      },
      watch: async (onChange) => {
        changed = onChange;
        return { [Symbol.dispose]: () => {} };
      },
    };
    const { log, lines } = readableLog();
    await using _gateway = await createAuthenticator({ keys: [], clients: CLIENTS, keySource, log });
    for (const state of [true, true, true, false, true]) {
      broken = state;
      const before = reads;
      changed();
      await vi.waitFor(() => expect(reads).toBe(before + 1), SOON);
      // The read has been told of, too, once what it awaits is through.
      await new Promise(setImmediate);
    }
    expect(lines).toMatchObject([{ reason: 'no disk' }, { reason: 'no disk' }]);
  });

  it('is written once for each minute, however often it is used', async () => {
    const { key, prefix, digest } = makeKey();
    const written: [string, number][] = [];
    const source: KeySource = {
      ...NO_KEYS,
      live: async () => [{ prefix, client: 'nightly', digest }],
      recordUses: async (uses) => void written.push(...uses),
    };
    const time = clock();
    const parts = { keys: [], clients: CLIENTS, keySource: source, log: readableLog().log, now: time.now };
    const gateway = await createAuthenticator(parts);
    for (let uses = 0; uses < 100; uses++) gateway.authenticate(`Bearer ${key}`);
    gateway.authenticate(`Bearer ${key.slice(0, -1)}`);
    await gateway[Symbol.asyncDispose]();
    expect(written).toEqual([[prefix, NOW]]);
  });
});

it('refuses a store with more keys than a gateway holds', async () => {
  const digest = new Uint8Array(32);
  const keySource: KeySource = {
    ...NO_KEYS,
    live: async (_now, limit) =>
      Array.from({ length: limit }, (_, index) => ({ prefix: `${index}`, client: 'nightly', digest })),
  };
  await expect(createAuthenticator({ keys: [], clients: CLIENTS, keySource, log: readableLog().log })).rejects.toThrow(
    expect.objectContaining({ name: 'ConfigError', message: expect.stringContaining(`${MAX_LIVE_KEYS}`) }),
  );
});

describe('how a key is compared', () => {
  /** How many digests are compared for this token; the comparison itself is the real one. */
  function comparisons(ask: () => unknown): number {
    const real = crypto.timingSafeEqual;
    let count = 0;
    crypto.timingSafeEqual = (one, other) => {
      count++;
      return real(one, other);
    };
    syncBuiltinESMExports();
    try {
      ask();
      return count;
    } finally {
      crypto.timingSafeEqual = real;
      syncBuiltinESMExports();
    }
  }

  it('takes the same steps wherever it is wrong, and when it is right', async () => {
    await using its = setting();
    const key = await its.issue();
    const { authenticate } = await its.gateway();
    const other = (at: number) => `${key.slice(0, at)}${key[at] === 'x' ? 'y' : 'x'}${key.slice(at + 1)}`;
    const tokens = [
      key,
      other(17),
      other(key.length - 1),
      other(8),
      `${key}x`,
      key.slice(0, -1),
      'x',
      'vg_demo_app',
      'vg_demo_apq',
      'xg_demo_app',
    ];
    const counts = tokens.map((token) => comparisons(() => authenticate(`Bearer ${token}`)));
    // Four demo keys and the one with the prefix, or none in its place.
    expect(counts).toEqual(tokens.map(() => 5));
  });
});
