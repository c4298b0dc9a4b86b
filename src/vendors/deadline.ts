/** Ends a piece of work when its time is up or its caller has left, whichever comes first. */
export interface DeadlineOptions {
  /** The caller's own signal; its reason is passed on. */
  caller: AbortSignal;
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
  let ended: { reason: unknown } | undefined;
  let tell: (() => void) | undefined;
  const end = (reason: unknown): void => {
    if (ended) return;
    ended = { reason };
    tell?.();
  };
  const leave = (): void => end(caller.reason);
  const timer = setTimeout(() => end(expired()), Math.min(Math.max(0, ms), LONGEST_MS));
  const leavers = leaversOf(caller);
  if (caller.aborted) leave();
  else leavers.add(leave);
  return {
    reason: () => ended?.reason,
    onEnd(listener) {
      tell = listener;
    },
    [Symbol.dispose]() {
      tell = undefined;
      clearTimeout(timer);
      leavers.delete(leave);
    },
  };
}

/** Whom to tell when a caller leaves: one listener on its signal for all its calls, since each listener costs more than a Set's member. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

function leaversOf(caller: AbortSignal): Set<() => void> {
  const known = waiting.get(caller);
  if (known) return known;
  const leavers = new Set<() => void>();
  waiting.set(caller, leavers);
  caller.addEventListener('abort', () => {
    for (const leave of leavers) leave();
  });
  return leavers;
}

/** Resolves after `ms`, or rejects with the signal's reason as soon as it aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
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
    signal.addEventListener('abort', leave, { once: true });
  });
}
