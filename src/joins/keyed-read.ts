/**
 * The one way to join: a keyed read says how rows are found by a key, and every join goes through it. Rows are matched by
 * the key they carry, never by their position, so shuffled, missing and doubled rows cannot reach the wrong parent.
 */
import { isObject } from '../rest/json-path.ts';
import { type PartialFault, partialFaultsOf } from '../rest/partial-faults.ts';
import type { BoundReader } from './bound-reader.ts';
import { DEFAULT_IDENTITY, type Entity, type Identity } from './identity.ts';
import { KeyLoader } from './key-loader.ts';
import { KeyedLoad } from './keyed-load.ts';

export interface KeyedRead<Row> {
  /** For messages, e.g. `HubSpot contact by e-mail`. */
  name: string;
  /** Keys one call takes; 1 where the vendor has no batch read, Infinity where one list serves all keys. */
  chunk: number;
  /** Keys that mean the same become the same; null for a key nothing can be found under. @default identity */
  normalise?(key: string): string | null;
  /** Reads rows for normalised, distinct keys. May return any rows in any order; null is as good as none, in a row's place too. */
  read(keys: readonly string[], reader: BoundReader): Promise<readonly (Row | null)[] | null>;
  /** The keys a row answers to, before normalisation. */
  keysOf(row: Row, askedFor: readonly string[]): readonly (string | null | undefined)[];
  /** Whom the keys recognise: rows are then found under aliases too, which are asked for as keys of their own. */
  of?: Entity;
  /** A second look for a key without a row, when it was the only one asked for at that moment: never a call per row. */
  lookAgain?(key: string, reader: BoundReader): Promise<readonly (Row | null)[] | null>;
}

export interface KeyedReads {
  /** The row of a key; null when the vendor has none. */
  load<Row>(read: KeyedRead<Row>, key: string): Promise<Row | null>;
  /** Remembers a row met elsewhere in this operation, so that it is not read again. */
  prime<Row>(read: KeyedRead<Row>, row: Row): void;
  /** What a join keeps beside the loaders, and as long as they: made when it is first asked for. */
  kept<Thing>(key: object, make: () => Thing): Thing;
  /** After a write: what was read before may no longer be true. */
  forget(): void;
}

const NOBODY = new KeyedLoad<never>(null);

/** Loaders live for one operation: nothing is shared between callers, nothing is stale in the next one. */
export function createKeyedReads(reader: BoundReader, identity: Identity = DEFAULT_IDENTITY): KeyedReads {
  return new OperationReads(reader, identity);
}

/** A class, since every operation has one, and most have few joins: what it does is made once, and its maps when they are needed. */
class OperationReads implements KeyedReads {
  readonly #reader: BoundReader;
  readonly #identity: Identity;
  /** One loader per read; its type is erased because each read has a Row of its own. */
  #loaders: Map<KeyedRead<never>, KeyLoader<unknown>> | undefined;
  #things: Map<object, unknown> | undefined;

  constructor(reader: BoundReader, identity: Identity) {
    this.#reader = reader;
    this.#identity = identity;
  }

