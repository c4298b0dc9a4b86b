/** Seeded chance: the same seed gives the same numbers in every run and on every machine. Mulberry32. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** Whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  /** One of the list. Throws when the list is empty. */
  pick<T>(list: readonly T[]): T;
  /** Up to `count` different ones of the list. */
  sample<T>(list: readonly T[], count: number): T[];
  /** The value, or null with the given probability. */
  orNull<T>(value: T, nullProbability?: number): T | null;
  /** `length` characters of the alphabet. */
  text(length: number, alphabet: string): string;
}

/** `stream` names an independent sequence of the seed, so that a draw more in one area changes nothing in another. */
export function createRandom(seed: number, stream = ''): Random {
  let state = hash(stream, seed);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new RangeError('Nothing to pick from.');
    return list[int(0, list.length - 1)] as T; // the index is within the list
  };
  return {
    next,
    int,
    pick,
    chance: (probability) => next() < probability,
    sample(list, count) {
      const shuffled = [...list];
      const size = Math.min(count, shuffled.length);
      for (let index = 0; index < size; index += 1) {
        const other = int(index, shuffled.length - 1);
        // Both indexes are within the list.
        [shuffled[index], shuffled[other]] = [shuffled[other] as (typeof list)[0], shuffled[index] as (typeof list)[0]];
      }
      return shuffled.slice(0, size);
    },
    orNull: (value, nullProbability = 0.15) => (next() < nullProbability ? null : value),
    text(length, alphabet) {
      const codes = Array.from<number>({ length });
      let rest = 0;
      for (let index = 0; index < length; index += 1) {
        // One draw has digits enough for four characters.
        rest = (index % 4 === 0 ? next() : rest) * alphabet.length;
        codes[index] = alphabet.charCodeAt(Math.floor(rest));
        rest -= Math.floor(rest);
      }
      return String.fromCharCode(...codes);
    },
  };
}

/** FNV-1a over the stream's name, started from the seed. */
function hash(text: string, seed: number): number {
  let value = (0x811c9dc5 ^ seed) | 0;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value;
}
