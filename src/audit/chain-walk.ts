/**
 * Walks down one segment and checks that each line follows from the one above. A million entries are read in a few seconds, so
 * it looks at bytes: no JSON is parsed, and each line is hashed where it lies in the buffer.
 */
import type { FileHandle } from 'node:fs/promises';
import { HASH_LENGTH, lineHash, MAX_LINE_BYTES, statedSeq } from './line.ts';

/** A place between two lines. */
export interface ChainPlace {
  /** Of the line above. */
  seq: number;
  /** Of the line above. */
  hash: string;
  /** Where the next line begins, bytes. */
  offset: number;
}

export interface ChainWalk {
  /** Behind the last line that follows. */
  end: ChainPlace;
  /** Why the walk ended before the file did. `unfinished`: the file ends in the middle of a line. */
  stop?: ChainStop;
}

export interface ChainStop {
  kind: 'unfinished' | 'broken';
  expected: string;
  found: string;
}

/** The hash a line must have, by its number: what heads say. */
export type KnownHashes = ReadonlyMap<number, string>;

const CHUNK_BYTES = 4 * MAX_LINE_BYTES;
const LINE_BREAK = 10;

export async function walkChain(
  handle: FileHandle,
  start: ChainPlace,
  known: KnownHashes = new Map(),
): Promise<ChainWalk> {
  const bytes = Buffer.allocUnsafe(CHUNK_BYTES);
  let end = start;
  let rest = 0;
  for (;;) {
    const { bytesRead } = await handle.read(bytes, rest, bytes.length - rest, end.offset + rest);
    if (bytesRead === 0) return rest === 0 ? { end } : { end, stop: unfinished(rest) };
    const filled = rest + bytesRead;
    const { used, ...walk } = checkLines(bytes.subarray(0, filled), end, known);
    end = walk.end;
    if (walk.stop !== undefined) return { end, stop: walk.stop };
    rest = filled - used;
    if (rest >= MAX_LINE_BYTES) return { end, stop: tooLong() };
    bytes.copyWithin(0, used, filled);
  }
}

/** Checks the whole lines of a buffer, whose content it destroys. `used`: how many bytes they are. */
function checkLines(bytes: Buffer, from: ChainPlace, known: KnownHashes): ChainWalk & { used: number } {
  let { seq, hash } = from;
  let start = 0;
  for (;;) {
    const lineEnd = bytes.indexOf(LINE_BREAK, start);
    if (lineEnd < 0) return { end: { seq, hash, offset: from.offset + start }, used: start };
    const stop = checkLine(bytes, start, lineEnd, { seq: seq + 1, above: hash, known: known.get(seq + 1) });
    if (typeof stop !== 'string') return { end: { seq, hash, offset: from.offset + start }, used: start, stop };
    hash = stop;
    seq += 1;
    start = lineEnd + 1;
  }
}

interface Expected {
  seq: number;
  /** The hash of the line above. */
  above: string;
  known: string | undefined;
}

/** The line's hash, or what is wrong with it. */
function checkLine(bytes: Buffer, start: number, end: number, { seq, above, known }: Expected): string | ChainStop {
  if (end - start <= HASH_LENGTH) return broken('a line of hash and JSON', `${end - start} bytes of something else`);
  const stated = bytes.toString('latin1', start, start + HASH_LENGTH);
  const found = statedSeq(bytes, start, end);
  if (found !== seq) return broken(`entry ${seq}`, Number.isNaN(found) ? 'no number' : `entry ${found}`);
  bytes.write(above, start, HASH_LENGTH, 'latin1');
  const hash = lineHash(bytes.subarray(start, end));
  if (hash !== stated) return broken(`the hash ${hash}`, stated);
  if (known !== undefined && known !== hash) return broken(`the hash ${known}, which a head states`, hash);
  return hash;
}

function broken(expected: string, found: string): ChainStop {
  // What was found may be anything: keep it short and printable.
  return { kind: 'broken', expected, found: found.replace(/[^\x20-\x7e]/g, '?') };
}

const tooLong = (): ChainStop => broken(`a line of at most ${MAX_LINE_BYTES} bytes`, 'a longer one, or no line break');

function unfinished(length: number): ChainStop {
  return { kind: 'unfinished', expected: 'a line break', found: `the end of the file after ${length} bytes` };
}