  // Asked for each row: no promise around the loader's own.
  load<Row>(read: KeyedRead<Row>, key: string): Promise<Row | null> {
    const normal = normalised(read, key, this.#identity);
    return normal === null ? NOBODY : this.#loaderOf(read).load(normal);
  }

  prime<Row>(read: KeyedRead<Row>, row: Row): void {
    for (const key of read.keysOf(row, [])) {
      const normal = key ? normalised(read, key, this.#identity) : null;
      // Of whom several keys recognise, this row may be the wrong one.
      if (normal !== null && !hasAliases(read, normal, this.#identity)) this.#loaderOf(read).prime(normal, row);
    }
  }

  kept<Thing>(key: object, make: () => Thing): Thing {
    this.#things ??= new Map();
    if (!this.#things.has(key)) this.#things.set(key, make());
    // The map holds under a key only what its own `make` made.
    return this.#things.get(key) as Thing;
  }

  forget(): void {
    this.#loaders = undefined;
    this.#things = undefined;
  }

  #loaderOf<Row>(read: KeyedRead<Row>): KeyLoader<Row> {
    this.#loaders ??= new Map();
    const known = this.#loaders.get(read as unknown as KeyedRead<never>);
    // The map holds under a read only the loader made from it below.
    if (known) return known as KeyLoader<Row>;
    const made = new KeyLoader<Row>((keys) => readAll(read, keys, this.#reader, this.#identity));
    this.#loaders.set(read as unknown as KeyedRead<never>, made as KeyLoader<unknown>);
    return made;
  }
}

function normalised<Row>(read: KeyedRead<Row>, key: string, identity: Identity): string | null {
  const normal = read.normalise ? read.normalise(key) : key;
  return normal === null || read.of === undefined ? normal : identity.canonical(read.of, normal);
}

function hasAliases<Row>({ of }: KeyedRead<Row>, key: string, identity: Identity): boolean {
  return of !== undefined && identity.spellings(of, key).length > 1;
}

/** What was found, by canonical key. A row that carries the key itself goes before those that carry aliases of it. */
interface Found<Row> {
  rows: Map<string, Row>;
  aliased: Map<string, Aliased<Row>> | undefined;
  failed: Map<string, Error> | undefined;
}

interface Aliased<Row> {
  row: Row;
  /** Of the alias, among the key's spellings: aliases go as schema/identity.yaml lists them, whoever answers first. */
  place: number;
}

/** One result per key in the order of the keys: a row, null, or the error of the chunk the key was in. */
async function readAll<Row>(
  read: KeyedRead<Row>,
  keys: readonly string[],
  reader: BoundReader,
  identity: Identity,
): Promise<(Row | null | Error)[]> {
  const { of } = read;
  const found: Found<Row> = { rows: new Map(), aliased: undefined, failed: undefined };
  const asked = of === undefined ? keys : keys.flatMap((key) => identity.spellings(of, key));
  if (asked.length <= read.chunk) await collect(read, asked, { reader, found, identity });
  else await Promise.all(chunksOf(asked, read.chunk).map((chunk) => collect(read, chunk, { reader, found, identity })));
  const [only] = keys;
  const { lookAgain } = read;
  if (lookAgain && only !== undefined && keys.length === 1 && resultOf(found, only) === null) {
    await collect(read, [only], { reader, found, identity, rowsOf: (_keys, noting) => lookAgain(only, noting) });
  }
  return keys.map((key) => resultOf(found, key));
}

function resultOf<Row>({ failed, rows, aliased }: Found<Row>, key: string): Row | null | Error {
  return failed?.get(key) ?? rows.get(key) ?? aliased?.get(key)?.row ?? null;
}

interface Collection<Row> {
  reader: BoundReader;
  found: Found<Row>;
  identity: Identity;
  /** @default the read's own */
  rowsOf?: KeyedRead<Row>['read'];
}

async function collect<Row>(
  read: KeyedRead<Row>,
  asked: readonly string[],
  { reader, found, identity, rowsOf }: Collection<Row>,
): Promise<void> {
  const noting = new NotingReader(reader);
  try {
    // What is no row, or has no text for a key, is found by nobody.
    const rows = await (rowsOf ? rowsOf(asked, noting) : read.read(asked, noting));
    for (const row of rows ?? []) {
      if (!isObject(row)) continue;
      for (const key of read.keysOf(row, asked)) {
        if (!key || typeof key !== 'string') continue;
        const plain = read.normalise ? read.normalise(key) : key;
        if (plain === null) continue;
        keep(read.of, plain, row, found, identity);
      }
    }
    if (noting.faults) failNamed(read, noting.faults, asked, found, identity);
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    found.failed ??= new Map();
    for (const key of asked) found.failed.set(read.of === undefined ? key : identity.canonical(read.of, key), failure);
  }
}

/** The first row of a key wins, so that a doubled row changes nothing. */
function keep<Row>(of: Entity | undefined, plain: string, row: Row, found: Found<Row>, identity: Identity): void {
  const canonical = of === undefined ? plain : identity.canonical(of, plain);
  if (of === undefined || canonical === plain) {
    if (!found.rows.has(canonical)) found.rows.set(canonical, row);
    return;
  }
  const place = identity.spellings(of, canonical).indexOf(plain);
  found.aliased ??= new Map();
  const known = found.aliased.get(canonical);
  if (!known || place < known.place) found.aliased.set(canonical, { row, place });
}

/** The same reader, which keeps what its batch reads could not read. */
class NotingReader implements BoundReader {
  readonly #reader: BoundReader;
  faults: PartialFault[] | undefined;
  readonly firstRow: BoundReader['firstRow'];
  readonly everyRow: BoundReader['everyRow'];

  constructor(reader: BoundReader) {
    this.#reader = reader;
    this.firstRow = reader.firstRow;
    this.everyRow = reader.everyRow;
  }

  // A read may take it out of the reader it is given.
  call: BoundReader['call'] = async (operation, args, keys) => {
    const answer = await this.#reader.call(operation, args, keys);
    const faults = partialFaultsOf(answer);
    if (faults.length > 0) this.faults = [...(this.faults ?? []), ...faults];
    return answer;
  };
}

/** A fault fails the keys it names, or, where it names none of those asked for, every key without a row. */
function failNamed<Row>(
  read: KeyedRead<Row>,
  faults: readonly PartialFault[],
  asked: readonly string[],
  found: Found<Row>,
  identity: Identity,
): void {
  const failures = new Map(found.failed);
  found.failed = failures;
  const canonical = new Map(asked.map((key) => [normalised(read, key, identity) ?? key, key]));
  for (const { keys, error } of faults) {
    const named = keys.map((key) => normalised(read, key, identity) ?? key).filter((key) => canonical.has(key));
    const failed =
      named.length > 0
        ? named
        : [...canonical.keys()].filter((key) => !found.rows.has(key) && !found.aliased?.has(key));
    for (const key of failed) failures.set(key, error);
  }
}

function chunksOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  if (items.length <= size) return [items];
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
