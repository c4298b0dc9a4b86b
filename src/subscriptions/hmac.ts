/**
 * HMAC-SHA256 for one key and many short messages. Every event of every stream gets a signed cursor; `createHmac` sets up an
 * OpenSSL context each time, which costs ten times as much as the two one-shot hashes that the HMAC is (RFC 2104).
 */
import { hash } from 'node:crypto';

/** SHA-256's block, bytes. */
const BLOCK = 64;

/** `key`: at most 64 bytes; a longer one would have to be hashed first. */
export function createHmacSha256(key: Uint8Array): (...message: readonly Uint8Array[]) => Buffer {
  if (key.length > BLOCK) throw new TypeError(`An HMAC key has at most ${BLOCK} bytes, not ${key.length}.`);
  const inner = paddedKey(key, 0x36);
  const outer = paddedKey(key, 0x5c);
  return (...message) => sha256([outer, sha256([inner, ...message])]);
}

function paddedKey(key: Uint8Array, pad: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.set(key);
  return Buffer.from(block.map((byte) => byte ^ pad));
}

const sha256 = (parts: readonly Uint8Array[]): Buffer => hash('sha256', Buffer.concat(parts), 'buffer');
