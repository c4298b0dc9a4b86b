/** A Postgres server of a test's own, to be stopped and started. It refuses to run as root, so root hands it to the user `postgres`. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LIB = '/usr/lib/postgresql';
const AS_ROOT = process.getuid?.() === 0;

/** Folder of the newest server's programs; undefined when there is none. */
export function serverPrograms(): string | undefined {
  const versions = existsSync(LIB) ? readdirSync(LIB) : [];
  const folders = versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => join(LIB, version, 'bin'));
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')));
  if (found === undefined) process.stderr.write('SKIPPED: no programs of a Postgres server here (initdb, pg_ctl).\n');
  return found;
}

export interface Cluster extends AsyncDisposable {
  /** Of a database to make others in. */
  url: string;
  /** Without a checkpoint and without a word to anybody, as in a crash. */
  stop(): Promise<void>;
  /** Resolves when it answers. */
  start(): Promise<void>;
}

export async function startCluster(programs: string): Promise<Cluster> {
  const dir = await mkdtemp(join(tmpdir(), 'vg-cluster-'));
  if (AS_ROOT) await chown(dir, ...(await idsOfPostgres()));
  const data = join(dir, 'data');
  const port = await freePort();
  await runAs(
    join(programs, 'initdb'),
    '-D',
    data,
    '-U',
    'root',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  );
  const settings = `-p ${port} -k ${dir} -c listen_addresses=127.0.0.1 -c shared_buffers=16MB`;
  const control = (...options: string[]): Promise<void> =>
    runAs(join(programs, 'pg_ctl'), '-D', data, '-w', ...options);
  const start = (): Promise<void> => control('-l', join(dir, 'log'), '-o', settings, 'start');
  const stop = (): Promise<void> => control('-m', 'immediate', 'stop');
  await start();
  return {
    url: `postgres://root@127.0.0.1:${port}/postgres`,
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop().catch(() => {});
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function runAs(program: string, ...options: string[]): Promise<void> {
  if (AS_ROOT) await run('runuser', ['-u', 'postgres', '--', program, ...options], { cwd: '/' });
  else await run(program, options);
}

async function idsOfPostgres(): Promise<[number, number]> {
  const [user, group] = await Promise.all(['-u', '-g'].map((option) => run('id', [option, 'postgres'])));
  return [Number(user?.stdout), Number(group?.stdout)];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
