/**
 * A cursor: a position that only we can have written, for one caller and one subscription field. It is no permission: what
 * its bearer may see is judged anew for each event. The tag protects integrity, not secrecy.
 *
 * base64url( version 1 B | key id 1 B | epoch 8 B | position 8 or 16 B | tag 16 B ): 46 or 56 characters, so that it fits into
 * a WebSocket's close reason.
 */
import { hkdfSync, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import type { Position } from '../events/log.ts';
import { createCursorMemory } from './cursor-memory.ts';
import { createHmacSha256 } from './hmac.ts';

const VERSION = 1;
const EPOCH_AT = 2;
const POSITION_AT = 10;
const TAG_BYTES = 16;
/** 8 or 16 bytes of position. */
const LENGTHS: ReadonlySet<number> = new Set([46, 56]);
/** Kept for those that come back; a stream keeps its own. */
const MOST_SIGNERS = 1_000;
const NOTHING = Buffer.alloc(0);
const LABEL = Buffer.from('vendorgraph cursor 1\0');

export interface CursorKey {
  /** 0 to 255, never used again for another secret. */
  id: number;
  /** At least 16 bytes. */
  secret: Uint8Array;
}

/** Whom a cursor serves: neither the token nor the selection nor the filter, which may change between connections. */
export interface CursorBearer {
  /** `Principal.id`. */
  principal: string;
  /** The subscription's root field. */
  field: string;
}

/** A place in the log as it was when the cursor was made. */
export interface LogPlace {
  epoch: string;
  position: Position;
}

export type SignPlace = (place: LogPlace) => string;

export interface Cursors {
  /** Makes the cursors of one bearer; its streams share it, and what it made last: they mostly give the same events. */
  signer(bearer: CursorBearer): SignPlace;
  /**
   * The place inside; whether it can still be read is `checkContinuity`'s question. `fields`: any of them may be the cursor's.
   * Throws CURSOR_INVALID for everything else than a cursor of ours for this principal and field, whatever is wrong with it.
   */
  open(text: string, principal: string, fields: readonly string[]): LogPlace & { field: string };
}

/** Signs with the first key and accepts all. Throws TypeError for keys that cannot be told apart or are too short. */
export function createCursors({ keys }: { keys: readonly CursorKey[] }): Cursors {
  checkKeys(keys);
  const [newest] = keys;
  const macs = new Map(keys.map(({ id, secret }) => [id, createHmacSha256(derive(secret))]));
  const signers = new Map<string, SignPlace>();
  const memory = createCursorMemory();
  const start = `${hexByte(VERSION)}${hexByte(newest?.id ?? 0)}`;
  const tagOf = (head: Uint8Array, bearer: Uint8Array): Buffer | undefined =>
    macs
      .get(head[1] ?? -1)?.(LABEL, head, bearer)
      .subarray(0, TAG_BYTES);

  return {
    signer(of) {
      const name = JSON.stringify([of.principal, of.field]);
      const known = signers.get(name);
      if (known) return known;
      const bearer = bytesOf(of);
      const signer = memory.remember(({ epoch, position }) => {
        const head = Buffer.from(start + epoch + position, 'hex');
        return Buffer.concat([head, tagOf(head, bearer) ?? NOTHING]).toString('base64url');
      });
      if (signers.size === MOST_SIGNERS) signers.clear();
      signers.set(name, signer);
      return signer;
    },
    open(text, principal, fields) {
      if (!LENGTHS.has(text.length)) throw invalid();
      const bytes = Buffer.from(text, 'base64url');
      const head = bytes.subarray(0, -TAG_BYTES);
      const isOurs = (field: string): boolean => {
        const expected = tagOf(head, bytesOf({ principal, field }));
        return expected !== undefined && timingSafeEqual(expected, bytes.subarray(-TAG_BYTES));
      };
      // Decoding forgives: the last character has spare bits, foreign characters are skipped. One place, one spelling.
      const field = bytes.toString('base64url') === text && head[0] === VERSION ? fields.find(isOurs) : undefined;
      if (field === undefined) throw invalid();
      return { field, epoch: head.toString('hex', EPOCH_AT, POSITION_AT), position: head.toString('hex', POSITION_AT) };
    },
  };
}

/**
 * The place a cursor names, whoever it was given to: for operators, who may read the whole log anyway. Proves nothing.
 * Undefined: it has not the form of one.
 */
export function placeInCursor(text: string): LogPlace | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (!LENGTHS.has(text.length) || bytes.toString('base64url') !== text || bytes[0] !== VERSION) return undefined;
  return {
    epoch: bytes.toString('hex', EPOCH_AT, POSITION_AT),
    position: bytes.toString('hex', POSITION_AT, bytes.length - TAG_BYTES),
  };
}

function checkKeys(keys: readonly CursorKey[]): void {
  if (keys.length === 0) throw new TypeError('Cursors need at least one key.');
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new TypeError('Two cursor keys have the same id.');
  for (const { id, secret } of keys) {
    if (!Number.isInteger(id) || id < 0 || id > 255)
      throw new TypeError(`A cursor key has the id ${id}, not 0 to 255.`);
    if (secret.length < 16) throw new TypeError(`The cursor key ${id} is shorter than 16 bytes.`);
  }
}

/** A key of its own, so that one secret may serve other ends too. */
function derive(secret: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'vendorgraph cursor key', 32));
}

const bytesOf = ({ principal, field }: CursorBearer): Buffer => Buffer.concat([prefixed(principal), prefixed(field)]);

/** With its length before it: no two pairs of names make the same bytes. */
function prefixed(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const hexByte = (value: number): string => value.toString(16).padStart(2, '0');

const invalid = (): GatewayError =>
  new GatewayError('CURSOR_INVALID', 'The cursor was not given for this subscription by this gateway.', {
    retryable: false,
  });
