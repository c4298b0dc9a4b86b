/**
 * Finds where to go on after a restart, from the head: the line it names must be there, and what follows it must chain. Lines
 * below the head were not yet acknowledged; whole ones are kept, a torn one (the crash was in the middle of it) is set aside.
 * A log that does not reach its head, or goes on below one that was closed, was changed by somebody else: going on would bury
 * that, so it throws.
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { walkChain } from './chain-walk.ts';
import { headPath, isSignedBy, type LogEnd, readHead, writeHead } from './head.ts';
import { GENESIS, HASH_LENGTH, MAX_LINE_BYTES } from './line.ts';
import { listSegments, type Segment, segmentAt } from './segment.ts';

export interface Recovery {
  end: LogEnd;
  /** Entries below the head that were kept. */
  adopted: number;
  /** Where the torn end was put, and how much of it there was. */
  torn?: { path: string; bytes: number };
}

export interface RecoveryOptions {
  dir: string;
  key: Buffer;
  now(): number;
}

/** Throws ConfigError when the log is not the one its head describes. */
export async function recover({ dir, key, now }: RecoveryOptions): Promise<Recovery> {
  const segments = await listSegments(dir);
  const head = await readHead(dir);
  if (head === undefined && segments.length === 0) return { end: await beginLog(dir, key), adopted: 0 };
  if (head === undefined || head === null)
    throw changed(dir, head === null ? 'a head nobody can read' : 'a log without its head');
  if (!isSignedBy(head, key)) throw changed(dir, 'a head that was signed with another key');
  const { mac: _mac, closed, ...known } = head;
  const last = segments.at(-1);
  if (last === undefined && known.seq > 0) throw changed(dir, `no segment, though the head names entry ${known.seq}`);
  await checkHeadLine(dir, known);
  if (closed) {
    await nothingFollows(dir, known, last);
    await writeHead(dir, known, key);
  }
  if (last === undefined) return { end: known, adopted: 0 };
  const end = await walkOn(dir, known, segments);
  const torn = await setAside(last, end, now);
  const adopted = end.seq - known.seq;
  return torn === undefined ? { end, adopted } : { end, adopted, torn };
}

/** The head comes first: from then on a log without one was tampered with. */
async function beginLog(dir: string, key: Buffer): Promise<LogEnd> {
  const end = { seq: 0, hash: GENESIS, time: '', file: segmentAt(dir, 1).file, offset: 0 };
  await writeHead(dir, end, key);
  return end;
}

/** A gateway that ended well wrote nothing below its last head. */
async function nothingFollows(dir: string, { seq, file, offset }: LogEnd, last: Segment | undefined): Promise<void> {
  if (last === undefined) return;
  const { size } = await stat(last.path);
  if (last.file !== file ? size > 0 : size > offset)
    throw changed(dir, `more in ${last.file} than entry ${seq}, with which its last gateway closed the log`);
}

/** The line that ends where the head says must be the one it says. */
async function checkHeadLine(dir: string, head: LogEnd): Promise<void> {
  if (head.seq === 0) return;
  const handle = await openForReading(dir, head);
  try {
    const from = Math.max(0, head.offset - MAX_LINE_BYTES);
    const length = head.offset - from;
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, from);
    const start = buffer.lastIndexOf(10, length - 2) + 1;
    const whole = bytesRead === length && buffer[length - 1] === 10;
    if (!whole || buffer.toString('latin1', start, start + HASH_LENGTH) !== head.hash)
      throw changed(dir, `no entry ${head.seq} at the place the head names, ${head.file} before byte ${head.offset}`);
  } finally {
    await handle.close();
  }
}

async function openForReading(dir: string, { file, seq }: LogEnd): Promise<FileHandle> {
  return await open(join(dir, file), 'r').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? changed(dir, `no ${file}, where the head names entry ${seq}`) : error;
  });
}

async function walkOn(dir: string, head: LogEnd, segments: readonly Segment[]): Promise<LogEnd> {
  let end = head;
  for (const segment of segments.slice(segments.findIndex(({ file }) => file === head.file))) {
    const isNext = segment.file !== head.file;
    if (isNext && segment.firstSeq !== end.seq + 1)
      throw changed(dir, `${segment.file} where entry ${end.seq + 1} should follow`);
    const walk = await walkSegment(segment, isNext ? { ...end, file: segment.file, offset: 0 } : end);
    if (walk.stopped && segment !== segments.at(-1))
      throw changed(dir, `a line that does not follow in ${segment.file}, byte ${walk.end.offset}`);
    end = walk.end;
  }
  return end;
}

async function walkSegment({ path }: Segment, from: LogEnd): Promise<{ end: LogEnd; stopped: boolean }> {
  const handle = await open(path, 'r');
  try {
    const { end, stop } = await walkChain(handle, from);
    return { end: { ...from, ...end }, stopped: stop !== undefined };
  } finally {
    await handle.close();
  }
}

async function setAside({ path }: Segment, { offset }: LogEnd, now: () => number): Promise<Recovery['torn']> {
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    if (size <= offset) return undefined;
    const torn = join(path, '..', `audit-torn-${new Date(now()).toISOString().replaceAll(':', '-')}.bin`);
    const bytes = Buffer.alloc(size - offset);
    await handle.read(bytes, 0, bytes.length, offset);
    const aside = await open(torn, 'wx', 0o600);
    try {
      await aside.writeFile(bytes);
      await aside.datasync();
    } finally {
      await aside.close();
    }
    await handle.truncate(offset);
    await handle.datasync();
    return { path: torn, bytes: bytes.length };
  } finally {
    await handle.close();
  }
}

function changed(dir: string, found: string): ConfigError {
  return new ConfigError({
    file: headPath(dir),
    message: `Found ${found}: the audit log was changed from outside, or VENDORGRAPH_AUDIT_KEY was. See \`vendorgraph audit verify\`; keep the folder as evidence by moving it aside, then a new log begins.`,
  });
}
