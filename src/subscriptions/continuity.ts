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
  if (place.position < earliest) throw expired(sign({ epoch: place.epoch, position: earliest }));
}

/**
 * That the place is one of this log: CURSOR_EXPIRED, with `earliest`, for another epoch; STREAM_GAP, with the head's cursor,
 * for one beyond the head, when the store was put back to an older state.
 */
export async function checkPlace(place: LogPlace, { log, vendors, sign }: ContinuityOptions): Promise<void> {
  const epoch = await log.epoch();
  if (place.epoch !== epoch) throw expired(sign({ epoch, position: await earliestOf(log, vendors) }));
  const head = await log.head();
  if (place.position > head) throw beyondHead(sign({ epoch, position: head }));
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

function beyondHead(cursor: string): GatewayError {
  const message =
    'The cursor lies beyond the last event: the store was restored. Read your state anew, then go on here.';
  return new GatewayError('STREAM_GAP', message, { retryable: false, cursor });
}
