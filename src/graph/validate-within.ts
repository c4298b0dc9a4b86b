/**
 * Validation as graphql-js does it, with an end: few errors are told, and what cannot be valid anyway is not compared field
 * by field. `checkShape` comes first; it keeps the rest within the time of the document's length.
 */
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  OverlappingFieldsCanBeMergedRule,
  specifiedRules,
  validate,
} from 'graphql';
import { GatewayError } from '../errors.ts';
import { shapeOf } from './document-shape.ts';

/** Errors told; each may have looked for a name alike among all there are. */
const MOST_ERRORS = 5;

const UNSOUND_RULES = specifiedRules.filter((rule) => rule !== OverlappingFieldsCanBeMergedRule);

/** At most five errors, none for a valid document. Throws LIMIT_EXCEEDED when graphql-js gives up on the document. */
export function validateWithin(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] {
  const rules = shapeOf(document).isUnsound ? UNSOUND_RULES : specifiedRules;
  const errors = validate(schema, document, rules, { maxErrors: MOST_ERRORS });
  if (errors.some(({ message }) => message === 'Validation aborted.')) throw tooComplex();
  // One more says that there are more.
  return errors.slice(0, MOST_ERRORS);
}

function tooComplex(): GatewayError {
  const message = 'The document is too entangled to be validated. Spread fewer fragments in fewer places.';
  return new GatewayError('LIMIT_EXCEEDED', message, { limit: 'duplicates', retryable: false });
}
