/** The bytes of a request, exactly as they came, never more of them than allowed: neither of one body nor of all in flight. */
import type { IncomingMessage } from 'node:http';

/** Bytes that all requests together may hold. */
export class ByteBudget {
  #free: number;

  constructor(bytes: number) {
    this.#free = bytes;
  }

  take(bytes: number): boolean {
    if (bytes > this.#free) return false;
    this.#free -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#free += bytes;
  }
}

export interface RawBodyBounds {
  maxBytes: number;
  /** From now to the last byte, milliseconds. */
  timeoutMs: number;
  budget: ByteBudget;
}

/** `left`: the sender went away. */
export type RawBodyFault = 'too_large' | 'too_slow' | 'budget_used_up' | 'left';

/**
 * The bytes in memory of their own, so that they can be handed to another thread; whoever gets them gives `length` back to the
 * budget. With a fault nothing is held any more, and what still comes is not kept.
 */
export function readRawBody(request: IncomingMessage, bounds: RawBodyBounds): Promise<Buffer | RawBodyFault> {
  const { maxBytes, timeoutMs, budget } = bounds;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve('too_large');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (outcome: Buffer | RawBodyFault): void => {
      clearTimeout(timer);
      request.off('data', add).off('end', finish).off('close', leave);
      if (typeof outcome === 'string') budget.give(length);
      resolve(outcome);
    };
    const add = (chunk: Buffer): void => {
      if (length + chunk.length > maxBytes) end('too_large');
      else if (!budget.take(chunk.length)) end('budget_used_up');
      else {
        length += chunk.length;
        chunks.push(chunk);
      }
    };
    const finish = () => end(joined(chunks, length));
    const leave = () => end('left');
    const timer = setTimeout(() => end('too_slow'), timeoutMs);
    // A broken connection closes; Node raises its error only where somebody listens to that.
    request.on('data', add).on('end', finish).on('close', leave);
  });
}

/** A chunk is a window on a much larger buffer of the socket, which a message to another thread would copy whole. */
function joined(chunks: readonly Buffer[], length: number): Buffer {
  const whole = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(whole, at);
  return whole;
}
