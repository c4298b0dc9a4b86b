/**
 * Whether a WebSocket's client is still there. One that answers no ping is gone, unless it has not even taken what was sent
 * before the ping: it may only be slow. It gets the time until its streams have ended with SLOW_CONSUMER, and then some to
 * read so, behind what it left lying.
 */
import type WebSocket from 'ws';

export interface KeepAliveOptions {
  /** Between two pings, and how long an answer may take. @default 12_000 */
  everyMs?: number;
  /** How long a client may leave lying what it was sent. @default 90_000 */
  stalledMs?: number;
}

export function keepAlive(socket: WebSocket, { everyMs = 12_000, stalledMs = 90_000 }: KeepAliveOptions = {}): void {
  let askedAt: number | undefined;
  let wasSlow = false;
  const look = (): void => {
    const isSlow = askedAt !== undefined && socket.bufferedAmount > 0 && performance.now() - askedAt < stalledMs;
    // What came before the ping has left only now: its answer is due at the next look.
    const hasJustTaken = wasSlow && socket.bufferedAmount === 0;
    wasSlow = isSlow;
    if (askedAt === undefined) {
      askedAt = performance.now();
      socket.ping();
    } else if (!isSlow && !hasJustTaken) socket.terminate();
    timer.refresh();
  };
  const timer = setTimeout(look, everyMs);
  socket.on('pong', () => {
    askedAt = undefined;
  });
  socket.once('close', () => clearTimeout(timer));
}
