/**
 * Whether everything behind a place can still be read. If not, the caller gets a code and the cursor to go on from: never a
 * fresh start, and never a silent wait.
 */

import type { VendorName } from '../config/vendor-name.ts';
import { GatewayError } from '../errors.ts';
import type { EventLog, Position } from '../events/log.ts';
import type { LogPlace, SignPlace } from './cursor.ts';

export interface ContinuityOptions {
  log: EventLog;
  /** Those whose events the reader may get: pruning another's is nothing to it. */
  vendors: readonly VendorName[];
  /** Makes the cursor that goes with the error. */
  sign: SignPlace;
}

/** Everything of `checkPlace`, and CURSOR_EXPIRED with `earliest` for a place that retention has passed. */
export async function checkContinuity(place: LogPlace, options: ContinuityOptions): Promise<void> {
  const { log, vendors, sign } = options;
  await checkPlace(place, options);
  const earliest = await earliestOf(log, vendors);
  if (place.position < earliest) throw expired(sign({ epoch: await log.epoch(), position: earliest }));
}

/**
 * That the place is one of this log: CURSOR_EXPIRED, with `earliest`, for an epoch it does not know; STREAM_GAP, with the head's
 * cursor, for one beyond the end of its epoch, when the store was put back to an older state.
 */
export async function checkPlace(place: LogPlace, { log, vendors, sign }: ContinuityOptions): Promise<void> {
  const end = await log.endOf(place.epoch);
  if (end !== undefined && place.position <= end) return;
  const epoch = await log.epoch();
  if (end === undefined) throw expired(sign({ epoch, position: await earliestOf(log, vendors) }));
  throw beyondEnd(sign({ epoch, position: await log.head() }));
}

/** Where a reader of these vendors starts that wants all there is; of none, nothing is missing anywhere. */
export async function earliestOf(log: EventLog, vendors: readonly VendorName[]): Promise<Position> {
  return vendors.length === 0 ? '0'.repeat(log.positionLength) : log.earliest(vendors);
}

function expired(earliest: string): GatewayError {
  const message =
    'The events right behind this cursor are no longer kept. Start at `earliest` to go on and accept the gap.';
  return new GatewayError('CURSOR_EXPIRED', message, { retryable: false, earliest });
}

function beyondEnd(cursor: string): GatewayError {
  const message =
    'The cursor lies beyond the last event of its time: the store was restored. Read your state anew, then go on here.';
  return new GatewayError('STREAM_GAP', message, { retryable: false, cursor });
}
