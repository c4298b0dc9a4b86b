/**
 * The audit log in files: `<data dir>/audit/audit-*.jsonl`. Entries gather into groups; a group is one write and one sync, so a
 * busy gateway pays little for each. An entry somebody waits for (`commit`) sends its group off at once. Nothing is made on disk
 * before the first entry: starting costs nothing.
 */
import { ConfigError } from '../config/config-error.ts';
import type { Logger } from '../observe/log.ts';
import type { AuditCounters, AuditLog, AuditPage, AuditQuery } from './audit-log.ts';
import type { AuditEntry } from './entry.ts';
import { entryJson } from './entry-json.ts';
import { isLogGone } from './gone-log.ts';
import { auditFolder, type LogFiles, openLogFiles } from './log-files.ts';
import { readPage } from './read-page.ts';
import { notRecorded, WaitingEntries, type WaitingEntry } from './waiting-entries.ts';
import { checkWriterLock } from './writer-lock.ts';

export interface FileAuditLogOptions {
  dataDir: string;
  /** Signs the head. @default made once, in `<data dir>/audit.key` */
  key?: string | undefined;
  log: Logger;
  counters?: AuditCounters;
  now?: () => number;
  /** @default 64 MB */
  segmentBytes?: number;
  /** How many entries may wait for the disk. @default 10_000 */
  maxWaiting?: number;
  /** How much JSON text may wait for the disk, characters. @default 64 Mi */
  maxWaitingChars?: number;
}

/** How long recorded entries gather: what a crash may take of reads. */
const GATHER_MS = 100;
/** How far the head may lag behind entries nobody waits for. */
const HEAD_LAG_MS = 500;
const RETRY_MS = 1_000;
/** The head goes to the log output this often: a copy that who changes the files does not reach. */
const ANCHOR_MS = 60_000;

/** Opens lazily. Disposing writes what waits, signs the head and gives up the lock; the log takes nothing from then on. */
export function createFileAuditLog(options: FileAuditLogOptions): FileAuditLog {
  return new FileAuditLog(options);
}

/**
 * Throws ConfigError when another gateway writes the audit log of this data folder, and says aloud when there was a log and it
 * is gone. Makes nothing and takes nothing: for a gateway that starts, which would otherwise learn it with its first entry.
 */
export async function checkAuditLogFree(dataDir: string, log: Logger): Promise<void> {
  await checkWriterLock(auditFolder(dataDir));
  if (await isLogGone(dataDir))
    log.error(
      { folder: auditFolder(dataDir) },
      'the audit log is gone though its key is here: whoever did not move it aside should restore it before a new one begins',
    );
}

export class FileAuditLog implements AuditLog {
  readonly #options: FileAuditLogOptions;
  readonly #now: () => number;
  readonly #waiting: WaitingEntries;
  #files: LogFiles | undefined;
  #failing = false;
  #closed = false;
  #ended: Promise<void> | undefined;
  /** Entries that were not taken since the disk failed. */
  #lost = 0;
  /** The work that goes on; the files are for one at a time. */
  #work: Promise<void> | undefined;
  #headDue = false;
  #gathering: NodeJS.Timeout | undefined;
  #headTimer: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #anchorTimer: NodeJS.Timeout | undefined;

