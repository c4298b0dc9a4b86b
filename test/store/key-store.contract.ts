/** What every key store does. Each test gets a place of its own; two stores on one place stand for two processes. */
import { expect, it, vi } from 'vitest';
import type { KeyStore, StoredKey } from '../../src/store/key-store.ts';

export interface KeyStorePlace extends AsyncDisposable {
  /** Ended with the place. */
  open(): KeyStore;
}

const NOW = Date.UTC(2026, 0, 15);
const DAY = 86_400_000;

export function storedKey(prefix: string, more: Partial<StoredKey> = {}): StoredKey {
  return { prefix, client: 'nightly', digest: new Uint8Array(32).fill(prefix.length), createdAt: NOW, ...more };
}

export function describeKeyStore(place: () => KeyStorePlace): void {
  it('has no keys before the first is added', async () => {
    await using here = place();
    const store = here.open();
    expect(await store.list()).toEqual([]);
    expect(await store.live(NOW, 10)).toEqual([]);
    expect(await store.find('aaaaaaaa')).toBeUndefined();
    expect(await store.revoke('aaaaaaaa', NOW)).toBe(false);
    expect(await store.replace('aaaaaaaa', NOW, storedKey('bbbbbbbb'))).toBe(false);
    await store.recordUses(new Map([['aaaaaaaa', NOW]]));
    expect(await store.list()).toEqual([]);
  });

  it('keeps all of a key, for another store to read', async () => {
    await using here = place();
    const digest = Uint8Array.from({ length: 32 }, (_, index) => index * 8);
    const key = storedKey('aaaaaaaa', { digest, name: 'the “night” job', expiresAt: NOW + DAY });
    expect(await here.open().add(key)).toBe(true);
    const [found] = await here.open().list();
    expect(found).toEqual(key);
    expect(await here.open().find('aaaaaaaa')).toEqual(key);
  });

  it('keeps the first of two keys with one prefix', async () => {
    await using here = place();
    const store = here.open();
    await store.add(storedKey('aaaaaaaa', { client: 'first' }));
    expect(await store.add(storedKey('aaaaaaaa', { client: 'second' }))).toBe(false);
    expect(await store.list()).toMatchObject([{ client: 'first' }]);
  });

  it('lists all in the order they were made, and as live those neither revoked nor expired', async () => {
    await using here = place();
    const store = here.open();
    await store.add(storedKey('zzzzzzzz'));
    await store.add(storedKey('expired1', { expiresAt: NOW }));
    await store.add(storedKey('revoked1'));
    await store.add(storedKey('aaaaaaaa', { expiresAt: NOW + 1 }));
    await store.revoke('revoked1', NOW);
    expect((await store.list()).map(({ prefix }) => prefix)).toEqual(['zzzzzzzz', 'expired1', 'revoked1', 'aaaaaaaa']);
    expect((await store.live(NOW, 10)).map(({ prefix }) => prefix)).toEqual(['zzzzzzzz', 'aaaaaaaa']);
    expect((await store.live(NOW, 1)).map(({ prefix }) => prefix)).toEqual(['zzzzzzzz']);
  });

  it('revokes once, and keeps when', async () => {
    await using here = place();
    const store = here.open();
    await store.add(storedKey('aaaaaaaa'));
    expect(await store.revoke('aaaaaaaa', NOW + 1)).toBe(true);
    expect(await store.revoke('aaaaaaaa', NOW + 2)).toBe(false);
    expect(await store.find('aaaaaaaa')).toMatchObject({ revokedAt: NOW + 1 });
  });

  it('replaces a key by another, both or neither', async () => {
    await using here = place();
    const store = here.open();
    await store.add(storedKey('aaaaaaaa'));
    await store.add(storedKey('taken111'));
    expect(await store.replace('aaaaaaaa', NOW + DAY, storedKey('taken111'))).toBe(false);
    expect(await store.replace('nobodyss', NOW + DAY, storedKey('bbbbbbbb'))).toBe(false);
    expect((await store.list()).map(({ prefix, expiresAt }) => [prefix, expiresAt])).toEqual([
      ['aaaaaaaa', undefined],
      ['taken111', undefined],
    ]);
    expect(await store.replace('aaaaaaaa', NOW + DAY, storedKey('bbbbbbbb'))).toBe(true);
    expect(await store.find('aaaaaaaa')).toMatchObject({ expiresAt: NOW + DAY });
    // An end that has been said is never put off.
    await store.replace('aaaaaaaa', NOW + 2 * DAY, storedKey('cccccccc'));
    expect(await store.find('aaaaaaaa')).toMatchObject({ expiresAt: NOW + DAY });
  });

  it('keeps the latest use of a key it knows', async () => {
    await using here = place();
    const store = here.open();
    await store.add(storedKey('aaaaaaaa'));
    await store.recordUses(
      new Map([
        ['aaaaaaaa', NOW],
        ['nobodyss', NOW],
      ]),
    );
    await store.recordUses(new Map([['aaaaaaaa', NOW - DAY]]));
    expect(await store.list()).toMatchObject([{ prefix: 'aaaaaaaa', lastUsedAt: NOW }]);
  });

  it('tells a watcher of what another store adds, revokes and replaces', async () => {
    await using here = place();
    const [ours, theirs] = [here.open(), here.open()];
    let changes = 0;
    using _watching = await ours.watch(() => {
      changes++;
    });
    const after = async (step: () => Promise<unknown>) => {
      changes = 0;
      await step();
      await vi.waitFor(() => expect(changes).toBe(1), { timeout: 5_000, interval: 10 });
    };
    await after(() => theirs.add(storedKey('aaaaaaaa')));
    expect(await ours.live(NOW, 10)).toHaveLength(1);
    await after(() => theirs.replace('aaaaaaaa', NOW, storedKey('bbbbbbbb')));
    await after(() => theirs.revoke('bbbbbbbb', NOW));
    expect(await ours.live(NOW, 10)).toEqual([]);
  });

  it('tells no more once nobody watches', async () => {
    await using here = place();
    const [ours, theirs] = [here.open(), here.open()];
    const told: string[] = [];
    const ended = await ours.watch(() => told.push('ended'));
    using _watching = await ours.watch(() => told.push('watching'));
    ended[Symbol.dispose]();
    await theirs.add(storedKey('aaaaaaaa'));
    await vi.waitFor(() => expect(told).toEqual(['watching']), { timeout: 5_000, interval: 10 });
  });
}
