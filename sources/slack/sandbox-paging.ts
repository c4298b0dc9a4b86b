/** Slack's cursors: base64 of a kind and the key of the row the next page starts with, such as `user:U0G9WFXNZ`. */
import type { Arguments } from './sandbox-arguments.ts';
import { Refusal } from './sandbox-refusal.ts';

export interface PageOptions<Row> {
  /** What the cursor starts with. */
  kind: string;
  keyOf(row: Row): string;
  /** Rows of a page when the caller names no limit. */
  defaultLimit: number;
  maxLimit?: number;
}

export interface Page<Row> {
  rows: Row[];
  /** Empty on the last page. */
  nextCursor: string;
}

export function readPage<Row>(rows: readonly Row[], args: Arguments, options: PageOptions<Row>): Page<Row> {
  const start = readStart(rows, args.text('cursor'), options);
  const end = start + readLimit(args.text('limit'), options);
  const next = rows[end];
  return {
    rows: rows.slice(start, end),
    nextCursor: next === undefined ? '' : encode(`${options.kind}:${options.keyOf(next)}`),
  };
}

function readLimit<Row>(text: string | undefined, { defaultLimit, maxLimit = 1_000 }: PageOptions<Row>): number {
  if (text === undefined || text === '0') return defaultLimit;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) throw new Refusal('invalid_limit');
  return limit;
}

function readStart<Row>(rows: readonly Row[], cursor: string | undefined, { kind, keyOf }: PageOptions<Row>): number {
  if (cursor === undefined) return 0;
  const start = rows.findIndex((row) => encode(`${kind}:${keyOf(row)}`) === cursor);
  if (start === -1) throw new Refusal('invalid_cursor');
  return start;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
