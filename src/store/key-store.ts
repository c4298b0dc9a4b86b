/**
 * Where API keys are kept: as digests, never the key. An adapter may be shared by several processes; each sees what the
 * others write. `test/store/key-store.contract.ts` runs against every adapter.
 */

export interface StoredKey {
  /** Finds it; unique for ever, also after it has ended. */
  prefix: string;
  /** A client of clients.yaml. */
  client: string;
  /** What a person called it. */
  name?: string | undefined;
  /** SHA-256 of the whole key. */
  digest: Uint8Array;
  /** Epoch milliseconds, as are all times here. */
  createdAt: number;
  /** Absent: never. */
  expiresAt?: number | undefined;
  revokedAt?: number | undefined;
  /** To the minute, and written up to a minute late. */
  lastUsedAt?: number | undefined;
}

/** What is needed to know it again. */
export type LiveKey = Pick<StoredKey, 'prefix' | 'client' | 'digest' | 'expiresAt'>;

/** A store that is not there yet has no keys; the first that is added makes it. */
export interface KeyStore extends AsyncDisposable {
  /** What a person knows it by: the path of a file. */
  readonly name: string;
  /** Every key, ended ones too, in the order they were made. */
  list(): Promise<StoredKey[]>;
  /** Keys neither revoked nor expired at that time; at most `limit`. */
  live(now: number, limit: number): Promise<LiveKey[]>;
  find(prefix: string): Promise<StoredKey | undefined>;
  /** On disk when it resolves. False when the prefix is taken. */
  add(key: StoredKey): Promise<boolean>;
  /** Adds `key` and has the one with `prefix` expire at `endsAt` unless it does earlier: both or neither. False when `prefix` is unknown or the new one's is taken. */
  replace(prefix: string, endsAt: number, key: StoredKey): Promise<boolean>;
  /** False when there is no such key or it was revoked before: the first time stays. */
  revoke(prefix: string, at: number): Promise<boolean>;
  /** Prefix → when. Unknown prefixes and times before the one known are passed over. */
  recordUses(uses: ReadonlyMap<string, number>): Promise<void>;
  /**
   * From when it resolves, calls back within a second after keys were added, replaced or revoked through another store;
   * uses do not count. Keeps no process alive.
   */
  watch(onChange: () => void): Promise<Disposable>;
}
