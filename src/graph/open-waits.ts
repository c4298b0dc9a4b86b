/**
 * What an execution waits for, where nobody else ends it: calls to vendors have their deadline, a join of a graph folder may
 * wait for whatever it likes. At the operation's deadline what is still open fails, and what comes of it later is not looked at.
 */
import { GatewayError } from '../errors.ts';

export interface OpenWait {
  /** It has ended, well or not. */
  readonly isOver: boolean;
  /** Of the field that is waited for. */
  readonly coordinate: string;
  fail(error: unknown): void;
}

/** Calls to vendors end at the deadline itself, and say more of why. */
const GRACE_MS = 100;

export class OpenWaits {
  /** Those that are over stay until all are: to take them out would cost more than to keep them. */
  #waits: OpenWait[] = [];
  #open = 0;
  readonly #endsAt: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param deadlineAt epoch milliseconds */
  constructor(deadlineAt: number) {
    this.#endsAt = deadlineAt + GRACE_MS;
  }

  add(wait: OpenWait): void {
    this.#waits.push(wait);
    this.#open += 1;
    this.#timer ??= setTimeout(() => this.#expire(), Math.max(0, this.#endsAt - Date.now()));
  }

  /** One of them is over. */
  close(): void {
    this.#open -= 1;
    if (this.#open > 0) return;
    this.#waits = [];
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #expire(): void {
    for (const wait of this.#waits) {
      if (wait.isOver) continue;
      const message = `${wait.coordinate} did not answer in the time that the operation has.`;
      wait.fail(new GatewayError('VENDOR_TIMEOUT', message, { retryable: true }));
    }
  }
}
