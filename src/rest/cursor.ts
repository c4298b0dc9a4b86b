/**
 * Opaque cursors: a vendor's position, sealed for one list with one set of arguments. The seal is a MAC whose key the caller
 * does not have, so what comes back as a cursor was handed out as one, for this very list.
 */
import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../errors.ts';

/** What a paging style needs to go on after a row. */
export type Position = readonly (string | number | null)[];

export interface CursorCodec {
  encode(position: Position): string;
  /** Throws CURSOR_INVALID for anything this list did not hand out for these arguments. */
  decode(cursor: string): Position;
}

/** `field` is the list's name as the caller sees it: a root field, or `Type.field` of a join. */
export type Cursors = (field: string, args: Readonly<Record<string, unknown>>) => CursorCodec;

/** Keys made of the same secrets for something else open nothing here. */
const LABEL = 'vendorgraph cursors of lists';
const KEY_BYTES = 32;
/** Of the MAC: 96 bits. */
const TAG_BYTES = 12;
const MAX_LENGTH = 4_096;

/** The first secret seals, each of them opens. @default one of this process alone */
export function createCursors(secrets: readonly Uint8Array[] = [randomBytes(KEY_BYTES)]): Cursors {
  const keys = secrets.map((secret) => keyOf(Buffer.from(hkdfSync('sha256', secret, '', LABEL, KEY_BYTES))));
  return (field, args) => createCodec(keys, field, args);
}

function createCodec(keys: readonly KeyObject[], field: string, args: Readonly<Record<string, unknown>>): CursorCodec {
  // Many queries select no cursor. The first one pays for the list, each for its own few bytes.
  let bound: readonly KeyObject[] | undefined;
  const listKeys = (): readonly KeyObject[] => {
    bound ??= keys.map((key) => keyOf(macOf(key, `${field}\n${canonical(args)}`)));
    return bound;
  };
  return {
    encode(position) {
      const [key] = listKeys();
      if (key === undefined) throw new TypeError('createCursors: there is no secret to seal with');
      const payload = Buffer.from(JSON.stringify(position));
      return Buffer.concat([tagOf(key, payload), payload]).toString('base64url');
    },
    decode(cursor) {
      const payload = cursor.length <= MAX_LENGTH ? opened(cursor, listKeys()) : undefined;
      if (payload !== undefined) return payload;
      throw new GatewayError('CURSOR_INVALID', `The cursor was not made by ${field} with these arguments.`, {
        operation: field,
        retryable: false,
      });
    },
  };
}

function opened(cursor: string, keys: readonly KeyObject[]): Position | undefined {
  const bytes = Buffer.from(cursor, 'base64url');
  // Node reads other spellings of the same bytes, too.
  if (bytes.length <= TAG_BYTES || bytes.toString('base64url') !== cursor) return undefined;
  const tag = bytes.subarray(0, TAG_BYTES);
  const payload = bytes.subarray(TAG_BYTES);
  if (!keys.some((key) => timingSafeEqual(tagOf(key, payload), tag))) return undefined;
  // Whatever bears the seal was written by `encode`.
  return JSON.parse(payload.toString()) as Position;
}

/** For OpenSSL a key is an object: made of bytes anew for each MAC, it would cost five times the MAC. */
const keyOf = (bytes: Buffer): KeyObject => createSecretKey(bytes);

function macOf(key: KeyObject, content: string | Buffer): Buffer {
  return createHmac('sha256', key).update(content).digest();
}

function tagOf(key: KeyObject, payload: Buffer): Buffer {
  return macOf(key, payload).subarray(0, TAG_BYTES);
}

/** The same text for the same arguments, in whatever order; an argument that is null counts as not given. */
function canonical(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
  const parts = entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`);
  return `{${parts.join()}}`;
}
