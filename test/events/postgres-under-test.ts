/** A real Postgres for tests: each file gets databases of its own, dropped at its end, and each test an empty one. Without a server the tests say so and are skipped. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { EventLog } from '../../src/events/log.ts';
import { openPostgresLog, type PostgresLogOptions } from '../../src/events/postgres-log.ts';
import type { LogPlace } from './log.contract.ts';

const SERVER = process.env['DATABASE_URL'] ?? 'postgres://root@127.0.0.1:5432/postgres';

/** Why the tests cannot run; undefined when they can. */
export async function postgresMissing(): Promise<string | undefined> {
  // A machine that is busy must not look like one without a server; where there is none, that is told at once.
  const client = new Client({ connectionString: SERVER, connectionTimeoutMillis: 15_000 });
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    process.stderr.write(
      `SKIPPED: no Postgres answers (${code}). Set DATABASE_URL to one that lets us create databases.\n`,
    );
    return code;
  } finally {
    await client.end().catch(() => {});
  }
}

export interface TestDatabase extends AsyncDisposable {
  url: string;
  /** On a connection of its own, open for the whole life of the database. */
  query<Row = unknown>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Another connection, ended by `disconnect`, or with the database. */
  connect(): Promise<Client>;
  disconnect(): Promise<void>;
}

export async function makeDatabase(server = SERVER): Promise<TestDatabase> {
  const name = `vg_test_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = name;
  const clients: Client[] = [];
  const connect = async (): Promise<Client> => {
    const client = new Client({ connectionString: url.href });
    client.on('error', () => {});
    clients.push(client);
    await client.connect();
    return client;
  };
  const own = await connect();
  const disconnect = async (): Promise<void> => {
    const others = clients.splice(1);
    await Promise.all(others.map((client) => client.end().catch(() => {})));
  };
  return {
    url: url.href,
    query: async (text, values = []) => (await own.query(text, values)).rows,
    connect,
    disconnect,
    async [Symbol.asyncDispose]() {
      await disconnect();
      await own.end();
      await onServer(server, `drop database if exists ${name} with (force)`);
    },
  };
}

export interface PostgresPlace extends LogPlace {
  database: TestDatabase;
  openWith(options: Partial<PostgresLogOptions>): Promise<EventLog>;
}

/** Databases to use again: making one takes long. Dropped by `dropDatabases`. */
const free: TestDatabase[] = [];

export async function dropDatabases(): Promise<void> {
  await Promise.all(free.splice(0).map((database) => database[Symbol.asyncDispose]()));
}

/** A file that makes places ends with `afterAll(dropDatabases)`. */
export async function makePostgresPlace(): Promise<PostgresPlace> {
  const database = free.pop() ?? (await makeDatabase());
  const logs: EventLog[] = [];
  const openWith = async (options: Partial<PostgresLogOptions>): Promise<EventLog> => {
    const log = await openPostgresLog({ url: database.url, ...options });
    logs.push(log);
    return log;
  };
  return {
    database,
    openWith,
    open: (now) => openWith(now === undefined ? {} : { now }),
    async [Symbol.asyncDispose]() {
      await Promise.all(logs.map((log) => log[Symbol.asyncDispose]()));
      await database.disconnect();
      await database.query('drop schema if exists vendorgraph cascade');
      free.push(database);
    },
  };
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
