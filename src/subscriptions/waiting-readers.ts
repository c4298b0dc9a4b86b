/** Readers at the head. Those with the same interest are asked once for a page, not each for itself. */
import type { LoggedEvent, Position } from '../events/log.ts';
import type { Interest } from './interest.ts';

export interface Patient {
  /** Where it stands. */
  after: Position;
  interest: Interest;
  signal: AbortSignal;
  /** It wants to hear until then even if nothing comes, epoch milliseconds. */
  until: number;
}

export interface WaitingReaders {
  readonly size: number;
  /** Resolves with the place up to which nothing of its interest lies. Rejects with the signal's reason. */
  add(after: Position, patient: Patient): Promise<Position>;
  /** Wakes those that want any of these events, which lie behind `before`. Returns how many these were. */
  wake(events: readonly LoggedEvent[], before: Position): number;
  /** Wakes those whose time has come; `upTo`: as far as every one of them was looked after. */
  wakeOverdue(now: number, upTo: Position): void;
}

interface Waiting extends Patient {
  resolve(position: Position): void;
}

export function createWaitingReaders(): WaitingReaders {
  const classes = new Map<string, Set<Waiting>>();
  let size = 0;

  const remove = (waiting: Waiting): void => {
    const alike = classes.get(waiting.interest.key);
    if (!alike?.delete(waiting)) return;
    size--;
    if (alike.size === 0) classes.delete(waiting.interest.key);
  };
  const wakeOne = (waiting: Waiting, upTo: Position): void => {
    remove(waiting);
    waiting.resolve(later(waiting.after, upTo));
  };

  return {
    get size() {
      return size;
    },
    add(after, patient) {
      return new Promise((resolve, reject) => {
        const { interest, signal, until } = patient;
        if (signal.aborted) return reject(signal.reason);
        const abort = (): void => {
          remove(waiting);
          reject(signal.reason);
        };
        const settle = (position: Position): void => {
          signal.removeEventListener('abort', abort);
          resolve(position);
        };
        const waiting: Waiting = { after, interest, signal, until, resolve: settle };
        signal.addEventListener('abort', abort, { once: true });
        const alike = classes.get(interest.key) ?? new Set();
        classes.set(interest.key, alike.add(waiting));
        size++;
      });
    },
    wake(events, before) {
      const sizeBefore = size;
      for (const alike of [...classes.values()]) {
        const [first] = alike;
        if (first === undefined || !events.some(first.interest.matches)) continue;
        for (const waiting of [...alike]) wakeOne(waiting, before);
      }
      return sizeBefore - size;
    },
    wakeOverdue(now, upTo) {
      for (const alike of [...classes.values()])
        for (const waiting of [...alike]) if (waiting.until <= now) wakeOne(waiting, upTo);
    },
  };
}

const later = (a: Position, b: Position): Position => (a > b ? a : b);
