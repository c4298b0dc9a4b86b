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
        pool.dispatch(exchange, new Gathering(deadline, resolve, reject));
      }),
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

/** Gathers one answer. A class, since every call to a vendor has one: what it does is made once, and not with each. */
class Gathering implements Dispatcher.DispatchHandler {
  readonly #deadline: Deadline;
  readonly #resolve: (answer: VendorAnswer) => void;
  readonly #reject: (reason: unknown) => void;
  /** Unknown until the request leaves undici's own queue. */
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: Record<string, string> = {};
  #first: Buffer | undefined;
  #others: Buffer[] | undefined;

  constructor(deadline: Deadline, resolve: (answer: VendorAnswer) => void, reject: (reason: unknown) => void) {
    this.#deadline = deadline;
    this.#resolve = resolve;
    this.#reject = reject;
    deadline.onEnd(() => {
      reject(deadline.reason());
      this.#controller?.abort(new Error('aborted'));
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#deadline.reason() !== undefined) controller.abort(new Error('aborted'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = flatten(headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#first) this.#first = chunk;
    else if (this.#others) this.#others.push(chunk);
    else this.#others = [chunk];
  }

  onResponseEnd(): void {
    const first = this.#first ?? NOTHING;
    const body = this.#others ? Buffer.concat([first, ...this.#others]) : first;
    this.#resolve({ status: this.#status, headers: this.#headers, body, content: undefined });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
  }
}

const NOTHING = Buffer.alloc(0);

function flatten(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
