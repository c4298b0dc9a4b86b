/** Lines to standard output, as many as there are, for commands whose output may be long or never end. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** At the pace of who reads; one that stops reading (`| head`) ends it, and aborts `gone`. */
export async function writeLines(
  lines: AsyncIterable<string>,
  output: Writable,
  gone = new AbortController(),
): Promise<void> {
  const leave = () => gone.abort();
  output.once('error', leave).once('close', leave);
  try {
    for await (const line of lines) {
      if (gone.signal.aborted) return;
      if (!output.write(`${line}\n`)) await once(output, 'drain', { signal: gone.signal });
    }
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    output.off('error', leave).off('close', leave);
  }
}
