/**
 * The embedded event log: one SQLite file (`.data/events.db`) for one gateway process, which a CLI beside it may read and write,
 * too. A thread of its own writes; reading happens here. What it acknowledges survives a crash and a power cut on a disk that
 * keeps what it was told to sync.
 */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { displayPath } from '../config/config-error.ts';
import { GatewayError } from '../errors.ts';
import type { Logger } from '../observe/log.ts';
import { FAILPOINT_VARIABLE, readFailpoints } from './failpoint.ts';
import type { EventFilter, EventLog, EventQuery, LogMeasures, LogPage, Position } from './log.ts';
import { readBytesLeft } from './sqlite-bytes.ts';
import { openForReading } from './sqlite-connection.ts';
import { endOfEpoch, presentEpoch } from './sqlite-epoch.ts';
import { POSITION_LENGTH, positionOf, seqOf } from './sqlite-position.ts';
import { countEvents, findEvents, findSeqs } from './sqlite-query.ts';
import { refused } from './sqlite-queue.ts';
import { SqliteReader } from './sqlite-reader.ts';
import { SqliteRecords } from './sqlite-records.ts';
import { pruneVendor, replayEvents } from './sqlite-steps.ts';
import { SqliteWaiters } from './sqlite-waiters.ts';
import { type SqliteWriter, startSqliteWriter } from './sqlite-writer.ts';

export interface SqliteLogOptions {
  /** Its folder is made when it is not there. */
  path: string;
  log?: Logger | undefined;
  measures?: LogMeasures | undefined;
  now?: (() => number) | undefined;
  /** Deliveries that may wait for a commit. @default 2_000 */
  maxWaiting?: number | undefined;
  /** Their bytes. @default 64 MiB */
  maxWaitingBytes?: number | undefined;
  /** How long a delivery may wait for its commit before it is refused. @default 2_000 */
  maxWaitMs?: number | undefined;
  /**
   * For a gateway, of which there is one: begins an epoch, so that positions given before a restore are known for what they are.
   * @default false
   */
  beginsEpoch?: boolean | undefined;
  /** How often to look for events of another process while somebody waits. @default 10 */
  pollMs?: number | undefined;
}

/** Where the events of a data folder are kept. */
export function eventLogPath(dataDir: string): string {
  return join(dataDir, 'events.db');
}

/**
 * Makes the file when it is not there. Throws ConfigError when it is no event log, or cannot keep one. Disposing stores what
 * was given to it, and closes the file.
 */
export async function openSqliteLog(options: SqliteLogOptions): Promise<EventLog> {
  const { path, log, measures, now = Date.now, pollMs = 10, beginsEpoch } = options;
  const { maxWaiting = 2_000, maxWaitingBytes = 64 * 1024 * 1024, maxWaitMs = 2_000 } = options;
  const failpoints = readFailpoints(process.env[FAILPOINT_VARIABLE]);
  if (Object.keys(failpoints).length > 0) log?.error({ failpoints }, 'events may get lost: a failpoint is set');
  let onCommit = (): void => {};
  const limits = { maxWaiting, maxWaitingBytes, maxWaitMs };
  const writer = startSqliteWriter({
    path,
    log,
    measures,
    failpoints,
    beginsEpoch,
    ...limits,
    onCommit: () => onCommit(),
  });
  try {
    const db = openForReading(path);
    const waiters = new SqliteWaiters(new SqliteReader(db), pollMs);
    onCommit = () => waiters.look();
    return logOf({ path, db, writer, waiters, now });
  } catch (error) {
    await writer.end();
    throw error;
  }
}

interface Parts {
  path: string;
  db: DatabaseSync;
  writer: SqliteWriter;
  waiters: SqliteWaiters;
  now: () => number;
}

function logOf({ path, db, writer, waiters, now }: Parts): EventLog {
  const reader = new SqliteReader(db);
  const records = new SqliteRecords(db);
  const endOf = (epoch: string): Position | undefined => {
    const end = endOfEpoch(db, epoch, reader.head());
    return end === undefined ? undefined : positionOf(end);
  };
  const question = (query: EventQuery) => ({ db, query, head: reader.head() });
  let ended: Promise<void> | undefined;
  return {
    name: `sqlite ${displayPath(path)}`,
    positionLength: POSITION_LENGTH,
    epoch: () => answered(() => presentEpoch(db)),
    endOf: (epoch) => answered(() => endOf(epoch)),
    rollEpoch: (by) => writer.run<'rollEpoch'>({ kind: 'rollEpoch', by, at: now() }),
    append: (delivery) => writer.append(delivery, now()),
    isWritable: () => writer.isWritable(),
    read: (after, filter, limit) => answered(() => readPage(reader, after, filter, limit)),
    head: () => answered(() => positionOf(reader.head())),
    earliest: (vendors) => answered(() => reader.earliest(vendors)),
    waitFor: (after, signal) => answered(() => waiters.waitFor(seqOf(after), signal)),
    consumer: (principal, name) => answered(() => records.consumer(principal, name)),
    openConsumer: (principal, name, first) =>
      writer.run<'openConsumer'>({ kind: 'openConsumer', principal, name, ...first, at: now() }),
    commitConsumer: (principal, name, position) =>
      writer.run<'commitConsumer'>({ kind: 'commitConsumer', principal, name, position, at: now() }),
    consumers: () => answered(() => records.consumers()),
    removeConsumer: (principal, name, by) =>
      writer.run<'removeConsumer'>({ kind: 'removeConsumer', principal, name, by, at: now() }),
    find: (query, limit, newestFirst = false) => answered(() => findEvents(question(query), limit, newestFirst)),
    count: (query) => answered(() => countEvents(question(query))),
    delivery: (id) => answered(() => records.delivery(id)),
    replay: (query, by) => answered(() => replayEvents(findSeqs(question(query)), writer, { query, by, now })),
    deadLetters: (query, limit) => answered(() => records.deadLetters(query, limit)),
    redrive: (id, events, by) => writer.run<'redrive'>({ kind: 'redrive', id, events, by, at: now() }),
    prune: (vendor, retention) => pruneVendor(writer, vendor, retention, now),
    bytesLeft: (vendor, query) => answered(() => readBytesLeft(db, vendor, query)),
    vendors: () => answered(() => records.vendors()),
    figures: () => answered(() => records.figures()),
    unread: (follows) => answered(() => records.unread(follows)),
    [Symbol.asyncDispose]: () => (ended ??= end()),
  };

  /** The reader goes first: who closes last takes the WAL over into the file, and only a writer can. */
  async function end(): Promise<void> {
    waiters.end();
    db.close();
    await writer.end();
  }
}

/** Who reads far behind the head lets others have a turn after each page; nothing else would make them wait. */
async function readPage(reader: SqliteReader, after: Position, filter: EventFilter, limit: number): Promise<LogPage> {
  const page = reader.page(after, filter, limit);
  if (!page.isEnd) await turn();
  return page;
}

/** What SQLite says is for the log, not for a caller; what the gateway says passes. */
async function answered<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GatewayError || error instanceof TypeError) throw error;
    throw refused('The event log does not answer.', error);
  }
}
