/**
 * Wakes who waits for events. Three hints, none of them needed: an own commit, a NOTIFY, and a look every 250 ms while somebody
 * waits. Each leads to one question to the database; whoever it does not concern goes on waiting.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '../observe/log.ts';
import type { Position } from './log.ts';
import type { Database } from './postgres-database.ts';
import { describeFailure } from './postgres-failure.ts';
import { findTip } from './postgres-reader.ts';
import { CHANNEL } from './postgres-schema.ts';

export interface WaitersOptions {
  database: Database;
  log?: Logger | undefined;
  /** @default 250 */
  pollMs?: number | undefined;
}

interface Waiter {
  after: Position;
  wake(): void;
}

/** Between attempts to listen again. */
const RELISTEN_MS = 500;
/** Then twice as long each time, up to `pollMs`: what holds an event back is mostly over at once. */
const FIRST_HELD_BACK_MS = 5;
const LOST = 'not notified of events any more: looking for them every now and then, and trying to listen again';

export class PostgresWaiters {
  readonly #options: WaitersOptions;
  readonly #waiters = new Set<Waiter>();
  readonly #ended = new AbortController();
  /** The last event that could be read when it was looked for. */
  #tip: Position = '';
  #looking: Promise<void> | undefined;
  /** Something came while looking. */
  #again = false;
  #poll: NodeJS.Timeout | undefined;
  /** Until the next look when an event is held back; undefined: none is. */
  #heldBackMs: number | undefined;
  #listening: Promise<void> | undefined;

  constructor(options: WaitersOptions) {
    this.#options = options;
  }

  /** Listens from the first call on: who never waits needs no connection for it. */
  async waitFor(after: Position, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#ended.signal.aborted || this.#isKnownBehind(after)) return;
    this.#listening ??= this.#listen();
    await new Promise<void>((resolve) => {
      const waiter: Waiter = {
        after,
        wake: () => {
          this.#waiters.delete(waiter);
          signal.removeEventListener('abort', waiter.wake);
          resolve();
        },
      };
      signal.addEventListener('abort', waiter.wake);
      this.#waiters.add(waiter);
      this.look();
    });
  }

  /** What is known counts once: on a server that was put back to an older state it would send everybody away all the time. */
  #isKnownBehind(after: Position): boolean {
    if (after >= this.#tip) return false;
    this.#tip = '';
    return true;
  }

  /** Something may have come. Never rejects, never waits. */
  look(): void {
    if (this.#waiters.size === 0 || this.#ended.signal.aborted) return;
    this.#again = this.#looking !== undefined;
    this.#looking ??= this.#find().finally(() => {
      this.#looking = undefined;
      if (this.#again) this.look();
      else this.#pollLater();
    });
  }

  /** Lets everybody go. */
  async end(): Promise<void> {
    this.#ended.abort();
    clearTimeout(this.#poll);
    for (const waiter of this.#waiters) waiter.wake();
    await Promise.all([this.#looking, this.#listening]);
  }

  #pollLater(): void {
    clearTimeout(this.#poll);
    if (this.#waiters.size === 0) return;
    const { pollMs = 250 } = this.#options;
    this.#poll = setTimeout(() => this.look(), Math.min(pollMs, this.#heldBackMs ?? pollMs));
  }

  /** A failure is no news: the next look comes by itself, and whoever reads learns what is wrong. */
  async #find(): Promise<void> {
    const tip = await findTip(this.#options.database).catch(() => undefined);
    if (tip === undefined) return;
    const { position = '', isHeldBack } = tip;
    this.#heldBackMs = isHeldBack ? 2 * (this.#heldBackMs ?? FIRST_HELD_BACK_MS / 2) : undefined;
    this.#tip = position;
    for (const waiter of this.#waiters) if (waiter.after < this.#tip) waiter.wake();
  }

  /** Until the end; a connection that is lost is made again. The loss is said once, not with every attempt. */
  async #listen(): Promise<void> {
    const { signal } = this.#ended;
    let listened = true;
    const onListening = (): void => {
      listened = true;
      this.look();
    };
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      if (attempt > 0) await wait(RELISTEN_MS, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      await this.#listenOnce(onListening).catch((error: unknown) => {
        if (listened) this.#options.log?.warn({ reason: describeFailure(error) }, LOST);
        listened = false;
      });
    }
  }

  /** Rejects when the connection is lost; resolves at the end. */
  async #listenOnce(onListening: () => void): Promise<void> {
    const { signal } = this.#ended;
    const client = this.#options.database.newClient();
    const over = new Promise<void>((resolve, reject) => {
      client.once('error', reject);
      client.once('end', () => reject(new Error('The connection ended.')));
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    // It may be lost before anybody waits for it.
    over.catch(() => {});
    client.on('error', () => {});
    client.on('notification', () => this.look());
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      onListening();
      await over;
    } finally {
      // Not waited for: a server that does not answer would never let go.
      client.end().catch(() => {});
    }
  }
}
