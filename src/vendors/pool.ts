/**
 * Kept-alive connections to one vendor. Speaks undici's dispatch interface: no stream is made for a body that is wanted
 * whole, and no redirect is ever followed, so the credential goes nowhere else.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import { MAX_ANSWER_BYTES } from './answer-body.ts';
import type { VendorAnswer, VendorRequest } from './call-scope.ts';
import type { Deadline } from './deadline.ts';

export interface PoolOptions {
  origin: string;
  connections: number;
  timeoutMs: number;
}

export interface Exchange {
  method: VendorRequest['method'];
  path: string;
  headers: Record<string, string>;
  body: string | Buffer | null;
}

export interface VendorPool extends AsyncDisposable {
  /** One try. Rejects with the deadline's reason at once when it ends, else with undici's own error. */
  exchange(exchange: Exchange, deadline: Deadline): Promise<VendorAnswer>;
}

export function createPool({ origin, connections, timeoutMs }: PoolOptions): VendorPool {
  const pool = new Pool(origin, {
    connections,
    allowH2: false,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs },
    maxResponseSize: MAX_ANSWER_BYTES,
  });
  return {
    exchange: (exchange, deadline) =>
      new Promise((resolve, reject) => {
        const reason = deadline.reason();
        if (reason !== undefined) return reject(reason);
        pool.dispatch({ ...exchange, origin }, collect(deadline, resolve, reject));
      }),
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

/** Gathers one answer. `controller` is unknown until the request leaves undici's own queue. */
function collect(
  deadline: Deadline,
  resolve: (answer: VendorAnswer) => void,
  reject: (reason: unknown) => void,
): Dispatcher.DispatchHandler {
  let controller: Dispatcher.DispatchController | undefined;
  let status = 0;
  let headers: Record<string, string> = {};
  const chunks: Buffer[] = [];
  const leave = (): void => {
    reject(deadline.reason());
    controller?.abort(new Error('aborted'));
  };
  deadline.onEnd(leave);

  return {
    onRequestStart(started) {
      controller = started;
      if (deadline.reason() !== undefined) controller.abort(new Error('aborted'));
    },
    onResponseStart(_controller, statusCode, received) {
      status = statusCode;
      headers = flatten(received);
    },
    onResponseData(_controller, chunk) {
      chunks.push(chunk);
    },
    onResponseEnd() {
      const [only] = chunks;
      resolve({ status, headers, body: chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks) });
    },
    onResponseError(_controller, error) {
      reject(error);
    },
  };
}

function flatten(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
