/** Ends a piece of work when its time is up or its caller has left, whichever comes first. */
import type { LeaveSignal } from './leave-signal.ts';

export interface DeadlineOptions {
  /** The caller's own signal; its reason is passed on. */
  caller: LeaveSignal;
  /** Milliseconds from now. */
  ms: number;
  /** What the work fails with when the time is up. */
  expired: () => Error;
}

export interface Deadline extends Disposable {
  /** Why it ended; undefined while it has not. */
  reason(): unknown;
  /** Calls back once when it ends; there is one listener, the last. An AbortController would cost as much as a short call does. */
  onEnd(listener: () => void): void;
}

/** What setTimeout can count to; beyond, it would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Starts the clock. Dispose it as soon as the work is done: it holds a timer and a listener on the caller. */
export function startDeadline({ caller, ms, expired }: DeadlineOptions): Deadline {
  return new StartedDeadline(caller, ms, expired);
}

/** A class, since every call to a vendor has one: what it does is made once, and not with each. */
class StartedDeadline implements Deadline {
  readonly #caller: LeaveSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #leave: () => void;
  #ended: { reason: unknown } | undefined;
  #tell: (() => void) | undefined;

  constructor(caller: LeaveSignal, ms: number, expired: () => Error) {
    this.#caller = caller;
    this.#leave = () => this.#end(caller.reason);
    this.#timer = setTimeout(() => this.#end(expired()), Math.min(Math.max(0, ms), LONGEST_MS));
    if (caller.aborted) this.#leave();
    else caller.addEventListener('abort', this.#leave);
  }

  reason(): unknown {
    return this.#ended?.reason;
  }

  onEnd(listener: () => void): void {
    this.#tell = listener;
  }

  [Symbol.dispose](): void {
    this.#tell = undefined;
    clearTimeout(this.#timer);
    this.#caller.removeEventListener('abort', this.#leave);
  }

  #end(reason: unknown): void {
    if (this.#ended) return;
    this.#ended = { reason };
    this.#tell?.();
  }
}

/** Resolves after `ms`, or rejects with the signal's reason as soon as it aborts. */
export function pause(ms: number, signal: LeaveSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const leave = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    }, ms);
    signal.addEventListener('abort', leave);
  });
}
