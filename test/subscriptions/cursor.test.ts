import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CursorKey, createCursors } from '../../src/subscriptions/cursor.ts';
import { createHmacSha256 } from '../../src/subscriptions/hmac.ts';

const key = (id: number): CursorKey => ({ id, secret: Buffer.alloc(32, id) });
const cursors = createCursors({ keys: [key(1)] });
const ANNA = { principal: 'key:anna', field: 'invoiceEvents' };
const PLACE = { epoch: '0123456789abcdef', position: '00000000000000ff' };
const LONG_PLACE = { epoch: '0123456789abcdef', position: '00000000000000ff00000000000000aa' };
const INVALID = expect.objectContaining({ code: 'CURSOR_INVALID', details: { retryable: false } });

const opened = (text: string, { principal, field } = ANNA, by = cursors) => by.open(text, principal, [field]);

describe('a cursor', () => {
  it.each([
    [PLACE, 46],
    [LONG_PLACE, 56],
  ])('gives back the place it was made of, in as many characters as a close reason has room for', (place, length) => {
    const text = cursors.signer(ANNA)(place);
    expect(text).toMatch(/^[\w-]+$/);
    expect(text).toHaveLength(length);
    expect(opened(text)).toEqual({ ...place, field: ANNA.field });
  });

  it.each([PLACE, LONG_PLACE])('is refused when any one of its bits is another', (place) => {
    const bytes = Buffer.from(cursors.signer(ANNA)(place), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const forged = Buffer.from(bytes);
      forged[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => opened(forged.toString('base64url'))).toThrow(INVALID);
    }
  });

  it('is refused when any one of its characters is another, the spare bits of the last one too', () => {
    const text = cursors.signer(ANNA)(PLACE);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n';
    for (let at = 0; at < text.length; at++)
      for (const other of alphabet)
        if (other !== text[at])
          expect(() => opened(text.slice(0, at) + other + text.slice(at + 1)), `${at} ${other}`).toThrow(INVALID);
  });

  it('is refused when it is longer, shorter or something else altogether', () => {
    const text = cursors.signer(ANNA)(PLACE);
    for (const other of ['', 'x', text.slice(1), `${text}A`, `${text}=`, ` ${text}`, text.repeat(2), 'ü'.repeat(46)])
      expect(() => opened(other)).toThrow(INVALID);
    const random = fc.constantFrom(34, 42).map((length) => randomBytes(length).toString('base64url'));
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 60 }), random), (other) => {
        expect(() => opened(other)).toThrow(INVALID);
      }),
    );
  });

  it('serves nobody but the caller and the field it was made for', () => {
    const text = cursors.signer(ANNA)(PLACE);
    for (const bearer of [
      { ...ANNA, principal: 'key:bert' },
      { ...ANNA, field: 'ticketEvents' },
      { principal: 'key:annai', field: 'nvoiceEvents' },
      { principal: ANNA.field, field: ANNA.principal },
    ])
      expect(() => opened(text, bearer)).toThrow(INVALID);
    expect(cursors.open(text, ANNA.principal, ['ticketEvents', 'invoiceEvents']).field).toBe('invoiceEvents');
    expect(() => cursors.open(text, ANNA.principal, [])).toThrow(INVALID);
  });

  it('outlives the change of keys until its key is retired', () => {
    const before = createCursors({ keys: [key(1)] }).signer(ANNA)(PLACE);
    const rotated = createCursors({ keys: [key(2), key(1)] });
    expect(opened(before, ANNA, rotated)).toMatchObject(PLACE);
    const after = rotated.signer(ANNA)(PLACE);
    const retired = createCursors({ keys: [key(2)] });
    expect(opened(after, ANNA, retired)).toMatchObject(PLACE);
    expect(() => opened(before, ANNA, retired)).toThrow(INVALID);
  });

  it('is not accepted under the same key id with another secret', () => {
    const stranger = createCursors({ keys: [{ id: 1, secret: Buffer.alloc(32, 9) }] });
    expect(() => opened(stranger.signer(ANNA)(PLACE))).toThrow(INVALID);
  });

  it('needs keys that can be told apart and not guessed', () => {
    expect(() => createCursors({ keys: [] })).toThrow(TypeError);
    expect(() => createCursors({ keys: [key(1), key(1)] })).toThrow(TypeError);
    expect(() => createCursors({ keys: [{ id: 256, secret: Buffer.alloc(32) }] })).toThrow(TypeError);
    expect(() => createCursors({ keys: [{ id: 1, secret: Buffer.alloc(15) }] })).toThrow(TypeError);
  });
});

describe('the quick HMAC', () => {
  it('is the one of RFC 2104 for keys of every length up to a block', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes, (secret, message) => {
        const expected = createHmac('sha256', secret).update(message).digest('hex');
        expect(createHmacSha256(secret)(message).toString('hex')).toBe(expected);
      }),
    );
    expect(() => createHmacSha256(new Uint8Array(65))).toThrow(TypeError);
  });
});
