/**
 * Wakes who waits for events: after a commit of this process at once, after one of another process when a look at the file, every
 * few milliseconds while somebody waits, finds it changed.
 */
import type { SqliteReader } from './sqlite-reader.ts';

interface Waiter {
  after: number;
  wake(): void;
}

export class SqliteWaiters {
  readonly #reader: SqliteReader;
  readonly #pollMs: number;
  readonly #waiters = new Set<Waiter>();
  #version: unknown;
  #poll: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(reader: SqliteReader, pollMs: number) {
    this.#reader = reader;
    this.#pollMs = pollMs;
  }

  async waitFor(after: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#ended || this.#reader.head() > after) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiters.delete(waiter);
        signal.removeEventListener('abort', wake);
        if (this.#waiters.size === 0) this.#stop();
        resolve();
      };
      const waiter: Waiter = { after, wake };
      signal.addEventListener('abort', wake);
      this.#waiters.add(waiter);
      this.#poll ??= setInterval(() => this.#lookAtFile(), this.#pollMs);
    });
  }

  /** Something was committed. */
  look(): void {
    if (this.#waiters.size === 0) return;
    const head = this.#reader.head();
    for (const waiter of [...this.#waiters]) if (waiter.after < head) waiter.wake();
  }

  /** Lets everybody go. */
  end(): void {
    this.#ended = true;
    for (const waiter of [...this.#waiters]) waiter.wake();
  }

  /** A file that cannot be read is no news: whoever reads it learns what is wrong. */
  #lookAtFile(): void {
    try {
      const version = this.#reader.dataVersion();
      if (version === this.#version) return;
      this.look();
      this.#version = version;
    } catch {
      this.#version = undefined;
    }
  }

  #stop(): void {
    clearInterval(this.#poll);
    this.#poll = undefined;
  }
}
