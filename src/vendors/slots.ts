/** Bounds how many calls one vendor gets at once; the rest wait in the order they came. */
export interface SlotsOptions {
  /** Calls that may run at once. */
  concurrency: number;
  /** Calls that may wait. */
  maxQueued: number;
}

export interface Slots {
  /** Takes a free place, or says that there is none: then `wait`, or give up. */
  tryTake(): boolean;
  /** Whether one more may wait. */
  hasRoom(): boolean;
  /** Resolves when a place was taken; rejects with the signal's reason, and leaves the queue, when it aborts. */
  wait(signal: AbortSignal): Promise<void>;
  /** Gives a place back, to the one who waits longest. */
  release(): void;
}

export function createSlots({ concurrency, maxQueued }: SlotsOptions): Slots {
  let running = 0;
  // A Set keeps the order of arrival and lets anybody leave from the middle.
  const queue = new Set<() => void>();

  return {
    tryTake() {
      if (running >= concurrency) return false;
      running += 1;
      return true;
    },
    hasRoom: () => queue.size < maxQueued,
    wait: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const leave = (): void => {
          queue.delete(enter);
          reject(signal.reason);
        };
        const enter = (): void => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        signal.addEventListener('abort', leave, { once: true });
        queue.add(enter);
      }),
    release() {
      const [next] = queue;
      if (next === undefined) {
        running -= 1;
        return;
      }
      queue.delete(next);
      next();
    },
  };
}
