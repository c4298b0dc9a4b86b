/** The lines of a segment from the start. An unfinished last line is left out: it is being written. */
import { open } from 'node:fs/promises';
import { damaged } from './filter.ts';
import { MAX_LINE_BYTES } from './line.ts';

const LINE_BREAK = 10;

/** Without their line breaks. Not node:readline: it also splits at U+2028, which JSON may hold. */
export async function* forwardLines(path: string): AsyncGenerator<string, void, undefined> {
  const handle = await open(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(4 * MAX_LINE_BYTES);
    for (let filled = 0, position = 0; ; ) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      filled += bytesRead;
      const end = bytes.subarray(0, filled).lastIndexOf(LINE_BREAK) + 1;
      if (end === 0 && filled > MAX_LINE_BYTES) throw damaged(new Error(`A line of ${path} is too long.`));
      if (end > 0) yield* bytes.toString('utf8', 0, end - 1).split('\n');
      bytes.copyWithin(0, end, filled);
      filled -= end;
    }
  } finally {
    await handle.close();
  }
}
