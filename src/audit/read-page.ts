/** One page of the log, newest first. It takes no lock, and reads a bounded part: a page may be short and say that more follows. */
import { GatewayError } from '../errors.ts';
import { encodeAuditCursor, locateCursor } from './audit-cursor.ts';
import type { AuditEdge, AuditPage, AuditQuery } from './audit-log.ts';
import { backwardLines, type PlacedLine } from './backward-lines.ts';
import { createLineFilter, type LineFilter } from './filter.ts';
import { statedSeq } from './line.ts';
import { firstTime, listSegments, type Segment } from './segment.ts';

const MAX_FIRST = 100;
const MAX_SCAN_BYTES = 32 * 1024 * 1024;
/** Holds hash, `{"seq":` and digits. */
const LINE_START = 128;

export interface ReadPageOptions {
  /** How much of the log one page may read. @default 32 MB */
  maxScanBytes?: number;
}

/** Throws CURSOR_INVALID, BAD_USER_INPUT; INTERNAL when the log is damaged. */
export async function readPage(
  dir: string,
  { filter = {}, first, after }: AuditQuery,
  { maxScanBytes = MAX_SCAN_BYTES }: ReadPageOptions = {},
): Promise<AuditPage> {
  if (!(Number.isInteger(first) && first >= 1 && first <= MAX_FIRST))
    throw new GatewayError('BAD_USER_INPUT', `"first" takes a whole number from 1 to ${MAX_FIRST}.`, {
      retryable: false,
    });
  const lineFilter = createLineFilter(filter);
  const edges: AuditEdge[] = [];
  let endCursor: string | null = null;
  let scanned = 0;
  for await (const placed of linesOf(await listSegments(dir), after, lineFilter)) {
    if (scanned >= maxScanBytes) return { edges, endCursor, hasNextPage: true };
    if (lineFilter.isBefore(placed.line)) break;
    const entry = lineFilter.match(placed.line);
    if (entry !== undefined && edges.length === first)
      return { edges, endCursor: lastCursor(edges), hasNextPage: true };
    endCursor = cursorOf(placed);
    scanned += placed.bytes;
    if (entry !== undefined) edges.push({ cursor: endCursor, entry });
  }
  return { edges, endCursor, hasNextPage: false };
}

/** Every line below the cursor, but no segment whose entries are all too new. */
async function* linesOf(
  segments: readonly Segment[],
  after: string | undefined,
  filter: LineFilter,
): AsyncGenerator<PlacedLine> {
  const start = after === undefined ? undefined : await locateCursor(after, segments);
  const older = start === undefined ? segments : segments.filter(({ firstSeq }) => firstSeq <= start.firstSeq);
  for (const segment of older.toReversed()) {
    const time = await firstTime(segment);
    if (time === undefined || filter.isAfter(time)) continue;
    yield* backwardLines(segment.path, segment.firstSeq === start?.firstSeq ? start.offset : undefined);
  }
}

function cursorOf({ line, offset }: PlacedLine): string {
  const start = Buffer.from(line.slice(0, LINE_START));
  return encodeAuditCursor({ seq: statedSeq(start, 0, start.length), offset });
}

function lastCursor(edges: readonly AuditEdge[]): string | null {
  return edges.at(-1)?.cursor ?? null;
}
