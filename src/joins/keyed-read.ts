/**
 * The one way to join: a keyed read says how rows are found by a key, and every join goes through it. Rows are matched by
 * the key they carry, never by their position, so shuffled, missing and doubled rows cannot reach the wrong parent.
 */
import DataLoader from 'dataloader';
import { isObject } from '../rest/json-path.ts';
import type { BoundReader } from './bound-reader.ts';

export interface KeyedRead<Row> {
  /** For messages, e.g. `HubSpot contact by e-mail`. */
  name: string;
  /** Keys one call takes; 1 where the vendor has no batch read, Infinity where one list serves all keys. */
  chunk: number;
  /** Keys that mean the same become the same; null for a key nothing can be found under. @default identity */
  normalise?(key: string): string | null;
  /** Reads rows for normalised, distinct keys. May return any rows in any order; null is as good as none. */
  read(keys: readonly string[], reader: BoundReader): Promise<readonly Row[] | null>;
  /** The keys a row answers to, before normalisation. */
  keysOf(row: Row, askedFor: readonly string[]): readonly (string | null | undefined)[];
}

export interface KeyedReads {
  /** The row of a key; null when the vendor has none. */
  load<Row>(read: KeyedRead<Row>, key: string): Promise<Row | null>;
  /** Remembers a row met elsewhere in this operation, so that it is not read again. */
  prime<Row>(read: KeyedRead<Row>, row: Row): void;
}

/** Loaders live for one operation: nothing is shared between callers, nothing is stale in the next one. */
export function createKeyedReads(reader: BoundReader): KeyedReads {
  // One loader per read; the map's value type is erased because each read has a Row of its own.
  const loaders = new Map<KeyedRead<never>, DataLoader<string, unknown>>();

  const loaderOf = <Row>(read: KeyedRead<Row>): DataLoader<string, Row | null> => {
    const known = loaders.get(read as unknown as KeyedRead<never>);
    // The map holds under a read only the loader made from it below.
    if (known) return known as DataLoader<string, Row | null>;
    const made = new DataLoader<string, Row | null>((keys) => readAll(read, keys, reader));
    loaders.set(read as unknown as KeyedRead<never>, made);
    return made;
  };

  return {
    async load(read, key) {
      const normal = normalised(read, key);
      return normal === null ? null : loaderOf(read).load(normal);
    },
    prime(read, row) {
      for (const key of read.keysOf(row, [])) {
        const normal = key ? normalised(read, key) : null;
        if (normal !== null) loaderOf(read).prime(normal, row);
      }
    },
  };
}

function normalised<Row>(read: KeyedRead<Row>, key: string): string | null {
  return read.normalise ? read.normalise(key) : key;
}

/** One result per key in the order of the keys: a row, null, or the error of the chunk the key was in. */
async function readAll<Row>(
  read: KeyedRead<Row>,
  keys: readonly string[],
  reader: BoundReader,
): Promise<(Row | null | Error)[]> {
  const results = new Map<string, Row | Error>();
  await Promise.all(chunksOf(keys, read.chunk).map((chunk) => readChunk(read, chunk, reader, results)));
  return keys.map((key) => results.get(key) ?? null);
}

async function readChunk<Row>(
  read: KeyedRead<Row>,
  chunk: readonly string[],
  reader: BoundReader,
  results: Map<string, Row | Error>,
): Promise<void> {
  try {
    // What is no row, or has no text for a key, is found by nobody.
    for (const row of (await read.read(chunk, reader)) ?? []) {
      if (!isObject(row)) continue;
      for (const key of read.keysOf(row, chunk)) {
        const normal = key && typeof key === 'string' ? normalised(read, key) : null;
        // The first row of a key wins, so that a doubled row changes nothing.
        if (normal !== null && !results.has(normal)) results.set(normal, row);
      }
    }
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    for (const key of chunk) results.set(key, failure);
  }
}

function chunksOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  if (items.length <= size) return [items];
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
