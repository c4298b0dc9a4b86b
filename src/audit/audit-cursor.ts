/** Cursors of pages: an entry's number and where its line begins, so that going on needs no search. */
import { open } from 'node:fs/promises';
import { GatewayError } from '../errors.ts';
import { statedSeq } from './line.ts';
import type { Segment } from './segment.ts';

export interface EntryPlace {
  seq: number;
  /** Where its line begins in its segment, bytes. */
  offset: number;
}

const PLACE = /^(\d{1,15})\.(\d{1,15})$/;
/** Longer than hash, `{"seq":` and digits. */
const START_BYTES = 128;

export function encodeAuditCursor({ seq, offset }: EntryPlace): string {
  return Buffer.from(`${seq}.${offset}`).toString('base64url');
}

/** Throws CURSOR_INVALID unless the entry it names begins where it says. */
export async function locateCursor(cursor: string, segments: readonly Segment[]): Promise<EntryPlace & Segment> {
  const [, seq, offset] = PLACE.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const place = { seq: Number(seq), offset: Number(offset) };
  const segment = segments.findLast(({ firstSeq }) => firstSeq <= place.seq);
  // Encoding again also refuses a second spelling of the same place.
  if (segment && encodeAuditCursor(place) === cursor && (await seqAt(segment.path, place.offset)) === place.seq)
    return { ...segment, ...place };
  throw new GatewayError('CURSOR_INVALID', 'The cursor was not given by this audit log.', { retryable: false });
}

async function seqAt(path: string, offset: number): Promise<number> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(START_BYTES), 0, START_BYTES, offset);
    return statedSeq(buffer, 0, bytesRead);
  } finally {
    await handle.close();
  }
}
