/**
 * A position in Postgres: number of the transaction, then number of the event, each as 16 hexadecimal digits. Numbers of events
 * alone would not do: they are drawn before the commit, so that a smaller one may become visible after a greater one was read.
 */
import { GatewayError } from '../errors.ts';
import type { Position } from './log.ts';

/** A place as Postgres wants it. A transaction's number is a 64-bit text; an event's stays below 2^53. */
export interface Place {
  xid: string;
  seq: number;
}

export const POSITION_LENGTH = 32;
const PATTERN = /^[0-9a-f]{32}$/;
/** The greatest `xid8` and the greatest number of an event that a double holds. */
const MAX_XID = 2n ** 64n - 1n;
const MAX_SEQ = BigInt(Number.MAX_SAFE_INTEGER);

export function positionOf({ xid, seq }: Place): Position {
  return BigInt(xid).toString(16).padStart(16, '0') + seq.toString(16).padStart(16, '0');
}

/** Behind everything that was decided before this transaction. */
export function horizonPosition(horizon: string): Position {
  return positionOf({ xid: horizon, seq: 0 });
}

/** Throws CURSOR_INVALID for what is no position. */
export function placeOf(position: Position): Place {
  if (!PATTERN.test(position)) {
    throw new GatewayError('CURSOR_INVALID', 'This is not a position of the event log.', { retryable: false });
  }
  const xid = BigInt(`0x${position.slice(0, 16)}`);
  const seq = BigInt(`0x${position.slice(16)}`);
  return { xid: String(xid < MAX_XID ? xid : MAX_XID), seq: Number(seq < MAX_SEQ ? seq : MAX_SEQ) };
}
