import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { companyDomainOf, normaliseDomain, normaliseEmail, unicodeSpelling } from '../../src/config/email-address.ts';

describe('e-mail addresses as keys', () => {
  it('folds case and outer space, and nothing else', () => {
    expect(normaliseEmail(' Ada.Lovelace+Billing@Acme.COM ')).toBe('ada.lovelace+billing@acme.com');
  });

  it.each([
    '',
    'ada',
    '@acme.com',
    'ada@',
    'a b@acme.com',
    'ada@acme.com" OR "x',
    'a@b,c@d',
    'a@b@c',
    '*@acme.com',
    'a\u0000@b.io',
    `${'a'.repeat(250)}@b.io`,
  ])('refuses %j', (text) => expect(normaliseEmail(text)).toBeNull());

  it.each(["sean.o'brien@acme.com", 'ada+x@acme.com', 'a_b-c%d@acme.com', 'jürgen@acme.com'])('takes %j', (text) =>
    expect(normaliseEmail(text)).toBe(text),
  );

  it('is stable: a key normalised twice is the same key', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (address) => {
        const key = normaliseEmail(address);
        if (key !== null) expect(normaliseEmail(key)).toBe(key);
      }),
    );
  });

  it('finds the company in a work address and none in a free-mail one', () => {
    expect(companyDomainOf('Ada@BrightForge.io', new Set(['gmail.com']))).toBe('brightforge.io');
    expect(companyDomainOf('ada@gmail.com', new Set(['gmail.com']))).toBeNull();
  });

  it('has one spelling for a domain with letters beyond ASCII', () => {
    expect(
      ['Bücher.de', 'https://www.bücher.de/', 'xn--bcher-kva.de', 'bu\u0308cher。de'].map(normaliseDomain),
    ).toEqual(Array(4).fill('xn--bcher-kva.de'));
    expect(normaliseEmail('Ada@BÜCHER.de')).toBe('ada@xn--bcher-kva.de');
    expect(companyDomainOf('ada@bücher.de', new Set())).toBe('xn--bcher-kva.de');
    expect(['xn--bcher-kva.de', 'ada@xn--bcher-kva.de'].map(unicodeSpelling)).toEqual(['bücher.de', 'ada@bücher.de']);
    expect(['acme.com', 'xn--.de', 'xn--a'].map(unicodeSpelling)).toEqual([null, null, null]);
    expect(['bücher%2ede.de', 'bü cher.de', 'b\u200bücher.de', 'bücher..de'].map(normaliseDomain)).toEqual(
      Array(4).fill(null),
    );
  });

  it('reads a domain out of what people call one', () => {
    expect(['https://www.Acme.com/about?x=1', 'acme.com.', 'ACME.com'].map(normaliseDomain)).toEqual(
      Array(3).fill('acme.com'),
    );
    expect(['acme', 'acme..com', '-acme.com', 'acme .com', '', "acme.com' OR"].map(normaliseDomain)).toEqual(
      Array(6).fill(null),
    );
  });
});
