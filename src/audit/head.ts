/**
 * The head says where the log ends, signed: a chain alone cannot show that its end was cut off. It is written after the lines
 * it names are on disk and before anyone is told so, hence it never runs ahead of an honest log, not even after a crash.
 * A gateway that ends well signs a last one as closed; the next one signs it open again before it writes.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeFile } from './whole-file.ts';

export interface LogEnd {
  /** Of the last entry; 0 before the first. */
  seq: number;
  /** Of the last line. */
  hash: string;
  /** Of the last entry, ISO 8601. */
  time: string;
  /** The segment it stands in. */
  file: string;
  /** Where the next line goes, bytes. */
  offset: number;
  /** Nothing follows: its gateway has ended. */
  closed?: true;
}

export interface SignedHead extends LogEnd {
  mac: string;
}

const FILE = 'head.json';

export const headPath = (dir: string): string => join(dir, FILE);

/** Replaces the head as a whole; on disk when it resolves. */
export async function writeHead(dir: string, end: LogEnd, key: Buffer): Promise<void> {
  await writeWholeFile(headPath(dir), textOf({ ...end, mac: macOf(end, key) }));
}

/** Undefined when there is none, null when it is not what this program writes, byte for byte. Its signature is not checked here. */
export async function readHead(dir: string): Promise<SignedHead | null | undefined> {
  let text: string;
  try {
    text = await readFile(headPath(dir), 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  return parseHead(text);
}

export function isSignedBy({ mac, ...end }: SignedHead, key: Buffer): boolean {
  const [stated, expected] = [Buffer.from(mac), Buffer.from(macOf(end, key))];
  return stated.length === expected.length && timingSafeEqual(stated, expected);
}

function macOf({ seq, hash, time, file, offset, closed }: LogEnd, key: Buffer): string {
  const text = `${seq} ${hash} ${time} ${file} ${offset}${closed ? ' closed' : ''}`;
  return createHmac('sha256', key).update(text).digest('hex');
}

function textOf({ seq, hash, time, file, offset, closed, mac }: SignedHead): string {
  return `${JSON.stringify({ seq, hash, time, file, offset, closed, mac })}\n`;
}

function parseHead(text: string): SignedHead | null {
  try {
    const head: unknown = JSON.parse(text);
    return isHead(head) && textOf(head) === text ? head : null;
  } catch {
    return null;
  }
}

function isHead(value: unknown): value is SignedHead {
  if (typeof value !== 'object' || value === null) return false;
  const { seq, hash, time, file, offset, closed, mac } = value as Partial<Record<keyof SignedHead, unknown>>; // each is checked here
  const texts = [hash, time, file, mac].every((text) => typeof text === 'string');
  return (
    texts && (closed === undefined || closed === true) && Number.isSafeInteger(seq) && Number.isSafeInteger(offset)
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
