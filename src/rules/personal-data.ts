/**
 * What a caller without `pii:read` sees of personal data: enough to tell two people apart, not enough to reach one. Where no
 * mask is honest there is null.
 */
import { type GraphQLOutputType, type GraphQLType, isListType, isNonNullType } from 'graphql';
import type { PiiCategory } from '../config/pii-category.ts';

export type { PiiCategory } from '../config/pii-category.ts';

/** What stands in a field that is never null when the mask has nothing to show. */
export const WHOLLY_MASKED = '***';

/**
 * `j***@acme.com`, `J*** D***`, `***42`; of names of one letter nothing, `*** ***`; null for every other category and for whatever is no such thing. Lists of these
 * item by item. With the field's `type` it is true to that: `***` where null may not stand. Never throws.
 */
export function maskValue(category: PiiCategory, value: unknown, type?: GraphQLOutputType): unknown {
  const mask = MASKS[category];
  if (mask === undefined) return null;
  try {
    return masked(mask, value, type);
  } catch {
    // A list without end, or an object that only looks like a list.
    return null;
  }
}

/** Whether the category's mask of text is text, so that a field of it may be non-null. */
export function hasTextMask(category: PiiCategory): boolean {
  return MASKS[category] !== undefined;
}

type Mask = (text: string) => string | null;

const MASKS: Readonly<Partial<Record<PiiCategory, Mask>>> = { EMAIL: maskEmail, NAME: maskName, PHONE: maskPhone };

/** Characters. Nothing longer is an address, a name or a number. */
const LONGEST = 400;

function masked(mask: Mask, value: unknown, type: GraphQLType | undefined): unknown {
  if (isNonNullType(type)) return masked(mask, value, type.ofType) ?? (isListType(type.ofType) ? [] : WHOLLY_MASKED);
  if (Array.isArray(value)) return value.map((item) => masked(mask, item, isListType(type) ? type.ofType : undefined));
  return typeof value === 'string' && value.length <= LONGEST ? mask(value) : null;
}

/** Of `Ada Lindqvist <ada@example.com>` only the address. */
function maskEmail(text: string): string | null {
  const address = /<([^<>]*)>\s*$/.exec(text)?.[1] ?? text;
  const [local = '', domain = '', ...others] = address.trim().split('@');
  const isAddress = others.length === 0 && LOCAL_PART.test(local) && DOMAIN.test(domain);
  return isAddress ? `${beginningOf(local)}***@${domain}` : null;
}

const LOCAL_PART = /^[^\s"<>(),:;]+$/;
const DOMAIN = /^[\w-]+(\.[\w-]+)*$/;

/** More words than a name has are no name. */
const MOST_WORDS = 6;

function maskName(text: string): string | null {
  // A field asked for in two ways is masked twice.
  if (MASKED_NAME.test(text)) return text;
  const words = text.match(/[\p{L}\p{N}][^\s,]*/gu) ?? [];
  if (words.length === 0 || words.length > MOST_WORDS) return null;
  return words.map((word) => `${beginningOf(word)}***`).join(' ');
}

/** Fewer digits are an extension or an emergency: two of them would be most of it. */
const FEWEST_DIGITS = 6;

function maskPhone(text: string): string | null {
  const digits = text.replace(/\D/g, '');
  return digits.length < FEWEST_DIGITS ? null : `***${digits.slice(-2)}`;
}

/** One character, beyond 16 bits kept whole; nothing of what has no other letter, and would be shown by it. */
function beginningOf(text: string): string {
  const [first = '', ...others] = text;
  if (others.join('') === WHOLLY_MASKED) return first;
  return others.some((character) => LETTER.test(character)) ? first : '';
}

const MASKED_NAME = /^.?\*{3}( .?\*{3})*$/u;
const LETTER = /[\p{L}\p{N}]/u;
