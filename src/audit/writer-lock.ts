/**
 * One writer for each log: two would break its chain. The lock is a file that says whose it is; the lock of a process that is
 * gone is taken over. Whether a process of another machine (or container) lives cannot be seen from here: its lock counts as long
 * as it is touched, which its owner does twice a minute.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../config/config-error.ts';

interface Owner {
  pid: number;
  host: string;
  /** When the process began, as the system counts it; tells a process from a later one with its number. Empty where unknown. */
  begun: string;
  /** When the lock was taken, ISO 8601. */
  since: string;
  id: string;
}

const HEARTBEAT_MS = 30_000;
/** A lock of another machine that nobody has touched for so long is left over; clocks may differ by minutes. */
const SILENT_MS = 600_000;

/** Of this process. A lock with our number and an id that is not here was left by one that had our number before. */
const held = new Set<string>();

export const lockPath = (dir: string): string => join(dir, 'writer.lock');

export interface WriterLock extends AsyncDisposable {
  path: string;
}

/** Throws ConfigError when another process writes this log. */
export async function takeWriterLock(dir: string, now: () => number): Promise<WriterLock> {
  const path = lockPath(dir);
  const id = randomUUID();
  const since = new Date(now()).toISOString();
  const owner: Owner = { pid: process.pid, host: hostname(), begun: await processStart(process.pid), since, id };
  // Known before it can be read: a lock of ours that is not held would be taken for a stale one.
  held.add(id);
  try {
    await claimOrTakeOver(path, owner);
  } catch (error) {
    held.delete(id);
    throw error;
  }
  const heartbeat = setInterval(() => void touch(path), HEARTBEAT_MS).unref();
  return {
    path,
    async [Symbol.asyncDispose]() {
      clearInterval(heartbeat);
      held.delete(id);
      if ((await readOwner(path))?.id === id) await unlink(path);
    },
  };
}

/** Throws ConfigError when another process writes this log. Takes and makes nothing: to be asked before starting. */
export async function checkWriterLock(dir: string): Promise<void> {
  await livingOwnerThrows(lockPath(dir));
}

/** A disk that does not take it takes no entry either, and says so then. */
async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
}

async function claimOrTakeOver(path: string, owner: Owner): Promise<void> {
  if (await claim(path, owner)) return;
  await removeStale(path);
  if (!(await claim(path, owner))) throw taken(path, await readOwner(path));
}

/** A link appears with its content at once; a file made in place could be read while it is still empty. */
async function claim(path: string, owner: Owner): Promise<boolean> {
  const own = `${path}.${owner.id}`;
  try {
    await writeFile(own, `${JSON.stringify(owner)}\n`, { flag: 'wx', mode: 0o600 });
    await link(own, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(own).catch(() => {});
  }
}

async function removeStale(path: string): Promise<void> {
  const owner = await livingOwnerThrows(path);
  const aside = `${path}.stale-${randomUUID()}`;
  await rename(path, aside).catch(() => {});
  // Somebody else may have taken over in between: then this is their lock, and it goes back.
  const moved = await readOwner(aside);
  if (moved?.id !== owner?.id) await link(aside, path).catch(() => {});
  await unlink(aside).catch(() => {});
}

/** The owner that is gone, if there was one. */
async function livingOwnerThrows(path: string): Promise<Owner | undefined> {
  const owner = await readOwner(path);
  if (owner !== undefined && (await isAlive(owner, path))) throw taken(path, owner);
  return owner;
}

/** Undefined when there is none, or none that can be read. */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const owner: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isOwner(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isOwner(value: unknown): value is Owner {
  return typeof value === 'object' && value !== null && 'pid' in value && Number.isSafeInteger(value.pid);
}

async function isAlive({ pid, host, begun, id }: Owner, path: string): Promise<boolean> {
  if (host !== hostname()) return await isTouched(path);
  if (pid === process.pid) return held.has(id);
  return processExists(pid) && begun === (await processStart(pid));
}

async function isTouched(path: string): Promise<boolean> {
  const touched = await stat(path).catch(() => undefined);
  return touched !== undefined && Date.now() - touched.mtimeMs < SILENT_MS;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The 22nd field of Linux's `/proc/<pid>/stat`; the second one, a name in brackets, may hold spaces. */
async function processStart(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function taken(path: string, owner: Owner | undefined): ConfigError {
  const whose = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host} since ${owner.since}`;
  return new ConfigError({
    file: path,
    message: `Found this audit log in use by ${whose}; one gateway writes one log. End that process, set VENDORGRAPH_DATA_DIR to a folder of its own, or remove this file when that machine is gone (it counts as gone by itself ten minutes after its last sign of life).`,
  });
}
