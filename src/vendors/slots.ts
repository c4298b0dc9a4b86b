/**
 * Bounds how many calls one vendor gets at once. The rest wait, each client in a queue of its own: a free place goes to the
 * client that was served longest ago, so that one client's burst is in nobody's way but its own.
 */
import type { Deadline } from './deadline.ts';

export interface SlotsOptions {
  /** Calls that may run at once. */
  concurrency: number;
  /** Calls of one client that may wait. */
  maxQueued: number;
}

export interface Slots {
  /** Takes a free place, or says that there is none: then `wait`, or give up. What was taken, `release` gives back. */
  tryTake(client: string): boolean;
  /** Whether one more of the client's calls may wait. */
  hasRoom(client: string): boolean;
  /** Resolves when a place was taken; rejects with the deadline's reason, and leaves the queue, when it ends. */
  wait(client: string, deadline: Deadline): Promise<void>;
  /** Gives a place back, to whoever's turn it is. */
  release(client: string): void;
}

/** A client with calls that run or wait. */
interface Turn {
  /** The place it was given last, counted; 0: none yet. */
  servedAt: number;
  running: number;
  /** A Set keeps the order of arrival and lets anybody leave from the middle. */
  waiting: Set<() => void>;
}

/** Clients whose turns are kept though they have nothing to do. */
const MOST_IDLE = 64;

export function createSlots({ concurrency, maxQueued }: SlotsOptions): Slots {
  const turns = new Map<string, Turn>();
  let running = 0;
  let served = 0;

  const turnOf = (client: string): Turn => {
    const turn = turns.get(client) ?? { servedAt: 0, running: 0, waiting: new Set() };
    turns.set(client, turn);
    return turn;
  };
  const forget = (client: string, turn: Turn): void => {
    // The clients of a gateway are few and come again at once: their turns are made anew only where there are many.
    if (turns.size > MOST_IDLE && turn.running === 0 && turn.waiting.size === 0) turns.delete(client);
  };
  const serve = (turn: Turn): void => {
    running += 1;
    served += 1;
    turn.running += 1;
    turn.servedAt = served;
  };
  const next = (): Turn | undefined => {
    let first: Turn | undefined;
    for (const turn of turns.values())
      if (turn.waiting.size > 0 && (first === undefined || turn.servedAt < first.servedAt)) first = turn;
    return first;
  };

  return {
    tryTake(client) {
      if (running >= concurrency) return false;
      serve(turnOf(client));
      return true;
    },
    hasRoom: (client) => (turns.get(client)?.waiting.size ?? 0) < maxQueued,
    wait: (client, deadline) =>
      new Promise((resolve, reject) => {
        const reason = deadline.reason();
        if (reason !== undefined) return reject(reason);
        const turn = turnOf(client);
        const enter = (): void => resolve();
        deadline.onEnd(() => {
          if (turn.waiting.delete(enter)) forget(client, turn);
          reject(deadline.reason());
        });
        turn.waiting.add(enter);
      }),
    release(client) {
      running -= 1;
      const own = turns.get(client);
      if (own) {
        own.running -= 1;
        forget(client, own);
      }
      const turn = next();
      const [enter] = turn?.waiting ?? [];
      if (turn === undefined || enter === undefined) return;
      turn.waiting.delete(enter);
      serve(turn);
      enter();
    },
  };
}
