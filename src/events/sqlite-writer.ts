/**
 * Keeps the writer thread: hands it group after group, and starts another when it ends. It is started with the first thing to
 * write: a gateway that is told nothing does without its 30 MB.
 */
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { Delivery } from './delivery.ts';
import type { Failpoints } from './failpoint.ts';
import { type Appended, type LogMeasures, storedEvents } from './log.ts';
import type { Job, JobAnswer, JobAnswers, JobKind, JobOf, Outcome, ToWriter } from './sqlite-jobs.ts';
import { packGroup } from './sqlite-pack.ts';
import { type QueueLimits, refused, SqliteQueue } from './sqlite-queue.ts';
import { type SqliteFileOptions, startSqliteFile } from './sqlite-start.ts';
import { startWriterThread } from './sqlite-thread.ts';

/** Between attempts to start a thread after one could not open the file. */
const RESTART_MS = 1_000;

export interface SqliteWriterOptions extends QueueLimits, SqliteFileOptions {
  measures?: LogMeasures | undefined;
  /** Called after every group that reached the disk, before those who wait for it learn of it. */
  onCommit(): void;
}

/** Throws ConfigError when the file cannot keep the log. */
export function startSqliteWriter(options: SqliteWriterOptions): SqliteWriter {
  startSqliteFile(options);
  return new SqliteWriter(options);
}

export class SqliteWriter {
  readonly #options: SqliteWriterOptions;
  readonly #queue: SqliteQueue;
  #worker: Worker | undefined;
  #closed = false;
  /** No thread was needed yet. */
  #isIdle = true;
  /** A thread ended or could not start, and none has taken its place yet. */
  #isLost = false;
  #failing = false;
  #isProbed = false;
  #due: NodeJS.Immediate | undefined;
  #restart: NodeJS.Timeout | undefined;
  #starting: Promise<void> | undefined;
  /** Called when nothing waits any more. */
  #onIdle: (() => void) | undefined;

  constructor(options: SqliteWriterOptions) {
    this.#options = options;
    this.#queue = new SqliteQueue(options);
  }

  append(delivery: Delivery, at: number): Promise<Appended> {
    return this.#add({ delivery, at });
  }

  run<Kind extends JobKind>(job: JobOf<Kind>): Promise<JobAnswers[Kind]> {
    return this.#add({ job });
  }

  isWritable(): boolean {
    if (this.#failing && !this.#isProbed) this.#tryToWrite();
    return !this.#failing && !this.#isLost && !this.#closed;
  }

  #tryToWrite(): void {
    this.#isProbed = true;
    const over = (): void => {
      this.#isProbed = false;
    };
    this.run<'probe'>({ kind: 'probe' }).then(over, over);
  }

  /** Commits what waits, takes nothing more, and closes the file. */
  async end(): Promise<void> {
    this.#closed = true;
    if (!this.#queue.isEmpty) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    clearTimeout(this.#restart);
    await this.#starting;
    const worker = this.#worker;
    if (worker === undefined) return;
    const gone = once(worker, 'exit');
    worker.postMessage('end' satisfies ToWriter);
    await gone;
  }

  #add<Answer>(work: { delivery: Delivery; at: number } | { job: Job }): Promise<Answer> {
    if (this.#closed) return Promise.reject(refused('The event log is being closed.'));
    if (this.#isIdle) {
      this.#isIdle = false;
      this.#starting = this.#startAgain(this.#options.failpoints);
    } else if (this.#worker === undefined && this.#isLost) {
      return Promise.reject(refused('The event log cannot be written.'));
    }
    const answer = this.#queue.add(work);
    // What comes in the same turn belongs to the same group.
    if (!this.#queue.isUnderWay) this.#due ??= setImmediate(() => this.#send());
    // Each kind of job has its own kind of answer: `JobAnswers`.
    return answer as Promise<Answer>;
  }

  #send(): void {
    clearImmediate(this.#due);
    this.#due = undefined;
    if (this.#queue.isUnderWay || this.#worker === undefined) return;
    const group = packGroup(this.#queue.takeGroup());
    if (group.jobs.length > 0) this.#worker.postMessage(group satisfies ToWriter, [group.bytes]);
    else if (this.#queue.isEmpty) this.#onIdle?.();
  }

  #done(outcomes: readonly Outcome[]): void {
    this.#tell(outcomes);
    if (outcomes.some((outcome) => 'answer' in outcome)) this.#wakeReaders();
    this.#measure(outcomes);
    this.#queue.settle(outcomes);
    this.#send();
  }

  #measure(outcomes: readonly Outcome[]): void {
    const appended = outcomes.flatMap((outcome) =>
      'answer' in outcome && isAppended(outcome.answer) ? [outcome.answer] : [],
    );
    if (appended.length > 0) this.#options.measures?.committed(storedEvents(appended));
  }

  /** Whoever waits to be told that its delivery is stored must be told whatever becomes of those who read. */
  #wakeReaders(): void {
    try {
      this.#options.onCommit();
    } catch (error) {
      // The next look at the file wakes them.
      const reason = error instanceof Error ? error.message : typeof error;
      this.#options.log?.warn({ reason }, 'readers of the event log could not be woken');
    }
  }

  /** Once when the disk takes nothing, once when it does again, and each time for what the log cannot hold. */
  #tell(outcomes: readonly Outcome[]): void {
    const { log, path } = this.#options;
    const faults = outcomes.flatMap((outcome) => ('fault' in outcome ? [outcome.fault] : []));
    const ofStore = faults.find(({ of }) => of === 'store');
    const ofJob = faults.find(({ of }) => of === 'job');
    if (ofJob) log?.error({ reason: ofJob.reason, count: faults.length }, 'events were refused: they cannot be stored');
    if (ofStore && !this.#failing)
      log?.error({ path, reason: ofStore.reason }, 'events are refused: the disk takes none');
    if (!ofStore && this.#failing) log?.info({ path }, 'events are stored again');
    this.#failing = ofStore !== undefined;
  }

  /** Resolves when it writes, or with the reason why it cannot. */
  async #startThread(failpoints: Failpoints): Promise<string | undefined> {
    const { path } = this.#options;
    const { worker, reason } = await startWriterThread({
      path,
      failpoints,
      onDone: (outcomes) => this.#done(outcomes),
      onEnd: (why) => this.#ended(why),
    });
    if (worker === undefined) return reason;
    this.#worker = worker;
    this.#isLost = false;
    this.#send();
    return undefined;
  }

  #ended(reason: string): void {
    this.#worker = undefined;
    this.#isLost = true;
    if (this.#closed && this.#queue.isEmpty) return;
    this.#options.log?.error({ reason }, 'the thread that writes events ended: another is started');
    this.#queue.rejectAll(refused('The event log ended while it was writing.'));
    this.#onIdle?.();
    if (!this.#closed) this.#starting = this.#startAgain({});
  }

  async #startAgain(failpoints: Failpoints): Promise<void> {
    const reason = await this.#startThread(failpoints);
    if (reason === undefined) return;
    this.#isLost = true;
    this.#options.log?.error({ reason }, 'the event log cannot be opened');
    this.#queue.rejectAll(refused('The event log cannot be written.'));
    this.#onIdle?.();
    if (this.#closed) return;
    this.#restart = setTimeout(() => {
      this.#starting = this.#startAgain({});
    }, RESTART_MS);
  }
}

function isAppended(answer: JobAnswer): answer is Appended {
  return typeof answer === 'object' && 'events' in answer && typeof answer.events !== 'number';
}
