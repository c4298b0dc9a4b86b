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
  /**
   * Whether there is room for one more answer that is no stream's. Undefined: there is. Else nothing more is read of the client,
   * and it resolves when that has taken all it was sent, or is gone.
   */
  room(): Promise<void> | undefined;
}

/** Of one socket, bytes: a reader that does not read holds no more than this and what the system keeps for it. */
const MOST_UNSENT = 32_768;
/** The same of answers that are no stream's, which are written as they come. */
const MOST_UNREAD = 1_048_576;

export function createOutbox(socket: WebSocket, stream: Duplex): Outbox {
  let draining: Promise<void> | undefined;
  const drained = async (): Promise<void> => {
    socket.pause();
    await new Promise<void>((resolve) => stream.once('drain', resolve).once('close', resolve));
    socket.resume();
  };
  return {
    room() {
      if (socket.bufferedAmount > MOST_UNREAD) draining ??= drained().finally(() => (draining = undefined));
      return draining;
    },
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
