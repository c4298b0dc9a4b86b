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

/** In the time that a stream's reader has. */
const LOOKS = 6;

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
    if (isIdle || (socket.writableLength > 0 && !isStream(answer))) socket.destroy();
  });
  cutStalledStreams(server, stalledMs);
}

/** By a look of our own: yoga turns Node's timeout off where it streams. */
function cutStalledStreams(server: Server, stalledMs: number): void {
  const streams = new Map<ServerResponse, { taken: number; since: number }>();
  server.on('request', (_request, response) => {
    if (!isStream(response)) return;
    streams.set(response, { taken: 0, since: performance.now() });
    response.once('close', () => streams.delete(response));
  });
  const look = (): void => {
    for (const [{ req }, reading] of streams) {
      const { bytesWritten, writableLength } = req.socket;
      const taken = bytesWritten - writableLength;
      if (writableLength === 0 || taken !== reading.taken) Object.assign(reading, { taken, since: performance.now() });
      else if (performance.now() - reading.since >= stalledMs) req.socket.destroy();
    }
  };
  const timer = setInterval(look, stalledMs / LOOKS).unref();
  server.once('close', () => clearInterval(timer));
}

/** Left to those who feed it: they know what its reader may leave lying. One that has ended is an answer like others. */
function isStream({ req, writableEnded }: ServerResponse): boolean {
  return !writableEnded && (req.headers.accept?.includes('text/event-stream') ?? false);
}
