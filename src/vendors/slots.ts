/** Bounds how many calls one vendor gets at once; the rest wait in the order they came. */
import type { Deadline } from './deadline.ts';

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
  /** Resolves when a place was taken; rejects with the deadline's reason, and leaves the queue, when it ends. */
  wait(deadline: Deadline): Promise<void>;
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
    wait: (deadline) =>
      new Promise((resolve, reject) => {
        const reason = deadline.reason();
        if (reason !== undefined) return reject(reason);
        const enter = (): void => resolve();
        deadline.onEnd(() => {
          queue.delete(enter);
          reject(deadline.reason());
        });
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
