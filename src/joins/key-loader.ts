/**
 * Gathers the keys that are asked for before anything else happens, and finds all their rows at once. Lives for one operation:
 * what is known of a key is kept, failures included.
 */
import { KeyedLoad } from './keyed-load.ts';

/** One result for each key, in their order: a row, null, or why it could not be found. Keys are distinct. */
export type FindRows<Row> = (keys: readonly string[]) => Promise<readonly (Row | null | Error)[]>;

interface Batch<Row> {
  keys: string[];
  loads: KeyedLoad<Row>[];
}

export class KeyLoader<Row> {
  readonly #find: FindRows<Row>;
  readonly #loads = new Map<string, KeyedLoad<Row>>();
  #batch: Batch<Row> | undefined;

  constructor(find: FindRows<Row>) {
    this.#find = find;
  }

  load(key: string): KeyedLoad<Row> {
    const known = this.#loads.get(key);
    if (known) return known;
    const load = new KeyedLoad<Row>();
    this.#loads.set(key, load);
    const batch = this.#batch ?? this.#begin();
    batch.keys.push(key);
    batch.loads.push(load);
    return load;
  }

  /** Remembers a row that was met elsewhere, unless its key was asked for. */
  prime(key: string, row: Row): void {
    if (!this.#loads.has(key)) this.#loads.set(key, new KeyedLoad<Row>(row));
  }

  #begin(): Batch<Row> {
    const batch: Batch<Row> = { keys: [], loads: [] };
    this.#batch = batch;
    // When every promise that is settled has called back, and all that they asked for is in the batch.
    void SETTLED.then(() => process.nextTick(() => this.#send(batch)));
    return batch;
  }

  #send(batch: Batch<Row>): void {
    this.#batch = undefined;
    const { keys, loads } = batch;
    this.#find(keys).then(
      (outcomes) => {
        for (const [at, load] of loads.entries()) load.end(outcomes[at] ?? null);
      },
      (error: unknown) => {
        const failure = error instanceof Error ? error : new Error(String(error));
        for (const load of loads) load.end(failure);
      },
    );
  }
}

const SETTLED = Promise.resolve();
