/** Reads secrets where settings say they are: `secret://env/NAME`, `secret://file/PATH`. */
import { readFileSync, statSync } from 'node:fs';

/** Returns the secret behind a reference, or throws SecretError. Asked before each use: a rotated file counts at once. */
export type SecretReader = (reference: string) => string;

/** Names the reference, never a value. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
  readonly reference: string;

  constructor(reference: string, problem: string) {
    super(`${reference} ${problem}`);
    this.reference = reference;
  }
}

export interface SecretReaderOptions {
  env: Readonly<Record<string, string | undefined>>;
}

/** A larger file is no secret but a mistake. */
const MAX_BYTES = 64 * 1024;
const REFERENCE = /^secret:\/\/(?<kind>env|file)\/(?<place>.+)$/;

export function createSecretReader({ env }: SecretReaderOptions): SecretReader {
  const files = new Map<string, FileSecret>();
  return (reference) => {
    const { kind, place } = REFERENCE.exec(reference)?.groups ?? {};
    if (place === undefined) throw new SecretError('A secret', 'is named as secret://env/NAME or secret://file/PATH.');
    if (kind === 'file') return readFileSecret(reference, place, files);
    const value = env[place];
    if (value === undefined || value === '') throw new SecretError(reference, 'is not set.');
    return value;
  };
}

interface FileSecret {
  mtimeMs: number;
  size: number;
  value: string;
}

function readFileSecret(reference: string, place: string, files: Map<string, FileSecret>): string {
  const path = place.startsWith('/') ? place : `/${place}`;
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile()) throw new SecretError(reference, 'is no file.');
  const known = files.get(path);
  if (known?.mtimeMs === stats.mtimeMs && known.size === stats.size) return known.value;
  if (stats.size > MAX_BYTES) throw new SecretError(reference, `is larger than ${MAX_BYTES} bytes.`);
  const value = readText(reference, path);
  files.set(path, { mtimeMs: stats.mtimeMs, size: stats.size, value });
  return value;
}

function readText(reference: string, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new SecretError(reference, 'cannot be read.');
  }
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw new SecretError(reference, 'is empty.');
  return value;
}
