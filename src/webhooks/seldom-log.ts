/** Log lines that strangers can cause: at most one a minute of a kind, with the number of those that were left out. */
import type { Logger } from '../observe/log.ts';

const EVERY_MS = 60_000;

export class SeldomLog {
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #kinds = new Map<string, { saidAt: number; unsaid: number }>();

  constructor(log: Logger, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** `message` and `fields.vendor` make the kind, with `fields.reason`: all from closed sets. */
  warn(fields: Readonly<Record<string, unknown>>, message: string): void {
    const kind = `${fields['vendor']} ${fields['reason']} ${message}`;
    const now = this.#now();
    const known = this.#kinds.get(kind);
    if (known !== undefined && now - known.saidAt < EVERY_MS && now >= known.saidAt) {
      known.unsaid += 1;
      return;
    }
    this.#log.warn(known === undefined || known.unsaid === 0 ? fields : { ...fields, unsaid: known.unsaid }, message);
    this.#kinds.set(kind, { saidAt: now, unsaid: 0 });
  }
}
