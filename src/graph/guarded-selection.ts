/**
 * What has to be done to an answer before its caller may have it: refused fields become null, personal data is masked. Built
 * from the document, once; an answer in which nothing is refused or masked has none and is not walked.
 */
import type { GraphQLOutputType } from 'graphql';
import type { PiiCategory } from '../rules/personal-data.ts';

export interface RefusedField {
  /** E.g. `StripeCustomer.email`. */
  coordinate: string;
  /** Those the caller lacks. */
  scopes: readonly string[];
}

export type GuardStep = { key: string; type: GraphQLOutputType } & (
  | { kind: 'refuse'; field: RefusedField }
  | { kind: 'mask'; category: PiiCategory }
  | { kind: 'below'; selection: GuardedSelection }
);

export interface GuardedSelection {
  steps: readonly GuardStep[];
  /** Fragments, on the same object. `types` are the object types one is for; absent: whatever the object is. */
  fragments: readonly { types?: ReadonlySet<string>; selection: GuardedSelection }[];
  /** The object's type is not known before it is there: it is asked for under `TYPE_KEY`. */
  isAbstract: boolean;
}

/**
 * Response name of the type that the document is made to ask for; no caller sees it. No name in a document has such a dot, or a
 * caller could call something else so and pass for another type; names in JavaScript do, which compiled execution wants.
 */
export const TYPE_KEY = 'vg·type';

export function isEmptySelection({ steps, fragments }: GuardedSelection): boolean {
  return steps.length === 0 && fragments.length === 0;
}
