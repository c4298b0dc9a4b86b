/**
 * One line of the log: `<hash> <json>`. The hash is SHA-256 of the line as it would read with the hash of the line above in
 * front, so `printf '%s %s' <hash above> <json> | sha256sum` checks one by hand. The first line stands below GENESIS.
 */
import { hash } from 'node:crypto';

export const GENESIS = '0'.repeat(64);
export const HASH_LENGTH = 64;
/** Longer lines are no lines of ours: `entryJson` keeps below it. */
export const MAX_LINE_BYTES = 256 * 1024;

const SEQ_AT = HASH_LENGTH + 1 + '{"seq":'.length;
const DIGIT_ZERO = 48;

/** What `lineHash` hashes must be `<hash above> <json>`. */
export function lineHash(text: string | Buffer): string {
  return hash('sha256', text, 'hex');
}

/** An entry's JSON with its place and time, which are known only when it is written. */
export function placedJson(entryJson: string, seq: number, time: string): string {
  return `{"seq":${seq},"time":"${time}",${entryJson.slice(1)}`;
}

/** The number a line that begins at `start` says it has; NaN when it says none. Reads bytes: parsing JSON would cost a verification its speed. */
export function statedSeq(bytes: Buffer, start: number, end: number): number {
  let seq = 0;
  let at = start + SEQ_AT;
  for (; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - DIGIT_ZERO;
    if (digit < 0 || digit > 9) break;
    seq = seq * 10 + digit;
  }
  return at === start + SEQ_AT ? Number.NaN : seq;
}

/** The JSON of a line without its line break. */
export function jsonOf(line: string): string {
  return line.slice(HASH_LENGTH + 1);
}

/** Reads the time without parsing: it always stands behind the number. */
export function timeOf(line: string): string {
  const start = line.indexOf('"time":"') + '"time":"'.length;
  return line.slice(start, line.indexOf('"', start));
}
