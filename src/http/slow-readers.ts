/**
 * Cuts connections that take nothing of what they were sent. To Node a connection times out when nothing is read and nothing
 * leaves for so long, and it would cut all of them: those that wait for their answer, too.
 */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface SlowReadersOptions {
  /** How long a reader may take nothing. @default 15_000 */
  readTimeoutMs?: number;
  /**
   * The same of an event stream, which ends with SLOW_CONSUMER after 60 s: its reader finds that behind what it left lying, if
   * it reads again soon. As long as on a WebSocket. @default 90_000
   */
  stalledMs?: number;
}

export function cutSlowReaders(
  server: Server,
  { readTimeoutMs = 15_000, stalledMs = 90_000 }: SlowReadersOptions = {},
): void {
  const answers = new WeakMap<Socket, ServerResponse>();
  server.on('request', ({ socket }, response) => void answers.set(socket, response));
  server.timeout = readTimeoutMs;
  server.on('timeout', (socket) => {
    const answer = answers.get(socket);
    // Whoever listens to this event must also end idle connections: Node leaves them to the listener.
    const isIdle = answer === undefined || answer.writableFinished;
    if (isIdle) socket.destroy();
    else if (socket.writableLength === 0) return;
    // Counts from the last byte it took, as the time before did.
    else if (isStream(answer) && socket.timeout === readTimeoutMs) socket.setTimeout(stalledMs - readTimeoutMs);
    else socket.destroy();
  });
}

/** It may leave lying more, until its subscription ends for that. One that has ended is an answer like others. */
function isStream({ req, writableEnded }: ServerResponse): boolean {
  return !writableEnded && (req.headers.accept?.includes('text/event-stream') ?? false);
}
