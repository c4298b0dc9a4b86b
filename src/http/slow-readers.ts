/**
 * Cuts connections that take nothing of what they were sent. To Node a connection times out when nothing is read and nothing
 * leaves for so long, and it would cut all of them: those that wait for their answer, too.
 */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface SlowReadersOptions {
  /** How long a reader may take nothing. @default 15_000 */
  readTimeoutMs?: number;
}

export function cutSlowReaders(server: Server, { readTimeoutMs = 15_000 }: SlowReadersOptions = {}): void {
  const answers = new WeakMap<Socket, ServerResponse>();
  server.on('request', ({ socket }, response) => void answers.set(socket, response));
  server.timeout = readTimeoutMs;
  server.on('timeout', (socket) => {
    const answer = answers.get(socket);
    // Whoever listens to this event must also end idle connections: Node leaves them to the listener.
    const isIdle = answer === undefined || answer.writableFinished;
    if (isIdle || (socket.writableLength > 0 && !isStream(answer))) socket.destroy();
  });
}

/** Left to those who feed it: they know what its reader may leave lying. One that has ended is an answer like others. */
function isStream({ req, writableEnded }: ServerResponse): boolean {
  return !writableEnded && (req.headers.accept?.includes('text/event-stream') ?? false);
}
