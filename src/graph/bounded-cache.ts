/** What is worth keeping, as far as it fits into so many bytes; what was used longest ago goes first. */

export interface BoundedCache<Key, Value> {
  get(key: Key): Value | undefined;
  /** `bytes`: what it takes, as far as anybody knows. What is more than the share of one entry is not kept. */
  set(key: Key, value: Value, bytes: number): void;
  delete(key: Key): void;
  /** Of all entries. */
  readonly bytes: number;
}

export interface BoundedCacheOptions {
  /** Of all entries together. */
  maxBytes: number;
  /** Of one entry, so that nobody fills the cache with a few. @default an eighth of `maxBytes` */
  maxEntryBytes?: number;
}

export function createBoundedCache<Key, Value>({
  maxBytes,
  maxEntryBytes = maxBytes / 8,
}: BoundedCacheOptions): BoundedCache<Key, Value> {
  // In order of last use: a Map keeps the order of insertion.
  const entries = new Map<Key, { value: Value; bytes: number }>();
  let total = 0;
  // To move what is last already would make the Map write itself anew at every other use.
  let newest: Key | undefined;

  const remove = (key: Key): void => {
    total -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };

  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      if (key !== newest) {
        entries.delete(key);
        entries.set(key, entry);
        newest = key;
      }
      return entry.value;
    },
    set(key, value, bytes) {
      remove(key);
      if (bytes > maxEntryBytes) return;
      entries.set(key, { value, bytes });
      newest = key;
      total += bytes;
      for (const oldest of entries.keys()) {
        if (total <= maxBytes) return;
        remove(oldest);
      }
    },
    delete: remove,
    get bytes() {
      return total;
    },
  };
}
