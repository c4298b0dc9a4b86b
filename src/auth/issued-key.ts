/**
 * What an issued key looks like: `vg_live_<prefix>_<secret>`. The prefix finds it and may be shown; the secret has 190 bits,
 * so that a plain SHA-256 is enough to store it by.
 */
import { randomBytes } from 'node:crypto';
import { digestBytes, digestOf } from './digest.ts';

const START = 'vg_live_';
const PREFIX_LENGTH = 8;
const SECRET_LENGTH = 32;
const SECRET_AT = START.length + PREFIX_LENGTH + 1;
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Bytes from here on are thrown away: they would make the first letters likelier than the last. */
const FAIR = 256 - (256 % BASE62.length);

export interface NewKey {
  /** To be shown once and kept nowhere. */
  key: string;
  prefix: string;
  /** SHA-256 of the whole key. */
  digest: Buffer;
}

export function makeKey(): NewKey {
  const prefix = randomText(PREFIX_LENGTH);
  const key = `${START}${prefix}_${randomText(SECRET_LENGTH)}`;
  return { key, prefix, digest: digestBytes(digestOf(key)) };
}

/** The prefix of what looks like an issued key; undefined for any other token. */
export function prefixOf(token: string): string | undefined {
  if (!token.startsWith(START) || token[SECRET_AT - 1] !== '_') return undefined;
  return token.slice(START.length, SECRET_AT - 1);
}

/** Takes what a person copied: the prefix itself, `vg_live_<prefix>`, or the whole key. */
export function prefixFrom(text: string): string {
  return text.startsWith(START) ? text.slice(START.length, SECRET_AT - 1) : text;
}

function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < FAIR && text.length < length) text += BASE62[byte % BASE62.length];
    }
  }
  return text;
}
