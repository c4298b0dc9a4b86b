/**
 * The time by which retention counts: that of the wall clock, unless that was just put forward. A clock set wrong by a month
 * would else cost every event at the next look, and setting it right brings none back.
 */
import type { Logger } from '../observe/log.ts';

export interface RetentionClockOptions {
  log?: Logger | undefined;
  /** @default Date.now */
  now?: (() => number) | undefined;
  /** Milliseconds, by a clock that nobody sets. @default performance.now */
  elapsed?: (() => number) | undefined;
}

const HOUR_MS = 3_600_000;
/** Further ahead than this, it was put forward. */
const JUMP_MS = HOUR_MS;
/** It is believed when it has stayed ahead for so long. */
const BELIEVED_AFTER_MS = 24 * HOUR_MS;

/** To be asked now and then: it sees a jump when it is. One that goes back counts at once, for it deletes nothing. */
export function createRetentionClock({
  log,
  now = Date.now,
  elapsed = () => performance.now(),
}: RetentionClockOptions = {}): () => number {
  let offset = now() - elapsed();
  let aheadSince: number | undefined;
  return () => {
    const at = elapsed();
    const ahead = now() - at - offset;
    if (ahead > JUMP_MS && aheadSince === undefined) {
      log?.warn(
        { hoursAhead: Math.round(ahead / HOUR_MS) },
        'the clock was put forward: retention believes it in a day',
      );
      aheadSince = at;
    }
    if (ahead <= JUMP_MS || at - (aheadSince ?? at) >= BELIEVED_AFTER_MS) {
      offset += ahead;
      aheadSince = undefined;
    }
    return at + offset;
  };
}
