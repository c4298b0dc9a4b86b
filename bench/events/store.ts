/** Where the gateway of one measurement keeps its events: a folder of its own, or a database that is dropped again. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { Print } from '../benchmark.ts';
import { baseEnv } from '../environment.ts';

export interface Store extends AsyncDisposable {
  env: Readonly<Record<string, string>>;
}

export interface Engine {
  name: string;
  make(): Promise<Store>;
}

const SERVER = process.env['DATABASE_URL'] ?? 'postgres://root@127.0.0.1:5432/postgres';

/** Says so when no Postgres answers. */
export async function findEngines(print: Print): Promise<readonly Engine[]> {
  const fault = await onServer('select 1').then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code ?? 'it refused',
  );
  if (fault === undefined) return [SQLITE, POSTGRES];
  print(
    `\nNo Postgres answers (${fault}): measured with SQLite alone. Set DATABASE_URL to one that lets us create databases.`,
  );
  return [SQLITE];
}

const SQLITE: Engine = {
  name: 'SQLite',
  async make() {
    // The folder goes with the benchmark.
    return { env: dataDir(), async [Symbol.asyncDispose]() {} };
  },
};

const POSTGRES: Engine = {
  name: 'Postgres',
  async make() {
    const name = `vg_bench_${randomUUID().replaceAll('-', '')}`;
    await onServer(`create database ${name}`);
    const url = new URL(SERVER);
    url.pathname = name;
    return {
      env: { ...dataDir(), DATABASE_URL: url.href, VENDORGRAPH_CURSOR_KEYS: `1:${'benchmark'.repeat(4)}` },
      [Symbol.asyncDispose]: () => onServer(`drop database if exists ${name} with (force)`),
    };
  },
};

function dataDir(): Record<string, string> {
  const { VENDORGRAPH_DATA_DIR = '' } = baseEnv();
  return { VENDORGRAPH_DATA_DIR };
}

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: SERVER, connectionTimeoutMillis: 2_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
