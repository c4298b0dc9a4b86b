/** The log as JSON lines, oldest first, for other programs. It does not check the chain. */
import type { AuditFilter } from './audit-log.ts';
import { createLineFilter } from './filter.ts';
import { forwardLines } from './forward-lines.ts';
import { jsonOf } from './line.ts';
import { auditFolder } from './log-files.ts';
import { firstTime, listSegments, type Segment } from './segment.ts';

export interface ExportOptions {
  dataDir: string;
  filter?: AuditFilter;
  /** With the hash in front, as the lines stand in the log. @default false */
  hashes?: boolean;
}

/** Lines without line breaks. Throws BAD_USER_INPUT for a time that is none, INTERNAL when a line is no entry. */
export async function* exportAudit({
  dataDir,
  filter = {},
  hashes = false,
}: ExportOptions): AsyncGenerator<string, void, undefined> {
  const lineFilter = createLineFilter(filter);
  for (const { path } of await segmentsFrom(auditFolder(dataDir), filter.from)) {
    for await (const line of forwardLines(path)) {
      if (lineFilter.match(line) !== undefined) yield hashes ? line : jsonOf(line);
    }
  }
}

/** Leaves out the segments that ended before. */
async function segmentsFrom(dir: string, from: Date | undefined): Promise<Segment[]> {
  const segments = await listSegments(dir);
  if (from === undefined) return segments;
  const starts = await Promise.all(segments.map(firstTime));
  return segments.filter((_, index) => {
    const nextStart = starts[index + 1];
    return nextStart === undefined || nextStart >= from.toISOString();
  });
}
