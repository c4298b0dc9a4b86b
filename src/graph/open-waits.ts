/**
 * What an execution waits for, where nobody else ends it: calls to vendors have their deadline, a join of a graph folder may
 * wait for whatever it likes. At the operation's deadline what is still open fails, and what comes of it later is not looked at.
 */
import { GatewayError } from '../errors.ts';

/** What the wait for a value ends with when it fails. */
export type FailWait = (error: unknown) => void;

/** Calls to vendors end at the deadline itself, and say more of why. */
const GRACE_MS = 100;

export class OpenWaits {
  readonly #open = new Map<FailWait, string>();
  readonly #endsAt: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param deadlineAt epoch milliseconds */
  constructor(deadlineAt: number) {
    this.#endsAt = deadlineAt + GRACE_MS;
  }

  /** `coordinate`: of the field that is waited for. */
  add(fail: FailWait, coordinate: string): void {
    this.#open.set(fail, coordinate);
    this.#timer ??= setTimeout(() => this.#expire(), Math.max(0, this.#endsAt - Date.now()));
  }

  /** False: it has failed before. */
  close(fail: FailWait): boolean {
    const isOpen = this.#open.delete(fail);
    if (this.#open.size === 0) this.#stop();
    return isOpen;
  }

  #expire(): void {
    const late = [...this.#open];
    this.#open.clear();
    this.#stop();
    for (const [fail, coordinate] of late) {
      const message = `${coordinate} did not answer in the time that the operation has.`;
      fail(new GatewayError('VENDOR_TIMEOUT', message, { retryable: true }));
    }
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
