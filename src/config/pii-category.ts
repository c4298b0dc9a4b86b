/** Kinds of personal data. `@pii(category: EMAIL)` in SDL is `email` in vendor.yaml. */

export const PII_CATEGORIES = [
  'NAME',
  'EMAIL',
  'PHONE',
  'ADDRESS',
  'BIRTH',
  'NETWORK',
  'CONTENT',
  'EMPLOYMENT',
  'FINANCE',
  'PROFILE',
  'IDENTIFIER',
] as const;

export type PiiCategory = (typeof PII_CATEGORIES)[number];

export function isPiiCategory(name: unknown): name is PiiCategory {
  return PII_CATEGORIES.some((category) => category === name);
}

/** As vendor.yaml has them. */
// `map` forgets which strings these are.
export const PII_NAMES = PII_CATEGORIES.map((category) => category.toLowerCase()) as Lowercase<PiiCategory>[];
