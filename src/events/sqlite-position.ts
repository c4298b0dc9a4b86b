/** A position of the embedded log is the number of an event, as 16 hexadecimal digits. */
import type { Position } from './log.ts';

export const POSITION_LENGTH = 16;
const POSITION = /^[0-9a-f]{16}$/;

export function positionOf(seq: number): Position {
  return seq.toString(16).padStart(POSITION_LENGTH, '0');
}

/** Beyond 2^53 it is the largest number, which lies beyond every event. Throws TypeError for what is no position. */
export function seqOf(position: Position): number {
  if (!POSITION.test(position)) throw new TypeError(`"${position}" is no position of this event log.`);
  return Math.min(Number.parseInt(position, 16), Number.MAX_SAFE_INTEGER);
}
