/** From a text to a document that may be executed, for every transport: limits of the text, parser, limits of the shape, validation. */
import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql';
import type { Principal, Scope } from '../auth/principal.ts';
import type { LimitsByKind } from '../config/limits.ts';
import { GatewayError } from '../errors.ts';
import { type BoundedCache, createBoundedCache } from './bounded-cache.ts';
import { checkFound, checkShape, checkText, parseWithin } from './document-limits.ts';
import { shapeOf } from './document-shape.ts';
import { makeLean } from './lean-document.ts';
import { withVisibleSuggestion } from './suggestions.ts';
import { validateWithin } from './validate-within.ts';
import type { VisibleSchemas } from './visible-schema.ts';

export interface Documents {
  /** Throws GraphQLError for wrong syntax and, with LIMIT_EXCEEDED, for what is too large for this kind of client. */
  parse(text: string, kind: Principal['kind']): DocumentNode;
  /** Empty when it is valid. No suggestion names what `scopes` do not show. */
  validate(document: DocumentNode, scopes: ReadonlySet<Scope>): readonly GraphQLError[];
}

export interface KeptDocuments extends Documents {
  /** What is kept takes about so many. */
  readonly bytes: number;
}

export interface DocumentsOptions {
  schema: GraphQLSchema;
  limits: LimitsByKind;
  visible: Pick<VisibleSchemas, 'isVisible'>;
  /**
   * Of documents that are kept, and of what is worked out for them: shape, cost, plans.
   * @default 48 MiB
   */
  validBytes?: number;
  /** Of those that are refused, with the reasons: who sends one again has it validated once. @default 12 MiB */
  refusedBytes?: number;
}

const VALID_BYTES = 48 * 2 ** 20;
const REFUSED_BYTES = 12 * 2 ** 20;

/** As measured, rounded up: `test/graph/kept-documents.test.ts` holds them against the heap. */
const BYTES = { character: 2, token: 250, refusedToken: 500, field: 900 };

type Verdict = { errors: readonly GraphQLError[] } | { thrown: unknown };

export function createDocuments({
  schema,
  limits,
  visible,
  validBytes = VALID_BYTES,
  refusedBytes = REFUSED_BYTES,
}: DocumentsOptions): KeptDocuments {
  const valid = createBoundedCache<string, DocumentNode>({ maxBytes: validBytes });
  const refused = createBoundedCache<string, DocumentNode>({ maxBytes: refusedBytes, maxEntryBytes: refusedBytes / 4 });
  const verdicts = new WeakMap<DocumentNode, Verdict>();

  const parse = (text: string, kind: Principal['kind']): DocumentNode => {
    const most = limits[kind];
    checkText(text, most, limits.mode);
    const known = valid.get(text) ?? refused.get(text);
    const document = known ?? parseWithin(text, most, limits.mode);
    // What another kind of client may send can be too large for this one.
    if (known) checkFound({ tokens: document.tokenCount ?? 0 }, most, limits.mode);
    checkShape(document, undefined, most, limits.mode);
    return document;
  };

  const judge = (document: DocumentNode): Verdict => {
    const verdict = verdictOn(schema, document);
    verdicts.set(document, verdict);
    if ('errors' in verdict && verdict.errors.length === 0) {
      makeLean(document);
      keep(valid, document, bytesOf(document));
    } else keep(refused, document, bytesOfRefused(document));
    return verdict;
  };

  return {
    parse(text, kind) {
      return located(() => parse(text, kind));
    },
    validate(document, scopes) {
      const verdict = verdicts.get(document) ?? judge(document);
      if ('thrown' in verdict) throw verdict.thrown;
      return verdict.errors.map((error) => withVisibleSuggestion(error, (name) => visible.isVisible(name, scopes)));
    },
    get bytes() {
      return valid.bytes + refused.bytes;
    },
  };
}

function keep(cache: BoundedCache<string, DocumentNode>, document: DocumentNode, bytes: number): void {
  const text = document.loc?.source.body;
  if (text !== undefined) cache.set(text, document, bytes + text.length * BYTES.character);
}

function bytesOf(document: DocumentNode): number {
  const fields = shapeOf(document).operations.reduce((sum, operation) => sum + operation.fields, 0);
  return (document.tokenCount ?? 0) * BYTES.token + fields * BYTES.field;
}

/** Its tokens are still with it, and nothing else is worked out. */
function bytesOfRefused({ tokenCount = 0 }: DocumentNode): number {
  return tokenCount * BYTES.refusedToken;
}

function verdictOn(schema: GraphQLSchema, document: DocumentNode): Verdict {
  try {
    return { errors: located(() => validateWithin(schema, document)) };
  } catch (thrown) {
    return { thrown };
  }
}

/** What GraphQL's own code throws on, it wants as an error of its own kind. */
function located<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof GatewayError ? new GraphQLError('', { originalError: error }) : error;
  }
}
