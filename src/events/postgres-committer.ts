/**
 * Commits deliveries in groups: what arrives while one commit runs shares the next, so that no timer is needed. Bounded: what
 * cannot be taken is refused at once, for a vendor waits for the answer.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import type { Logger } from '../observe/log.ts';
import type { Delivery } from './delivery.ts';
import { FAILPOINT_VARIABLE, type Failpoints, killProcess, readFailpoints } from './failpoint.ts';
import { type Appended, type LogMeasures, storedEvents } from './log.ts';
import { appendGroup } from './postgres-append.ts';
import type { Database } from './postgres-database.ts';
import { describeFailure, isOfTheData, isPassing, storeFailure } from './postgres-failure.ts';

export interface CommitterOptions {
  database: Database;
  log?: Logger | undefined;
  now: () => number;
  /** Deliveries that may wait. @default 2_000 */
  maxWaiting?: number | undefined;
  /** Their bytes. @default 64 MiB */
  maxWaitingBytes?: number | undefined;
  /** How long a delivery may wait before it is refused; it may be stored nevertheless. @default 2_000 */
  maxWaitMs?: number | undefined;
  measures?: LogMeasures | undefined;
  /** Called after every group that reached the disk. */
  onCommit(): void;
}

interface Waiting {
  delivery: Delivery;
  bytes: number;
  settled: boolean;
  timer: NodeJS.Timeout;
  resolve(appended: Appended): void;
  reject(error: GatewayError): void;
}

const GROUP_DELIVERIES = 500;
const GROUP_BYTES = 8 * 1024 * 1024;
/** Of a group that another gateway's commit stood in the way of. */
const ATTEMPTS = 5;
const PAUSE_MS = 20;
/** Writes a row, and changes nothing. */
const PROBE = `update vendorgraph.meta set value = value where name = 'origin'`;

export class PostgresCommitter {
  readonly #options: CommitterOptions;
  readonly #failpoints: Failpoints;
  #commits = 0;
  #inserted = 0;
  #waiting: Waiting[] = [];
  /** Of those that wait and those that are being committed. */
  #count = 0;
  #bytes = 0;
  #work: Promise<void> | undefined;
  #closed = false;
  /** Deliveries refused since the store failed; said once when it does and once when it is over. */
  #refused = 0;
  #probe: Promise<void> | undefined;

  constructor(options: CommitterOptions) {
    this.#options = options;
    this.#failpoints = readFailpoints(process.env[FAILPOINT_VARIABLE]);
    if (Object.keys(this.#failpoints).length > 0)
      options.log?.error({ failpoints: this.#failpoints }, 'events may get lost: a failpoint is set');
  }

  append(delivery: Delivery): Promise<Appended> {
    const { maxWaiting = 2_000, maxWaitingBytes = 64 * 1024 * 1024, maxWaitMs = 2_000 } = this.#options;
    const bytes = delivery.raw.byteLength;
    if (this.#closed) return Promise.reject(refused('The event log is being closed.'));
    if (this.#count >= maxWaiting || this.#bytes + bytes > maxWaitingBytes) {
      return Promise.reject(refused('Too many deliveries wait for the event log.'));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(waiting), maxWaitMs);
      const waiting: Waiting = { delivery, bytes, settled: false, timer, resolve, reject };
      this.#waiting.push(waiting);
      this.#count += 1;
      this.#bytes += bytes;
      this.#work ??= this.#run();
    });
  }

  isWritable(): boolean {
    if (this.#refused > 0) this.#probe ??= this.#tryToWrite();
    return this.#refused === 0 && !this.#closed;
  }

  /** Never rejects. */
  async #tryToWrite(): Promise<void> {
    try {
      await this.#options.database.transaction((queries) => queries.query(PROBE), 'writer');
      this.#recovered();
    } catch {
      // The next question tries again.
    } finally {
      this.#probe = undefined;
    }
  }

  /** Commits what waits, then takes nothing more. */
  async end(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#work, this.#probe]);
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    // What is handed over in the same turn belongs to the same group.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#commit(this.#takeGroup());
    this.#work = undefined;
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    const end = this.#waiting.findIndex((waiting, index) => {
      bytes += waiting.bytes;
      return index >= GROUP_DELIVERIES || (index > 0 && bytes > GROUP_BYTES);
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }

  /** A delivery that cannot be stored must not fail its neighbours: then each goes alone. */
  async #commit(group: readonly Waiting[]): Promise<void> {
    try {
      const appended = await this.#write(group);
      this.#commits += 1;
      if (this.#commits === this.#failpoints.killAfterCommits) killProcess();
      this.#recovered();
      this.#options.onCommit();
      this.#options.measures?.committed(storedEvents(appended));
      for (const [index, waiting] of group.entries()) this.#settle(waiting, appended[index]);
    } catch (error) {
      if (group.length > 1 && isOfTheData(error)) for (const waiting of group) await this.#commit([waiting]);
      else this.#fail(group, error);
    }
  }

  async #write(group: readonly Waiting[]): Promise<Appended[]> {
    const { database, now } = this.#options;
    const members = group.map(({ delivery }) => ({ delivery, whole: delivery }));
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await database.transaction(async (queries) => {
          const appended = await appendGroup(queries, members, now());
          this.#dieOfInserts(group);
          return appended;
        }, 'writer');
      } catch (error) {
        if (!isPassing(error) || attempt === ATTEMPTS) throw error;
        await wait(Math.random() * PAUSE_MS * attempt);
      }
    }
  }

  /** At the failpoint alone: everything is inserted then, and nothing committed. */
  #dieOfInserts(group: readonly Waiting[]): void {
    const { killAfterInserts = Number.POSITIVE_INFINITY } = this.#failpoints;
    for (const { delivery } of group) this.#inserted += delivery.events.length;
    if (this.#inserted >= killAfterInserts) killProcess();
  }

  #settle(waiting: Waiting, appended: Appended | undefined): void {
    if (appended !== undefined && this.#leave(waiting)) waiting.resolve(appended);
  }

  #fail(group: readonly Waiting[], error: unknown): void {
    const reason = describeFailure(error);
    const { log } = this.#options;
    if (isOfTheData(error)) log?.error({ reason, id: group[0]?.delivery.id }, 'a delivery cannot be stored');
    else {
      if (this.#refused === 0)
        log?.error({ reason }, 'the event log cannot be written: deliveries are refused until it can');
      this.#refused += group.length;
    }
    for (const waiting of group) if (this.#leave(waiting)) waiting.reject(storeFailure(error));
  }

  #recovered(): void {
    if (this.#refused > 0) this.#options.log?.info({ refused: this.#refused }, 'the event log is written again');
    this.#refused = 0;
  }

  /** One that is not being committed yet is taken out: nothing of it will be stored. */
  #giveUp(waiting: Waiting): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    if (this.#leave(waiting)) waiting.reject(refused('The event log took too long.'));
  }

  /** False when it was answered before. */
  #leave(waiting: Waiting): boolean {
    if (waiting.settled) return false;
    waiting.settled = true;
    clearTimeout(waiting.timer);
    this.#count -= 1;
    this.#bytes -= waiting.bytes;
    return true;
  }
}

function refused(message: string): GatewayError {
  return new GatewayError('INTERNAL', message, { retryable: true });
}
