/** What seals the cursors of lists: nobody without the key makes one, and a key that is replaced still opens its own. */
import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Cursors, createCursors } from '../../src/rest/cursor.ts';

const OLD = Buffer.from('an old secret of thirty-two chars');
const NEW = Buffer.from('a new secret of thirty-two chars.');
const POSITION = ['cus_1', 7, null] as const;

const seal = (cursors: Cursors): string => cursors('stripeCustomers', { email: 'a' }).encode(POSITION);
const open = (cursors: Cursors, cursor: string) => cursors('stripeCustomers', { email: 'a' }).decode(cursor);

describe('a cursor', () => {
  it('holds in every process that has the key, and after a restart', () => {
    expect(open(createCursors([OLD]), seal(createCursors([OLD])))).toEqual(POSITION);
    expect(seal(createCursors([OLD]))).toBe(seal(createCursors([OLD])));
  });

  it('outlives its key for as long as that is among the keys, and is made with the first', () => {
    const both = createCursors([NEW, OLD]);
    expect(open(both, seal(createCursors([OLD])))).toEqual(POSITION);
    expect(seal(both)).toBe(seal(createCursors([NEW])));
    expect(() => open(createCursors([NEW]), seal(createCursors([OLD])))).toThrow(/not made by stripeCustomers/);
  });

  it('is not to be made without the key', () => {
    const cursors = createCursors();
    const payload = JSON.stringify(POSITION);
    const binding = 'stripeCustomers\n{"email":"a"}';
    const forged = [
      Buffer.from(`${crc32(payload, crc32(binding)).toString(36)}.${payload}`),
      Buffer.from(payload),
      Buffer.concat([Buffer.alloc(12), Buffer.from(payload)]),
      Buffer.concat([
        createHmac('sha256', '').update(binding).update(payload).digest().subarray(0, 12),
        Buffer.from(payload),
      ]),
      // The secret itself is no key: it is derived, under a name of its own.
      Buffer.concat([
        createHmac('sha256', OLD).update(binding).update(payload).digest().subarray(0, 12),
        Buffer.from(payload),
      ]),
    ];
    for (const bytes of forged) {
      for (const one of [cursors, createCursors([OLD])])
        expect(() => open(one, bytes.toString('base64url'))).toThrow(/not made by/);
    }
  });

  it('of one list is none of another, nor of other arguments', () => {
    const cursors = createCursors([OLD]);
    expect(() => cursors('stripeInvoices', { email: 'a' }).decode(seal(cursors))).toThrow(/not made by stripeInvoices/);
    expect(() => cursors('stripeCustomers', { email: 'b' }).decode(seal(cursors))).toThrow(/not made by/);
    expect(cursors('stripeCustomers', { after: null, email: 'a' }).decode(seal(cursors))).toEqual(POSITION);
  });
});
