import fc from 'fast-check';
import { GraphQLList, GraphQLNonNull, GraphQLString } from 'graphql';
import { describe, expect, it } from 'vitest';
import { PII_CATEGORIES, type PiiCategory } from '../../src/config/pii-category.ts';
import { maskValue } from '../../src/rules/personal-data.ts';

const RUNS = { numRuns: 5_000 };
const MASKABLE: readonly PiiCategory[] = ['EMAIL', 'NAME', 'PHONE'];

describe('a mask', () => {
  it.each<[PiiCategory, unknown, unknown]>([
    ['EMAIL', 'jane.doe@acme.com', 'j***@acme.com'],
    ['EMAIL', '  Jane@Acme.COM ', 'J***@Acme.COM'],
    ['EMAIL', 'Jane Doe <jane@acme.com>', 'j***@acme.com'],
    ['EMAIL', '𝒥ane@acme.com', '𝒥***@acme.com'],
    ['EMAIL', 'jane@doe@acme.com', null],
    ['EMAIL', 'jane', null],
    ['EMAIL', '@acme.com', null],
    ['EMAIL', 'jane@', null],
    ['EMAIL', 'call jane doe@acme.com', null],
    ['NAME', 'Jane Doe', 'J*** D***'],
    ['NAME', 'jane@acme.com', 'j***'],
    ['NAME', 'Doe, Jane (Janie)', 'D*** J*** J***'],
    ['NAME', 'Élodie', 'É***'],
    ['NAME', '王 伟', '*** ***'],
    ['NAME', 'J D', '*** ***'],
    ['NAME', 'J. Doe', '*** D***'],
    ['NAME', '𝒥 Li', '*** L***'],
    ['EMAIL', 'j@acme.com', '***@acme.com'],
    ['NAME', 'she has asked us never to be called', null],
    ['NAME', '***', '***'],
    ['NAME', '', null],
    ['PHONE', '+46 70 123 45 42', '***42'],
    ['PHONE', '112', null],
    ['PHONE', 'x4242', null],
    ['ADDRESS', '1 Main Street', null],
    ['CONTENT', { text: 'Hello Jane' }, null],
    ['FINANCE', '4242', null],
    ['BIRTH', '1990-01-01', null],
  ])('of %s %j is %j', (category, value, mask) => {
    expect(maskValue(category, value)).toEqual(mask);
  });

  it('is the same when it is masked once more', () => {
    for (const [category, value] of [
      ['NAME', 'J Doe'],
      ['NAME', 'J D'],
      ['EMAIL', 'j@acme.com'],
      ['EMAIL', 'jane@acme.com'],
    ] as const) {
      const mask = maskValue(category, value);
      expect(maskValue(category, mask)).toBe(mask);
    }
  });

  it('goes through lists item by item', () => {
    expect(maskValue('EMAIL', ['jane@acme.com', null, 'x', ['bob@acme.com']])).toEqual([
      'j***@acme.com',
      null,
      null,
      ['b***@acme.com'],
    ]);
    expect(maskValue('CONTENT', ['a', 'b'])).toBeNull();
  });

  it('is *** where the type knows no null, and null where it does', () => {
    const text = new GraphQLNonNull(GraphQLString);
    expect(maskValue('EMAIL', 'nobody', text)).toBe('***');
    expect(maskValue('EMAIL', 'nobody', GraphQLString)).toBeNull();
    expect(maskValue('NAME', ['?', 'Jane'], new GraphQLNonNull(new GraphQLList(text)))).toEqual(['***', 'J***']);
    expect(maskValue('NAME', ['?', 'Jane'], new GraphQLList(GraphQLString))).toEqual([null, 'J***']);
  });

  it('of an address shows its domain and one character of what stands before it', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (address) => {
        const [local = '', domain] = address.split('@');
        expect([null, `***@${domain}`, `${local[0]}***@${domain}`]).toContain(maskValue('EMAIL', address));
      }),
      RUNS,
    );
  });

  it('of whatever text never shows more before the @ than one character', () => {
    fc.assert(
      fc.property(textWith('@', '<', '>', '.', ' '), (text) => {
        const mask = maskValue('EMAIL', text);
        if (mask === null) return;
        expect(mask).toMatch(/^.?\*{3}@[^@\s]+$/u);
      }),
      RUNS,
    );
  });

  it('of whatever text as a name shows one character of each word', () => {
    fc.assert(
      fc.property(textWith(' ', ',', '(', '-'), (text) => {
        const mask = maskValue('NAME', text);
        if (mask === null) return;
        expect(mask).toMatch(/^.?\*{3}( .?\*{3})*$/u);
      }),
      RUNS,
    );
  });

  it('of whatever text as a phone number shows two digits', () => {
    fc.assert(
      fc.property(textWith('0', '1', '2', '+', ' ', 'x'), (text) => {
        expect(maskValue('PHONE', text) ?? '***00').toMatch(/^\*{3}[0-9]{2}$/);
      }),
      RUNS,
    );
  });

  it('never throws, and of anything but text and lists is null', () => {
    const endless: unknown[] = [];
    endless.push(endless);
    const hostile = new Proxy([], {
      get: () => {
        throw new Error('no');
      },
    });
    for (const category of PII_CATEGORIES) {
      expect(maskValue(category, endless)).toBeNull();
      expect(() => maskValue(category, hostile)).not.toThrow();
    }
    const noText = fc.anything().filter((value) => typeof value !== 'string' && !Array.isArray(value));
    fc.assert(
      fc.property(fc.constantFrom(...MASKABLE), noText, (category, value) => {
        expect(maskValue(category, value)).toBeNull();
      }),
      RUNS,
    );
  });

  it('takes no time for text that is made to take some', () => {
    for (const part of ['a@', '<', '<a', 'a.', 'a ', '1 '])
      for (const category of MASKABLE) expect(() => maskValue(category, part.repeat(200))).not.toThrow();
    expect(maskValue('EMAIL', `${'a'.repeat(1_000_000)}@acme.com`)).toBeNull();
  });
});

/** Text in which the characters that matter to a mask are frequent. */
function textWith(...characters: string[]): fc.Arbitrary<string> {
  const unit = fc.oneof(
    fc.constantFrom(...characters, 'a', 'Z', 'é', '𝒥'),
    fc.string({ unit: 'grapheme', maxLength: 1 }),
  );
  return fc.array(unit, { maxLength: 24 }).map((parts) => parts.join(''));
}
