/** The lines of a segment from the end to the start. An unfinished last line is left out: it is being written. */
import { type FileHandle, open } from 'node:fs/promises';
import { damaged } from './filter.ts';
import { MAX_LINE_BYTES } from './line.ts';

export interface PlacedLine {
  /** Without its line break. */
  line: string;
  /** Where it begins, bytes. */
  offset: number;
  bytes: number;
}

const CHUNK_BYTES = 256 * 1024;
const LINE_BREAK = 10;

/** Those that end before `end`, bytes; all when it is undefined. */
export async function* backwardLines(path: string, end?: number): AsyncGenerator<PlacedLine> {
  const handle = await open(path, 'r');
  try {
    const last = end ?? (await handle.stat()).size;
    let { bytes, offset } = withoutUnfinished(await chunkBefore(handle, last));
    while (bytes.length > 0) {
      for (;;) {
        const start = bytes.lastIndexOf(LINE_BREAK, -2) + 1;
        // The first line of a chunk is whole only at the start of the file.
        if (bytes.length === 0 || (start === 0 && offset > 0)) break;
        yield {
          line: bytes.toString('utf8', start, bytes.length - 1),
          offset: offset + start,
          bytes: bytes.length - start,
        };
        bytes = bytes.subarray(0, start);
      }
      if (offset === 0) return;
      if (bytes.length > MAX_LINE_BYTES) throw damaged(new Error(`A line of ${path} is too long.`));
      const before = await chunkBefore(handle, offset);
      bytes = Buffer.concat([before.bytes, bytes]);
      offset = before.offset;
    }
  } finally {
    await handle.close();
  }
}

interface Chunk {
  bytes: Buffer;
  offset: number;
}

async function chunkBefore(handle: FileHandle, end: number): Promise<Chunk> {
  const offset = Math.max(0, end - CHUNK_BYTES);
  const length = end - offset;
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset);
  return { bytes: buffer.subarray(0, bytesRead), offset };
}

function withoutUnfinished({ bytes, offset }: Chunk): Chunk {
  return { bytes: bytes.subarray(0, bytes.lastIndexOf(LINE_BREAK) + 1), offset };
}
