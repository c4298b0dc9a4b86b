/**
 * The key that signs the head: from the environment, or made once and kept beside the log. Who can write the data folder can
 * read that file; only a key kept elsewhere, or heads taken from the log output, hold against them.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { syncFolder } from './folder-sync.ts';
import { writeWholeFile } from './whole-file.ts';

const KEY_BYTES = 32;

export interface AuditKeyOptions {
  dataDir: string;
  /** Any text; wins over the file. */
  key?: string | undefined;
}

/** Undefined when none was given and none was ever made. Throws ConfigError when the file holds something else. */
export async function readAuditKey({ dataDir, key }: AuditKeyOptions): Promise<Buffer | undefined> {
  if (key !== undefined) return Buffer.from(key);
  const file = keyPath(dataDir);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  if (/^[0-9a-f]{64}\n?$/.test(text)) return Buffer.from(text.trim(), 'hex');
  throw new ConfigError({
    file,
    message:
      'Found something else than the key of the audit log, 64 hexadecimal digits. Put back the file of your backup, or set VENDORGRAPH_AUDIT_KEY.',
  });
}

/** Makes one when there is none; the data folder must exist. */
export async function ensureAuditKey(options: AuditKeyOptions): Promise<Buffer> {
  const known = await readAuditKey(options);
  if (known !== undefined) return known;
  const key = randomBytes(KEY_BYTES);
  await writeWholeFile(keyPath(options.dataDir), `${key.toString('hex')}\n`);
  // Once the key is lost, every head it signed is worth nothing.
  await syncFolder(options.dataDir);
  return key;
}

export const keyPath = (dataDir: string): string => join(dataDir, 'audit.key');
