/** Entries on their way to the disk, in order and bounded. When it is full it takes no more; nothing in it is ever dropped. */
import { GatewayError } from '../errors.ts';
import type { UnplacedEntry } from './log-files.ts';

export interface WaitingEntry extends UnplacedEntry {
  /** Somebody waits until it is on disk. */
  settle?: { resolve(): void; reject(error: GatewayError): void } | undefined;
}

export interface WaitingEntriesOptions {
  maxEntries: number;
  /** Of JSON text, characters. */
  maxChars: number;
}

/** Bounds of one group, so that chaining it never holds up the process for long. */
const GROUP_ENTRIES = 1_000;
const GROUP_CHARS = 4 * 1024 * 1024;

export class WaitingEntries {
  readonly #options: WaitingEntriesOptions;
  #entries: WaitingEntry[] = [];
  #chars = 0;
  /** How many of them somebody waits for. */
  #awaited = 0;

  constructor(options: WaitingEntriesOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#entries.length;
  }

  /** Whether somebody waits for one of them, or they fill a group. */
  get urgent(): boolean {
    return this.#awaited > 0 || this.#chars > GROUP_CHARS;
  }

  /** False when it is full. */
  add(entry: WaitingEntry): boolean {
    const { maxEntries, maxChars } = this.#options;
    if (this.#entries.length >= maxEntries || this.#chars + entry.json.length > maxChars) return false;
    this.#entries.push(entry);
    this.#chars += entry.json.length;
    if (entry.settle !== undefined) this.#awaited += 1;
    return true;
  }

  /** The oldest ones. They still count as waiting until `remove`. */
  group(): readonly WaitingEntry[] {
    let chars = 0;
    const end = this.#entries.findIndex(({ json }, index) => {
      chars += json.length;
      return index >= GROUP_ENTRIES || (index > 0 && chars > GROUP_CHARS);
    });
    return this.#entries.slice(0, end < 0 ? undefined : end);
  }

  /** Takes out a group that is on disk and tells who waits for it. */
  remove(group: readonly WaitingEntry[]): void {
    this.#entries = this.#entries.slice(group.length);
    for (const { json, settle } of group) {
      this.#chars -= json.length;
      if (settle === undefined) continue;
      this.#awaited -= 1;
      settle.resolve();
    }
  }

  /** Tells everybody who waits that the disk does not take it. The entries stay. */
  reject(cause: unknown): void {
    for (const entry of this.#entries) {
      entry.settle?.reject(notRecorded(cause));
      entry.settle = undefined;
    }
    this.#awaited = 0;
  }
}

export function notRecorded(cause: unknown): GatewayError {
  return new GatewayError('INTERNAL', 'The operation could not be recorded in the audit log.', {
    retryable: true,
    cause,
  });
}
