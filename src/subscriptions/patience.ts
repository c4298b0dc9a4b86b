/**
 * Waits a store's outage out: streams stay open and go on where they were. Only what waiting cannot mend, a gap, is passed on.
 * An outage is logged once, however many streams meet it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import type { Logger } from '../observe/log.ts';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/** Tries again until `work` succeeds, meets a gap, or `signal` aborts: then it rejects with the signal's reason. */
export type Patience = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

export function createPatience(log?: Logger): Patience {
  let isOut = false;
  const note = (error?: unknown): void => {
    const wasOut = isOut;
    isOut = error !== undefined;
    if (isOut && !wasOut) log?.warn({ err: error }, 'subscriptions cannot read the event log; they wait');
    if (wasOut && !isOut) log?.info('subscriptions read the event log again');
  };

  return async (work, signal) => {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      signal.throwIfAborted();
      try {
        const result = await work();
        note();
        return result;
      } catch (error) {
        if (isGap(error)) throw error;
        note(error);
      }
      await sleep(waitMs, undefined, { signal }).catch(() => {});
    }
  };
}

export function isGap(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'STREAM_GAP';
}
