/** A Postgres server of a test's own, to be stopped and started. It refuses to run as root, so root hands it to the user `postgres`. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
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
  /** SIGKILL, of the server and all its children. */
  kill(): Promise<void>;
  /** Resolves when it answers. */
  start(): Promise<void>;
}

export interface ClusterOptions {
  /**
   * Whether it waits for the disk. What is killed leaves behind what it wrote all the same, and one that waits syncs its whole
   * folder, seconds of it, before it comes back from a crash. @default false
   */
  fsync?: boolean;
  /** Where it makes its folder. @default that of temporary files */
  parent?: string;
}

export async function startCluster(
  programs: string,
  { fsync = false, parent = tmpdir() }: ClusterOptions = {},
): Promise<Cluster> {
  const dir = await mkdtemp(join(parent, 'vg-cluster-'));
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
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=''`,
    'shared_buffers=16MB',
    `fsync=${fsync ? 'on' : 'off'}`,
  ];
  const options = `-p ${port} ${settings.map((setting) => `-c ${setting}`).join(' ')}`;
  const control = (...words: string[]): Promise<void> => runAs(join(programs, 'pg_ctl'), '-D', data, '-w', ...words);
  const start = (): Promise<void> => control('-l', join(dir, 'log'), '-o', options, 'start');
  const stop = (): Promise<void> => control('-m', 'immediate', 'stop');
  await start();
  return {
    url: `postgres://root@127.0.0.1:${port}/postgres`,
    start,
    stop,
    kill: () => killServer(data),
    async [Symbol.asyncDispose]() {
      await stop().catch(() => {});
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function killServer(data: string): Promise<void> {
  const [server = ''] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
  // It must start no more children while they are counted.
  process.kill(Number(server), 'SIGSTOP');
  const children = (await readFile(`/proc/${server}/task/${server}/children`, 'utf8')).split(' ').filter(Boolean);
  const all = [server, ...children].map(Number);
  for (const pid of all) process.kill(pid, 'SIGKILL');
  for (const pid of all) while (await isRunning(pid)) await wait(5);
  // Where nobody buries the dead, as in many a container, the next server would take the last one for alive.
  await rm(join(data, 'postmaster.pid'));
}

/** A dead process that nobody has asked for is not. */
async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return status !== '' && !/\) [ZX]/.test(status);
}

/** Where root's programs are, which not every PATH names. */
const WITH_SBIN = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };

async function runAs(program: string, ...options: string[]): Promise<void> {
  if (AS_ROOT) await run('runuser', ['-u', 'postgres', '--', program, ...options], { cwd: '/', env: WITH_SBIN });
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
