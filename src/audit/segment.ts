/** The files of a log: `audit-<number of its first entry>.jsonl`. Together they are one list of lines. */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { timeOf } from './line.ts';

export interface Segment {
  file: string;
  path: string;
  /** The number of its first entry. */
  firstSeq: number;
}

/** Holds hash, number and time. */
const LINE_START = 256;
const NAME = /^audit-(\d{12})\.jsonl$/;

export function segmentAt(dir: string, firstSeq: number): Segment {
  const file = `audit-${String(firstSeq).padStart(12, '0')}.jsonl`;
  return { file, path: join(dir, file), firstSeq };
}

/** Oldest first; none when there is no log yet. */
export async function listSegments(dir: string): Promise<Segment[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map((digits) => segmentAt(dir, Number(digits)))
    .sort((a, b) => a.firstSeq - b.firstSeq);
}

/** When its first entry was written; undefined when the segment has no line yet. */
export async function firstTime({ path }: Segment): Promise<string | undefined> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LINE_START), 0, LINE_START, 0);
    return bytesRead === 0 ? undefined : timeOf(buffer.toString('latin1', 0, bytesRead));
  } finally {
    await handle.close();
  }
}
