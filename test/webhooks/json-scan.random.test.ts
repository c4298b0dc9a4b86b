/**
 * Elements of an array found in its text, against the texts the array was put together from. Not against `JSON.parse`: V8 13.6
 * takes the name `"` for `\` when an object with the name `\` was parsed before.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { elementsOf, nestingOf } from '../../src/webhooks/json-scan.ts';

const RUNS = 500;
const MOST = 1_000;

const awkward = fc.constantFrom('"', '\\', '\\"', '[', '{', ',', ']', '}', '\u2028', '😀', '__proto__');
const values = fc.jsonValue({ stringUnit: 'grapheme' });
const elements = fc.oneof(values, awkward, fc.array(awkward), fc.dictionary(awkward, values));
const lists = fc.array(elements);
const spaces = fc.constantFrom('', ' ', '\t', '\r\n ');

const textOf = (value: unknown, space: string): string => JSON.stringify(value, null, space.length);
const arrayOf = (texts: readonly string[], space: string): string =>
  `${space}[${texts.map((text) => space + text + space).join(',') || space}]${space}`;

it('are those it was made of, each a text of its own', () => {
  fc.assert(
    fc.property(lists, spaces, (list, space) => {
      const texts = list.map((value) => textOf(value, space));
      expect(elementsOf(arrayOf(texts, space), [], MOST)).toEqual(texts);
    }),
    { numRuns: RUNS },
  );
});

it('are found below the names that lead there, as the last of equal names', () => {
  fc.assert(
    fc.property(lists, values, spaces, fc.string(), (list, other, space, name) => {
      fc.pre(name !== 'a');
      const texts = list.map((value) => textOf(value, space));
      const before = `"a":${textOf(other, space)},"x":{"a":[1]}`;
      const last = `"a"${space}:${space}{"b":[0],"b":${arrayOf(texts, space)}}`;
      const text = `${space}{${before},${last},${JSON.stringify(name)}:${textOf(other, space)}}`;
      expect(elementsOf(text, ['a', 'b'], MOST)).toEqual(texts);
    }),
    { numRuns: RUNS },
  );
});

it('are none in a text that ends early or is something else', () => {
  fc.assert(
    fc.property(lists, fc.nat(), (list, cut) => {
      const text = JSON.stringify(list);
      expect(elementsOf(text.slice(0, cut % text.length), [], MOST)).toBeUndefined();
      expect(elementsOf(text, ['a'], MOST)).toBeUndefined();
    }),
    { numRuns: RUNS },
  );
});

it('nest as deep as the value does', () => {
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
  fc.assert(
    fc.property(elements, spaces, (value, space) => {
      expect(nestingOf(textOf(value, space))).toBe(depthOf(value));
    }),
    { numRuns: RUNS },
  );
});
