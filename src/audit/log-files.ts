/**
 * The writing side of the files: one segment open at its end. A group is written, synced and only then part of the log; a group
 * that fails is cut away again, so that trying once more cannot double anything. Not made for calls that overlap.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureAuditKey } from './audit-key.ts';
import { syncFolder } from './folder-sync.ts';
import { type LogEnd, writeHead } from './head.ts';
import { lineHash, placedJson } from './line.ts';
import { type Recovery, recover } from './recovery.ts';
import { segmentAt } from './segment.ts';
import { takeWriterLock } from './writer-lock.ts';

export interface LogFilesOptions {
  dataDir: string;
  key?: string | undefined;
  /** A segment of this size gets no more groups. */
  segmentBytes: number;
  now(): number;
}

/** An entry that waits for its place. */
export interface UnplacedEntry {
  /** Milliseconds. */
  at: number;
  /** Without number and time. */
  json: string;
}

export const auditFolder = (dataDir: string): string => join(dataDir, 'audit');

/** Takes the lock, makes what is missing, finds the end. Throws ConfigError when another process writes or the log was changed. */
export async function openLogFiles({ dataDir, key, segmentBytes, now }: LogFilesOptions): Promise<LogFiles> {
  const dir = auditFolder(dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const made = await mkdir(dir, { recursive: true, mode: 0o700 });
  if (made !== undefined) await syncFolder(dataDir);
  const lock = await takeWriterLock(dir, now);
  try {
    const signingKey = await ensureAuditKey({ dataDir, key });
    const recovery = await recover({ dir, key: signingKey, now });
    return new LogFiles({ dir, key: signingKey, lock, recovery, segmentBytes });
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}

interface LogFilesParts {
  dir: string;
  key: Buffer;
  lock: AsyncDisposable;
  recovery: Recovery;
  segmentBytes: number;
}

export class LogFiles implements AsyncDisposable {
  readonly recovery: Recovery;
  readonly #parts: LogFilesParts;
  #end: LogEnd;
  #signedSeq: number;
  #handle: FileHandle | undefined;
  /** Whether bytes of a failed group may lie behind the end. */
  #untidy = false;

  constructor(parts: LogFilesParts) {
    this.#parts = parts;
    this.recovery = parts.recovery;
    this.#end = parts.recovery.end;
    this.#signedSeq = parts.recovery.end.seq - parts.recovery.adopted;
  }

  /** Where the log ends. */
  get end(): LogEnd {
    return this.#end;
  }

  /** On disk when it resolves, with its head if asked; the log is as before when it rejects. */
  async append(group: readonly UnplacedEntry[], { head }: { head: boolean }): Promise<void> {
    try {
      if (this.#untidy) await this.#cutBack();
      await this.#write(group, head);
    } catch (error) {
      // What was written of it stands where the next group goes. If cutting fails too, it is tried again before that group.
      if (this.#untidy) await this.#cutBack().catch(() => {});
      throw error;
    }
  }

  /** Signs where the log ends; nothing to do when that is signed already. */
  async signHead(): Promise<void> {
    const end = this.#end;
    if (this.#signedSeq === end.seq) return;
    await writeHead(this.#parts.dir, end, this.#parts.key);
    this.#signedSeq = end.seq;
  }

  /** Signs that nothing more comes: whatever stands below it later was not written by a gateway. */
  async signLastHead(): Promise<void> {
    await writeHead(this.#parts.dir, { ...this.#end, closed: true }, this.#parts.key);
    this.#signedSeq = this.#end.seq;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle?.close();
    await this.#parts.lock[Symbol.asyncDispose]();
  }

  async #write(group: readonly UnplacedEntry[], head: boolean): Promise<void> {
    if (this.#end.offset >= this.#parts.segmentBytes) await this.#roll();
    this.#handle ??= await openSegment(this.#parts.dir, this.#end.file);
    const { lines, end } = chain(group, this.#end);
    this.#untidy = true;
    await writeAll(this.#handle, lines, this.#end.offset);
    await this.#handle.datasync();
    if (head) await writeHead(this.#parts.dir, end, this.#parts.key);
    this.#untidy = false;
    this.#end = end;
    if (head) this.#signedSeq = end.seq;
  }

  /** The head is signed before a new segment begins, so that what a recovery must look through is in one. */
  async #roll(): Promise<void> {
    await this.signHead();
    const { dir } = this.#parts;
    const { file } = segmentAt(dir, this.#end.seq + 1);
    const opened = await openSegment(dir, file);
    await this.#handle?.close();
    this.#handle = opened;
    this.#end = { ...this.#end, file, offset: 0 };
  }

  async #cutBack(): Promise<void> {
    await this.#handle?.truncate(this.#end.offset);
    this.#untidy = false;
  }
}

/** Not in append mode: there the system would ignore where we say a write goes. A new file's name is on disk when it resolves. */
async function openSegment(dir: string, file: string): Promise<FileHandle> {
  const path = join(dir, file);
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const created = await open(path, 'wx+', 0o600);
  await syncFolder(dir);
  return created;
}

function chain(group: readonly UnplacedEntry[], from: LogEnd): { lines: Buffer; end: LogEnd } {
  let { seq, hash, time } = from;
  let text = '';
  for (const { at, json } of group) {
    seq += 1;
    const own = new Date(at).toISOString();
    // A clock that was set back must not make the log go back: times are how pages find their end.
    if (own > time) time = own;
    const placed = placedJson(json, seq, time);
    hash = lineHash(`${hash} ${placed}`);
    text += `${hash} ${placed}\n`;
  }
  const lines = Buffer.from(text);
  return { lines, end: { seq, hash, time, file: from.file, offset: from.offset + lines.length } };
}

/** A write may take only a part, most of all on a disk that is nearly full. */
async function writeAll(handle: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, offset + written);
    written += bytesWritten;
  }
}
