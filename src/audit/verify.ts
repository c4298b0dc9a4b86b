/**
 * Checks the whole log against its chain and its head. Works beside a running gateway: what it is writing at the moment is no
 * fault. What only a head kept elsewhere can show: that the whole folder was put back to an older state, head and all.
 */
import { open } from 'node:fs/promises';
import { readAuditKey } from './audit-key.ts';
import { type ChainPlace, type ChainWalk, walkChain } from './chain-walk.ts';
import { isLogGone } from './gone-log.ts';
import { headPath, isSignedBy, readHead, type SignedHead } from './head.ts';
import { GENESIS } from './line.ts';
import { auditFolder } from './log-files.ts';
import { listSegments, type Segment, segmentAt } from './segment.ts';

/** A head kept elsewhere. */
export interface KnownHead {
  seq: number;
  hash: string;
}

export interface VerifyOptions {
  dataDir: string;
  /** Signed the head. @default read from `<data dir>/audit.key` */
  key?: string | undefined;
  head?: KnownHead | undefined;
}

export interface AuditProblem {
  /** The first entry that is not as it was written. */
  seq: number;
  file: string;
  /** Bytes from the start of the file. */
  offset: number;
  expected: string;
  found: string;
}

export interface AuditVerdict {
  /** How many entries are proven to be as they were written: all up to the first problem. */
  entries: number;
  segments: number;
  /** Of the last good entry. */
  hash: string;
  /**
   * Entries below a signed head that is open: written at this moment, or before a crash that nobody has started after yet. Nobody
   * vouches for them; below a closed head they are a problem.
   */
  unsigned: number;
  problem?: AuditProblem;
}

/** Reads everything once. Throws only when files cannot be read, or ConfigError for a broken key file. */
export async function verifyAudit({ dataDir, key, head: elsewhere }: VerifyOptions): Promise<AuditVerdict> {
  const dir = auditFolder(dataDir);
  // First the head, then the lines: a running gateway only ever makes the lines longer than the head.
  const head = await readHead(dir);
  const segments = await listSegments(dir);
  if (head === undefined && segments.length === 0) return await emptyVerdict(dataDir, elsewhere);
  const headProblem = checkHead(dir, head, await readAuditKey({ dataDir, key }));
  const heads = [...(head ? [head] : []), ...(elsewhere ? [elsewhere] : [])];
  const walk = await walkSegments(dir, segments, new Map(heads.map(({ seq, hash }) => [seq, hash])));
  const { place } = walk;
  const end = head?.closed ? strayEnd(walk, head) : undefined;
  // A gateway that has started meanwhile has signed another.
  const stray = end && (await readHead(dir))?.mac === head?.mac ? end : undefined;
  const problem = walk.problem ?? missingEnd(walk, heads) ?? headProblem ?? stray;
  // Strangers' entries chain, and are none.
  const { seq, hash } = head && stray && problem === stray ? head : place;
  const verdict = { entries: seq, segments: segments.length, hash };
  return { ...verdict, unsigned: Math.max(0, seq - (head?.seq ?? 0)), ...(problem && { problem }) };
}

async function emptyVerdict(dataDir: string, elsewhere: KnownHead | undefined): Promise<AuditVerdict> {
  const verdict = { entries: 0, segments: 0, hash: GENESIS, unsigned: 0 };
  const expected =
    elsewhere !== undefined && elsewhere.seq > 0
      ? `entry ${elsewhere.seq}`
      : (await isLogGone(dataDir))
        ? 'the log whose heads audit.key has signed'
        : undefined;
  if (expected === undefined) return verdict;
  const { file } = segmentAt(auditFolder(dataDir), 1);
  return { ...verdict, problem: { seq: 1, file, offset: 0, expected, found: 'no log' } };
}

function checkHead(
  dir: string,
  head: SignedHead | null | undefined,
  key: Buffer | undefined,
): AuditProblem | undefined {
  const found = headFault(head, key);
  if (found === undefined) return undefined;
  return {
    seq: head?.seq ?? 0,
    file: headPath(dir),
    offset: 0,
    expected: 'a head signed with the key of this log',
    found,
  };
}

function headFault(head: SignedHead | null | undefined, key: Buffer | undefined): string | undefined {
  if (head === undefined) return 'none';
  if (head === null) return 'a head nobody can read';
  if (key === undefined) return 'no key to check it with; set VENDORGRAPH_AUDIT_KEY or put back audit.key';
  return isSignedBy(head, key) ? undefined : 'a head that was signed with another key, or changed';
}

interface Walk {
  place: ChainPlace;
  file: string;
  /** Bytes of a last line without an end. */
  unfinished: boolean;
  problem?: AuditProblem;
}

async function walkSegments(
  dir: string,
  segments: readonly Segment[],
  known: ReadonlyMap<number, string>,
): Promise<Walk> {
  let walk: Walk = { place: { seq: 0, hash: GENESIS, offset: 0 }, file: segmentAt(dir, 1).file, unfinished: false };
  for (const segment of segments) {
    const { place } = walk;
    const due = segmentAt(dir, place.seq + 1).file;
    if (segment.file !== due)
      return { ...walk, problem: { ...placeOf(place, due), offset: 0, expected: due, found: segment.file } };
    const { end, stop } = await walkSegment(segment, place, known);
    walk = { place: end, file: segment.file, unfinished: stop?.kind === 'unfinished' };
    if (stop?.kind === 'broken' || (stop !== undefined && segment !== segments.at(-1)))
      return { ...walk, problem: { ...placeOf(end, segment.file), expected: stop.expected, found: stop.found } };
  }
  return walk;
}

async function walkSegment(
  { path }: Segment,
  from: ChainPlace,
  known: ReadonlyMap<number, string>,
): Promise<ChainWalk> {
  const handle = await open(path, 'r');
  try {
    return await walkChain(handle, { ...from, offset: 0 }, known);
  } finally {
    await handle.close();
  }
}

function missingEnd({ place, file }: Walk, heads: readonly KnownHead[]): AuditProblem | undefined {
  const cut = heads.find(({ seq }) => seq > place.seq);
  if (cut === undefined) return undefined;
  return {
    ...placeOf(place, file),
    expected: `entries up to ${cut.seq}, which a head names`,
    found: 'the end of the log',
  };
}

/** A gateway that ended well signed everything, closed the log and wrote nothing after. */
function strayEnd({ place, unfinished }: Walk, { seq: signed, file, offset }: SignedHead): AuditProblem | undefined {
  if (place.seq <= signed && !unfinished) return undefined;
  const expected = `the end of the log after entry ${signed}, as its gateway left it`;
  const found = place.seq > signed ? `entries up to ${place.seq}` : 'bytes of another line';
  return { seq: signed + 1, file, offset, expected, found };
}

function placeOf({ seq, offset }: ChainPlace, file: string): { seq: number; file: string; offset: number } {
  return { seq: seq + 1, file, offset };
}
