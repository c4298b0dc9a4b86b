/**
 * Connections to the database of the events: one that writes, a few that read, and what a listener needs to make its own. `pg` is
 * loaded here and only when it is needed. A connection that failed is thrown away; the next call makes another.
 */
import { once } from 'node:events';
import { Socket } from 'node:net';
import type { Client, ClientBase, CustomTypesConfig, Pool, PoolClient, PoolConfig } from 'pg';
import { ConfigError } from '../config/config-error.ts';
import { leavesConnection, storeFailure } from './postgres-failure.ts';

/** Runs one statement. `Row` is what its columns are called and hold: the statement stands beside the type. */
export interface Queries {
  query<Row = unknown>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Database extends Queries, AsyncDisposable {
  /** `postgres at host:port/name`, for messages; never a credential. */
  readonly name: string;
  /** One transaction on a connection of its own; commits when `work` resolves. Rejects as the driver does. */
  transaction<Result>(work: (queries: Queries) => Promise<Result>, kind?: ConnectionKind): Promise<Result>;
  /** Of nobody's pool, not connected yet. Who made it ends it; it goes with the database at the latest. */
  newClient(): Client;
}

/** The writer waits less for locks and is one only: that commits come one after another is what makes groups. */
export type ConnectionKind = 'reader' | 'writer';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/name`. */
  url: string;
  /** Connections that read. @default 4 */
  readers?: number | undefined;
  /** After so long without an answer a connection counts as dead; 0: never. @default 10_000 */
  answerMs?: number | undefined;
}

const CONNECT_MS = 2_000;
/** A server that answers nothing says no goodbye either. */
const GOODBYE_MS = 1_000;
/** An open transaction holds back every reader of the log: the server ends what sits idle in one. */
const IDLE_IN_TRANSACTION_MS = 10_000;
const LOCK_MS: Readonly<Record<ConnectionKind, number>> = { writer: 500, reader: 5_000 };
const INT8 = 20;

/** Connects to nothing yet. Throws ConfigError for a URL that is none. */
export async function createDatabase({ url, readers = 4, answerMs = 10_000 }: DatabaseOptions): Promise<Database> {
  const name = nameOf(url);
  const { Client, Pool, types } = await import('pg');
  const sockets = new Set<Socket>();
  const config: PoolConfig = {
    connectionString: url,
    application_name: 'vendorgraph',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: answerMs,
    keepAlive: true,
    stream: () => socketOf(sockets),
    types: numbersForInt8(types),
  };
  const pools: Readonly<Record<ConnectionKind, Pool>> = {
    writer: quiet(
      new Pool({ ...config, max: 1, idleTimeoutMillis: 0, onConnect: (client) => prepare(client, 'writer') }),
    ),
    reader: quiet(new Pool({ ...config, max: readers, onConnect: (client) => prepare(client, 'reader') })),
  };
  return {
    name,
    async query<Row>(text: string, values: readonly unknown[] = []) {
      const { rows } = await pools.reader.query(text, [...values]).catch((error: unknown) => {
        throw storeFailure(error);
      });
      return rows as Row[]; // the driver knows no types; the caller names those of its statement
    },
    transaction: (work, kind = 'reader') => inTransaction(pools[kind], work),
    newClient: () => new Client(config),
    async [Symbol.asyncDispose]() {
      await Promise.all([pools.writer.end(), pools.reader.end()]);
      await closeAll(sockets);
    },
  };
}

function socketOf(sockets: Set<Socket>): Socket {
  const socket = new Socket();
  sockets.add(socket);
  return socket.once('close', () => sockets.delete(socket));
}

/** One that stays open would keep the process from ending. Each was told to close. */
async function closeAll(sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = Promise.allSettled([...sockets].map((socket) => once(socket, 'close')));
  const limit = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, GOODBYE_MS);
  await closed;
  clearTimeout(limit);
}

async function inTransaction<Result>(pool: Pool, work: (queries: Queries) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  // Without a listener the loss of a connection between two statements would end the process.
  client.on('error', ignore);
  const session = { client, broken: false };
  try {
    await run(session, 'begin isolation level read committed');
    const result = await work({
      query: async <Row>(text: string, values?: readonly unknown[]) => await run<Row>(session, text, values),
    });
    await commit(session);
    return result;
  } catch (error) {
    if (!session.broken) await run(session, 'rollback').catch(ignore);
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(session.broken);
  }
}

interface Session {
  client: PoolClient;
  /** Nobody knows what the server did last, or it is gone. */
  broken: boolean;
}

async function run<Row>(session: Session, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  try {
    const { rows } = await session.client.query(text, [...values]);
    return rows as Row[]; // as in `query` above
  } catch (error) {
    if (!leavesConnection(error)) session.broken = true;
    throw error;
  }
}

/** The server answers a commit of a transaction that failed with a rollback, and calls that a success. */
async function commit(session: Session): Promise<void> {
  const { command } = await session.client.query('commit').catch((error: unknown) => {
    session.broken = true;
    throw error;
  });
  if (command !== 'COMMIT') throw new Error('The transaction was rolled back.');
}

/** Set by statements, not by start-up parameters: those are refused by some poolers. */
async function prepare(client: ClientBase, kind: ConnectionKind): Promise<void> {
  await client.query(`
    select set_config('lock_timeout', '${LOCK_MS[kind]}', false),
           set_config('idle_in_transaction_session_timeout', '${IDLE_IN_TRANSACTION_MS}', false)`);
  // Committed means on disk here, whatever the server's default says; a stricter setting stays.
  await client.query(`
    select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`);
}

/** A connection that dies while idle is thrown away by the pool; who needs one next learns what is wrong. */
function quiet(pool: Pool): Pool {
  return pool.on('error', ignore);
}

/** 64-bit integers as numbers: ours are milliseconds, bytes, counts and numbers of events, all below 2^53. */
function numbersForInt8({ getTypeParser }: CustomTypesConfig): CustomTypesConfig {
  const parserOf: typeof getTypeParser = (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : getTypeParser(oid, format);
  return { getTypeParser: parserOf };
}

function nameOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new ConfigError({
      file: 'DATABASE_URL',
      message:
        'Found something else than postgres://user:password@host:port/database. Percent-encode signs like @ and / in the password.',
    });
  }
  return `postgres at ${url.host || url.searchParams.get('host') || 'localhost'}${url.pathname}`;
}

const ignore = (): void => {};
