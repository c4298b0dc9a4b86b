/**
 * The keys that sign cursors: from the environment, or one made once and kept in the data folder. Gateways that share a log
 * must share the keys, or none accepts another's cursors. The key of the file stays accepted beside those of the environment,
 * so that moving there breaks no client; whoever wants to retire it deletes the file, no sooner than the retention.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import type { CursorKey } from './cursor.ts';

const KEY_BYTES = 32;
/** Of the key in the file; those of the environment begin at 1. */
const FILE_ID = 0;
const GIVEN = /^(\d{1,3}):(.{32,})$/;

export interface CursorKeyOptions {
  /** Made when it is not there. */
  dataDir: string;
  /** `id:secret`, separated by commas, newest first: ids 1 to 255, secrets of at least 32 characters. */
  keys?: string | undefined;
}

/** Newest first; makes one when there is none at all. Throws ConfigError, which never shows a secret. */
export async function ensureCursorKeys({ dataDir, keys }: CursorKeyOptions): Promise<CursorKey[]> {
  const given = keys === undefined ? [] : parseKeys(keys);
  const kept = (await readKey(dataDir)) ?? (given.length === 0 ? await makeKey(dataDir) : undefined);
  return kept === undefined ? given : [...given, kept];
}

function parseKeys(text: string): CursorKey[] {
  const keys = text.split(',').map((part) => {
    const [, id, secret] = GIVEN.exec(part.trim()) ?? [];
    if (secret === undefined || Number(id) < 1 || Number(id) > 255) throw badSetting();
    return { id: Number(id), secret: Buffer.from(secret) };
  });
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw badSetting();
  return keys;
}

const badSetting = (): ConfigError =>
  new ConfigError({
    file: 'environment',
    message:
      'VENDORGRAPH_CURSOR_KEYS: expected id:secret, several separated by commas, newest first, each id (1 to 255) once, each secret of at least 32 characters.',
  });

async function readKey(dataDir: string): Promise<CursorKey | undefined> {
  const file = keyPath(dataDir);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  if (/^[0-9a-f]{64}\n?$/.test(text)) return { id: FILE_ID, secret: Buffer.from(text.trim(), 'hex') };
  throw new ConfigError({
    file,
    message:
      'Found something else than the key of cursors, 64 hexadecimal digits. Put back the file of your backup; without one, delete it, and every client must begin anew.',
  });
}

/** Whole or not at all, and on disk before the first cursor leaves. When two processes make one at once, both get the first. */
async function makeKey(dataDir: string): Promise<CursorKey | undefined> {
  const draft = `${keyPath(dataDir)}.${randomUUID()}`;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeSynced(draft, `${randomBytes(KEY_BYTES).toString('hex')}\n`);
  try {
    await link(draft, keyPath(dataDir)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await unlink(draft);
  }
  await syncFolder(dataDir);
  return readKey(dataDir);
}

async function writeSynced(path: string, text: string): Promise<void> {
  const handle = await open(path, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const keyPath = (dataDir: string): string => join(dataDir, 'cursor.key');
