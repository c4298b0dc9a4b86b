/** From a text to a document that may be executed, for every transport: limits of the text, parser, limits of the shape, validation. */
import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql';
import type { Principal, Scope } from '../auth/principal.ts';
import type { LimitsByKind } from '../config/limits.ts';
import { GatewayError } from '../errors.ts';
import { checkFound, checkShape, checkText, parseWithin } from './document-limits.ts';
import { withVisibleSuggestion } from './suggestions.ts';
import { createTextCache } from './text-cache.ts';
import { validateWithin } from './validate-within.ts';
import type { VisibleSchemas } from './visible-schema.ts';

export interface Documents {
  /** Throws GraphQLError for wrong syntax and, with LIMIT_EXCEEDED, for what is too large for this kind of client. */
  parse(text: string, kind: Principal['kind']): DocumentNode;
  /** Empty when it is valid. No suggestion names what `scopes` do not show. */
  validate(document: DocumentNode, scopes: ReadonlySet<Scope>): readonly GraphQLError[];
}

export interface DocumentsOptions {
  schema: GraphQLSchema;
  limits: LimitsByKind;
  visible: Pick<VisibleSchemas, 'isVisible'>;
}

export function createDocuments({ schema, limits, visible }: DocumentsOptions): Documents {
  const parsed = createTextCache<DocumentNode>();
  const valid = new WeakSet<DocumentNode>();

  const parse = (text: string, kind: Principal['kind']): DocumentNode => {
    const most = limits[kind];
    checkText(text, most, limits.mode);
    const known = parsed.get(text);
    const document = known ?? parseWithin(text, most, limits.mode);
    // What another kind of client may send can be too large for this one.
    if (known) checkFound({ tokens: document.tokenCount ?? 0 }, most, limits.mode);
    checkShape(document, undefined, most, limits.mode);
    if (!known) parsed.set(text, document);
    return document;
  };

  return {
    parse(text, kind) {
      return located(() => parse(text, kind));
    },
    validate(document, scopes) {
      if (valid.has(document)) return [];
      const errors = located(() => validateWithin(schema, document));
      if (errors.length === 0) valid.add(document);
      return errors.map((error) => withVisibleSuggestion(error, (name) => visible.isVisible(name, scopes)));
    },
  };
}

/** What GraphQL's own code throws on, it wants as an error of its own kind. */
function located<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof GatewayError ? new GraphQLError('', { originalError: error }) : error;
  }
}
