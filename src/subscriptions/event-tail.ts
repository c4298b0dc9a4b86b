/**
 * The one reader at the head: reads every event once, whoever wants it, and wakes those that wait for it. Runs while somebody
 * waits. Wake-ups of the log carry nothing and may get lost, so it looks for itself every `pollMs`: one query for all.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog, Position } from '../events/log.ts';
import type { EventRing } from './event-ring.ts';
import type { Interest } from './interest.ts';
import type { ReadPage } from './page-reader.ts';
import { isGap, type Patience } from './patience.ts';
import { createWaitingReaders, type Patient } from './waiting-readers.ts';

export interface EventTail extends AsyncDisposable {
  /** It then reads behind `ring.to`, and nobody else needs to look there. */
  readonly isRunning: boolean;
  /**
   * Waits for an event of this interest behind `after`, which lies at the head, wherever the patient began. Resolves with the place up to which there is
   * none. May wake for nothing.
   */
  wait(after: Position, patient: Patient): Promise<Position>;
}

export interface EventTailOptions {
  log: EventLog;
  ring: EventRing;
  readPage: ReadPage;
  /** Everything any stream may want. */
  everything: Interest;
  patience: Patience;
  /** The log is not the one it was: another epoch, or a head that went back. */
  onBroken: () => void;
  pollMs: number;
  now: () => number;
}

/** For each reader that got a page, and at most: many readers take as long to serve. */
const BREATH_MS = 0.05;
const MOST_BREATH_MS = 50;

export function createEventTail(options: EventTailOptions): EventTail {
  const { log, ring, readPage, everything, patience, onBroken, pollMs, now } = options;
  const waiting = createWaitingReaders();
  const stop = new AbortController();
  let nap = new AbortController();
  let isRunning = false;
  let ended = Promise.resolve();
  let epoch: string | undefined;
  let isCheckDue = true;

  const step = async (): Promise<void> => {
    if (isCheckDue) await check();
    const after = ring.to;
    const page = await readPage(after, everything);
    ring.push(page);
    // The end may have moved all the same: on a busy server it does with every foreign transaction.
    if (page.events.length === 0 && page.isEnd) return log.waitFor(page.scannedTo, nap.signal);
    await breathe(waiting.wake(page.events, after));
  };
  /** What comes meanwhile goes to all of them together, and webhooks get their turn. */
  const breathe = async (woken: number): Promise<void> => {
    const ms = Math.min(MOST_BREATH_MS, woken * BREATH_MS);
    if (ms >= 1) await sleep(ms, undefined, { signal: stop.signal });
  };
  /** What is gone for one reader is nothing to another: each reads for itself and finds out. */
  const skipGap = async (error: unknown): Promise<void> => {
    if (!isGap(error)) throw error;
    const seen = ring.to;
    ring.restart(await log.head());
    waiting.wakeOverdue(Number.POSITIVE_INFINITY, seen);
  };
  const check = async (): Promise<void> => {
    const present = await log.epoch();
    const head = await log.head();
    const isBroken = present !== (epoch ?? present) || head < ring.to;
    epoch = present;
    isCheckDue = false;
    if (!isBroken) return;
    ring.restart(head);
    onBroken();
  };
  const tick = (): void => {
    waiting.wakeOverdue(now(), ring.to);
    isCheckDue = true;
    nap.abort();
    nap = new AbortController();
  };
  const run = async (): Promise<void> => {
    isRunning = true;
    const timer = setInterval(tick, pollMs).unref();
    try {
      while (!stop.signal.aborted && (waiting.size > 0 || !isCheckDue)) {
        await patience(() => step().catch(skipGap), stop.signal);
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      clearInterval(timer);
      isRunning = false;
    }
  };

  return {
    get isRunning() {
      return isRunning;
    },
    wait(after, patient) {
      if (isRunning && after < ring.to) return Promise.resolve(after);
      const woken = waiting.add(after, patient);
      if (!isRunning) {
        if (ring.to !== after) ring.restart(after);
        ended = run();
      }
      return woken;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      nap.abort();
      await ended;
    },
  };
}
