/**
 * Answers that several subscriptions get alike. Kept for moments only, and up to a sum of bytes: who comes back later reads what
 * is so by then, and an answer with errors is given to those who wait for it and to nobody else. One that is being made is
 * made once for all who wait for it, however long it takes, and given up when the last of them has left.
 */
import { sizeOfAnswer } from './answer-size.ts';
import type { Payload } from './event-execution.ts';

/** `unwanted`: aborts when nobody waits for it any more. */
export type Make = (unwanted: AbortSignal) => Payload | Promise<Payload>;

export interface SharedPayloads {
  /** Of those that are kept. */
  readonly bytes: number;
  /** `leaving`: of the one who asks; when it aborts, the promise rejects with its reason. */
  get(key: string, leaving: AbortSignal, make: Make): Payload | Promise<Payload>;
}

export interface SharedPayloadsOptions {
  /** @default 32 MiB */
  maxBytes?: number;
}

interface Kept {
  payload: Payload;
  bytes: number;
  /** Milliseconds of the monotonic clock. */
  since: number;
}

interface Making {
  made: Promise<Payload>;
  waiting: number;
  unwanted: AbortController;
}

/** Long enough for readers of one stream, which are mostly moments apart. */
const SHARED_MS = 10_000;
/** Readers of one stream are mostly a few events apart. */
const MOST_SHARED = 512;

export function createSharedPayloads({ maxBytes = 33_554_432 }: SharedPayloadsOptions = {}): SharedPayloads {
  // In the order in which they were made: a Map keeps it.
  const kept = new Map<string, Kept>();
  const making = new Map<string, Making>();
  let bytes = 0;
  let isLookedAfter = false;

  const forget = (key: string): void => {
    bytes -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  const forgetOld = (): void => {
    for (const [key, one] of kept) {
      if (kept.size <= MOST_SHARED && bytes <= maxBytes && !isOld(one)) break;
      forget(key);
    }
    if (kept.size === 0 || isLookedAfter) return;
    isLookedAfter = true;
    setTimeout(look, SHARED_MS).unref();
  };
  const look = (): void => {
    isLookedAfter = false;
    forgetOld();
  };
  const keep = (key: string, payload: Payload): void => {
    forget(key);
    if (payload.result.errors) return;
    // As much again for its text, which whoever sends it writes once for all.
    const size = 2 * sizeOfAnswer(payload.result.data);
    kept.set(key, { payload, bytes: size, since: performance.now() });
    bytes += size;
    forgetOld();
  };
  const begin = (key: string, made: Promise<Payload>, unwanted: AbortController): Making => {
    const one: Making = { made, waiting: 0, unwanted };
    making.set(key, one);
    made.then(
      (payload) => {
        stop(key, one);
        keep(key, payload);
      },
      () => stop(key, one),
    );
    return one;
  };
  const stop = (key: string, one: Making): void => void (making.get(key) === one && making.delete(key));
  const wait = (key: string, one: Making, leaving: AbortSignal): Promise<Payload> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        reject(leaving.reason);
        if (--one.waiting > 0) return;
        // Who comes now must not wait for what is given up.
        stop(key, one);
        one.unwanted.abort();
      };
      one.waiting++;
      if (leaving.aborted) return leave();
      leaving.addEventListener('abort', leave, { once: true });
      void one.made.then(resolve, reject).finally(() => leaving.removeEventListener('abort', leave));
    });

  return {
    get bytes() {
      return bytes;
    },
    get(key, leaving, make) {
      const known = kept.get(key);
      if (known && !isOld(known)) return known.payload;
      const running = making.get(key);
      if (running) return wait(key, running, leaving);
      const unwanted = new AbortController();
      const made = make(unwanted.signal);
      if (made instanceof Promise) return wait(key, begin(key, made, unwanted), leaving);
      keep(key, made);
      return made;
    },
  };
}

const isOld = ({ since }: Kept): boolean => performance.now() - since >= SHARED_MS;
