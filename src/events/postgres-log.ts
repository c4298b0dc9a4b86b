/**
 * The event log in Postgres, for several gateways that share it. Needs Postgres 14 or later and a database, where it makes a
 * schema "vendorgraph". What it promises is what that server keeps: a loss of the server's disk is for its replicas.
 */
import type { VendorName } from '../config/vendor-name.ts';
import type { Logger } from '../observe/log.ts';
import type { EventLog, LogMeasures, Position } from './log.ts';
import { rollEpoch } from './postgres-audit.ts';
import { readBytesLeft } from './postgres-bytes.ts';
import { PostgresCommitter } from './postgres-committer.ts';
import { findConsumer, listConsumers, moveConsumer, openConsumer, removeConsumer } from './postgres-consumers.ts';
import { createDatabase, type Database, type Queries } from './postgres-database.ts';
import { storeFailure } from './postgres-failure.ts';
import { findUnread, listVendors, readFigures } from './postgres-figures.ts';
import { findLetters, redriveLetter } from './postgres-letters.ts';
import { horizonPosition, POSITION_LENGTH } from './postgres-position.ts';
import { pruneVendor } from './postgres-prune.ts';
import { countEvents, findDelivery, findEvents, headPosition, readPage } from './postgres-reader.ts';
import { replayEvents } from './postgres-replay.ts';
import { metaOf, startPostgresLog } from './postgres-start.ts';
import { PostgresWaiters } from './postgres-waiters.ts';

export interface PostgresLogOptions {
  /** `postgres://user:password@host:port/database`. */
  url: string;
  log?: Logger | undefined;
  measures?: LogMeasures | undefined;
  now?: (() => number) | undefined;
  /** Connections that read, besides one that writes and one that listens. @default 4 */
  readers?: number | undefined;
  /** Deliveries that may wait for a commit. @default 2_000 */
  maxWaiting?: number | undefined;
  /** Their bytes. @default 64 MiB */
  maxWaitingBytes?: number | undefined;
  /** How long a delivery may wait for its commit before it is refused. @default 2_000 */
  maxWaitMs?: number | undefined;
  /** After so long without an answer a connection counts as dead. @default 10_000 */
  answerMs?: number | undefined;
  /** How often to look for events while somebody waits, should a NOTIFY get lost. @default 250 */
  pollMs?: number | undefined;
}

/**
 * Makes the schema when it is not there. Throws ConfigError when the server cannot be reached or cannot keep the log. From then
 * on what the database does not answer is INTERNAL, retryable, and comes right by itself once it answers again.
 */
export async function openPostgresLog(options: PostgresLogOptions): Promise<EventLog> {
  const { url, log, now = Date.now, readers, answerMs, pollMs } = options;
  await start(url, log);
  const database = await createDatabase({ url, readers, answerMs });
  const waiters = new PostgresWaiters({ database, log, pollMs });
  const committer = new PostgresCommitter({ ...options, database, now, onCommit: () => waiters.look() });
  let ended: Promise<void> | undefined;
  return {
    ...logOf({ database, committer, waiters, now }),
    [Symbol.asyncDispose]: () => (ended ??= endAll(committer, waiters, database)),
  };
}

/** On a connection of its own, which waits as long as it takes to bring an old log to the present version. */
async function start(url: string, log: Logger | undefined): Promise<void> {
  await using database = await createDatabase({ url, readers: 1, answerMs: 0 });
  await startPostgresLog(database, log);
}

/** What was appended is stored before the connections go. */
async function endAll(committer: PostgresCommitter, waiters: PostgresWaiters, database: Database): Promise<void> {
  await committer.end();
  await waiters.end();
  await database[Symbol.asyncDispose]();
}

interface Parts {
  database: Database;
  committer: PostgresCommitter;
  waiters: PostgresWaiters;
  now: () => number;
}

function logOf({ database, committer, waiters, now }: Parts): Omit<EventLog, typeof Symbol.asyncDispose> {
  return {
    name: database.name,
    positionLength: POSITION_LENGTH,
    epoch: () => epochOf(database),
    // Never put back in silence: the start finds that out, and refuses.
    endOf: async (epoch) => (epoch === (await epochOf(database)) ? headPosition(database) : undefined),
    rollEpoch: (by) => inOne(database, (queries) => rollEpoch(queries, by, now())),
    append: (delivery) => committer.append(delivery),
    isWritable: () => committer.isWritable(),
    read: (after, filter, limit) => readPage(database, after, filter, limit),
    head: () => headPosition(database),
    earliest: (vendors) => earliestOf(database, vendors),
    waitFor: (after, signal) => waiters.waitFor(after, signal),
    consumer: (principal, name) => findConsumer(database, principal, name),
    openConsumer: (principal, name, first) => openConsumer(database, principal, name, first, now()),
    commitConsumer: (principal, name, position) => moveConsumer(database, principal, name, position, now()),
    consumers: () => listConsumers(database),
    removeConsumer: (principal, name, by) =>
      inOne(database, (queries) => removeConsumer(queries, principal, name, by, now())),
    find: (query, limit, newestFirst = false) => findEvents(database, query, limit, newestFirst),
    count: (query) => countEvents(database, query),
    delivery: (id) => findDelivery(database, id),
    replay: (query, by) => answered(replayEvents(database, query, by, now)),
    deadLetters: (query, limit) => findLetters(database, query, limit),
    redrive: (id, events, by) => inOne(database, (queries) => redriveLetter(queries, id, events, by, now())),
    prune: (vendor, retention) => answered(pruneVendor(database, vendor, retention, now())),
    bytesLeft: (vendor, query) => readBytesLeft(database, vendor, query),
    vendors: () => listVendors(database),
    figures: () => readFigures(database, now()),
    unread: (follows) => findUnread(database, follows),
  };
}

async function epochOf(queries: Queries): Promise<string> {
  return (await metaOf(queries, 'epoch')) ?? '';
}

async function earliestOf(queries: Queries, vendors: readonly VendorName[]): Promise<Position> {
  const [row] = await queries.query<{ position: Position | null }>(
    'select max(position) as position from vendorgraph.pruned where vendor = any($1::text[])',
    [vendors],
  );
  return row?.position ?? horizonPosition('0');
}

function inOne<Result>(database: Database, work: (queries: Queries) => Promise<Result>): Promise<Result> {
  return answered(database.transaction(work));
}

/** What the driver says stays here. */
function answered<Result>(result: Promise<Result>): Promise<Result> {
  return result.catch((error: unknown) => {
    throw storeFailure(error);
  });
}
