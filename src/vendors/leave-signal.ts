/**
 * What tells that a caller has left. An AbortSignal is one; where thousands of callers come and go in a second, and few leave
 * before they have their answer, `Leaving` is the same for a tenth of the price.
 */

/** As much of an AbortSignal as calls to vendors ask for. */
export interface LeaveSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  /** Called back once, when the caller leaves. */
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export class Leaving implements LeaveSignal {
  aborted = false;
  reason: unknown;
  #listeners: Set<() => void> | undefined;

  /** The caller has left. Says so to all who listen. @param reason what their work fails with; by default as an AbortController's */
  abort(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    for (const listener of listeners ?? []) listener();
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners?.delete(listener);
  }
}
