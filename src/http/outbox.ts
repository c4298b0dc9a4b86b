/**
 * What streams write to one WebSocket. What is at hand at one time leaves in one write: a write of its own for each message
 * costs more than everything else about it. What the socket has not taken is bounded: beyond it, the sender waits.
 */
import type { Duplex } from 'node:stream';
import type WebSocket from 'ws';

export interface Outbox {
  readonly isOpen: boolean;
  /**
   * Sends messages as long as `more` gives any and there is room. Undefined: it gave no more. Else resolves when the socket
   * took what it was given, and also when it is gone. Throws what `more` throws.
   */
  sendAll(first: string, more: () => string | undefined): Promise<void> | undefined;
}

/** Of one socket, bytes: a reader that does not read holds no more than this and what the system keeps for it. */
const MOST_UNSENT = 32_768;

export function createOutbox(socket: WebSocket, stream: Duplex): Outbox {
  return {
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    sendAll(first, more) {
      stream.cork();
      try {
        for (let message: string | undefined = first; message !== undefined; message = more()) {
          const last = message;
          if (stream.writableLength + last.length >= MOST_UNSENT)
            return new Promise((resolve) => socket.send(last, () => resolve()));
          socket.send(last);
        }
        return undefined;
      } finally {
        stream.uncork();
      }
    },
  };
}
