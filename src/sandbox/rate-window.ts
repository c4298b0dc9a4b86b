/** Counts requests by key in fixed windows, the way most vendors do: a window starts with its first request and forgets all at its end. */
export interface RateWindowOptions {
  /** Requests allowed in one window. */
  limit: number;
  windowMs: number;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface RateTicket {
  allowed: boolean;
  limit: number;
  /** What is left after this request. */
  remaining: number;
  /** Time until the window ends. */
  resetMs: number;
}

export interface RateWindow {
  /** Counts one request of `key`. A refused request is not counted. */
  take(key: string): RateTicket;
}

export function createRateWindow({ limit, windowMs, now }: RateWindowOptions): RateWindow {
  const windows = new Map<string, { startedAt: number; used: number }>();
  return {
    take(key) {
      const at = now();
      let window = windows.get(key);
      if (window === undefined || at - window.startedAt >= windowMs) {
        window = { startedAt: at, used: 0 };
        windows.set(key, window);
      }
      const allowed = window.used < limit;
      if (allowed) window.used += 1;
      return { allowed, limit, remaining: Math.max(0, limit - window.used), resetMs: window.startedAt + windowMs - at };
    },
  };
}