  constructor(options: FileAuditLogOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#waiting = new WaitingEntries({
      maxEntries: options.maxWaiting ?? 10_000,
      maxChars: options.maxWaitingChars ?? 64 * 1024 * 1024,
    });
  }

  record(entry: AuditEntry): boolean {
    return this.#take(entry, undefined);
  }

  commit(entry: AuditEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = this.#failing ? undefined : { resolve, reject };
      const taken = this.#take(entry, settle);
      if (!taken || settle === undefined)
        reject(notRecorded(new Error('The disk takes nothing, or too much waits for it.')));
    });
  }

  isWritable(): boolean {
    return !this.#failing && !this.#closed;
  }

  /** Includes what was recorded before the call, unless the disk does not take it. */
  async read(query: AuditQuery): Promise<AuditPage> {
    await this.#work;
    if (this.#waiting.count > 0 && !this.#failing) await this.#start();
    return await readPage(auditFolder(this.#options.dataDir), query);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.#closed = true;
    this.#headDue = true;
    await this.#work;
    await this.#start();
    await this.#signLastHead();
    for (const timer of [this.#gathering, this.#headTimer, this.#retryTimer, this.#anchorTimer]) clearTimeout(timer);
    const lost = this.#lost + this.#waiting.count;
    if (lost > 0) this.#options.log.error({ lost }, 'audit entries were lost: the audit log could not be written');
    this.#anchor();
    await this.#files?.[Symbol.asyncDispose]();
  }

  #take(entry: AuditEntry, settle: WaitingEntry['settle']): boolean {
    if (this.#closed) return false;
    const taken = this.#waiting.add({ at: this.#now(), json: entryJson(entry), settle });
    if (!taken) this.#lost += 1;
    // The timer that tries again takes everything that waits by then.
    else if (!this.#failing) this.#schedule();
    return taken;
  }

  #schedule(): void {
    if (this.#work !== undefined) return;
    if (this.#waiting.urgent) void this.#start();
    else this.#gathering ??= setTimeout(() => void this.#start(), GATHER_MS);
  }

  /** Never rejects. */
  #start(): Promise<void> {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.#work ??= this.#run().finally(() => {
      this.#work = undefined;
      if (this.#failing) return;
      if (this.#headDue) void this.#start();
      else if (this.#waiting.count > 0) this.#schedule();
    });
    return this.#work;
  }

  /** Writes what waits now; what comes meanwhile gathers, unless somebody waits for it. */
  async #run(): Promise<void> {
    try {
      let left = this.#waiting.count;
      while (left > 0 || (this.#waiting.count > 0 && this.#waiting.urgent)) left -= await this.#writeGroup();
      if (this.#headDue) await this.#signHead();
      if (this.#failing) this.#recovered();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #writeGroup(): Promise<number> {
    this.#files ??= await this.#open();
    const group = this.#waiting.group();
    const head = group.some(({ settle }) => settle !== undefined);
    await this.#files.append(group, { head });
    this.#waiting.remove(group);
    this.#options.counters?.written(group.length);
    if (!head) this.#headTimer ??= setTimeout(() => this.#headIsDue(), HEAD_LAG_MS).unref();
    this.#anchorTimer ??= setTimeout(() => this.#anchor(), ANCHOR_MS).unref();
    return group.length;
  }

  async #open(): Promise<LogFiles> {
    const { dataDir, key, segmentBytes = 64 * 1024 * 1024, log } = this.#options;
    const files = await openLogFiles({ dataDir, key, segmentBytes, now: this.#now });
    const { end, adopted, torn } = files.recovery;
    log.info({ head: `${end.seq}:${end.hash}` }, end.seq === 0 ? 'audit log begun' : 'audit log opened');
    if (adopted > 0)
      log.warn({ adopted }, 'audit log was left open: entries below its signed head were taken as they stood');
    if (torn) log.warn(torn, 'audit log ended in the middle of an entry, which nobody was told of; it was set aside');
    return files;
  }

  #headIsDue(): void {
    this.#headTimer = undefined;
    this.#headDue = true;
    void this.#start();
  }

  async #signHead(): Promise<void> {
    await this.#files?.signHead();
    this.#headDue = false;
  }

  /** What does not reach the disk by now is lost, and was told; the head that stands stays. */
  async #signLastHead(): Promise<void> {
    if (!this.#failing) await this.#files?.signLastHead().catch((error) => this.#fail(error));
  }

  #anchor(): void {
    this.#anchorTimer = undefined;
    const end = this.#files?.end;
    if (end) this.#options.log.info({ head: `${end.seq}:${end.hash}` }, 'audit log head');
  }

  #fail(error: unknown): void {
    this.#waiting.reject(error);
    this.#options.counters?.failed();
    if (!this.#failing) {
      this.#failing = true;
      this.#options.log.error(
        { reason: reasonOf(error), folder: auditFolder(this.#options.dataDir) },
        'audit log cannot be written: writes are refused until it can',
      );
    }
    if (!this.#closed) this.#retryTimer = setTimeout(() => void this.#start(), RETRY_MS).unref();
  }

  #recovered(): void {
    this.#failing = false;
    this.#options.log.info({ lost: this.#lost }, 'audit log is written again');
    this.#lost = 0;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ConfigError) return error.format();
  return error instanceof Error ? error.message : String(error);
}
