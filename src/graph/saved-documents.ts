/**
 * Operations that are asked for by an id instead of a text: those of `schema/operations/`, whose id is the SHA-256 of their
 * text, and those a client has sent once with its hash (automatic persisted queries).
 */
import { hash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Principal } from '../auth/principal.ts';
import type { LimitsByKind } from '../config/limits.ts';
import { GatewayError } from '../errors.ts';
import { createBoundedCache } from './bounded-cache.ts';
import { checkText } from './document-limits.ts';
import type { OperationFile } from './operation-files.ts';

/** The parts of a request that say what to run. */
export interface AskedDocument {
  query?: string | null | undefined;
  documentId?: unknown;
  extensions?: unknown;
}

export interface SavedDocuments {
  /** Undefined when the request names no document at all. Throws GraphQLError for an id nobody knows. */
  textOf(asked: AskedDocument, principal: Principal): string | undefined;
}

/** How a saved operation is asked for. */
export function documentIdOf(text: string): string {
  return `sha256:${hash('sha256', text)}`;
}

/** Of the texts that clients have sent once, two for each character; none takes more than an eighth of it. */
const PERSISTED_BYTES = 8 * 2 ** 20;

export function createSavedDocuments(operations: readonly OperationFile[], limits: LimitsByKind): SavedDocuments {
  const saved = new Map(operations.map(({ text }) => [documentIdOf(text), text]));
  const persisted = createBoundedCache<string, string>({ maxBytes: PERSISTED_BYTES });

  const savedText = (id: unknown): string => {
    const text = typeof id === 'string' ? saved.get(id.startsWith('sha256:') ? id : `sha256:${id}`) : undefined;
    if (text !== undefined) return text;
    throw refusal('There is no saved operation with this documentId. It is "sha256:" and the SHA-256 of its text.');
  };

  const persistedText = (sha256: string, query: string | null | undefined, kind: Principal['kind']): string => {
    if (!query) {
      const known = persisted.get(sha256);
      if (known !== undefined) return known;
      // These words are the protocol: clients send the text when they read them.
      throw refusal('PersistedQueryNotFound', 200);
    }
    // Before it is kept: what is too long to be run is too long to push out what others have sent.
    checkLength(query, kind, limits);
    if (hash('sha256', query) !== sha256)
      throw refusal('extensions.persistedQuery.sha256Hash is not the SHA-256 of the query.');
    persisted.set(sha256, query, query.length * 2);
    return query;
  };

  return {
    textOf({ query, documentId, extensions }, { trustedDocumentsOnly, kind }) {
      const id = documentId ?? memberOf(extensions, 'documentId');
      if (id !== undefined && id !== null) {
        if (query) throw refusal('Send either a query or a documentId.');
        return savedText(id);
      }
      if (trustedDocumentsOnly)
        throw refusal('This client may send saved operations only: "documentId" instead of "query".', 403);
      const sha256 = memberOf(memberOf(extensions, 'persistedQuery'), 'sha256Hash');
      if (typeof sha256 === 'string') return persistedText(sha256, query, kind);
      return query ?? undefined;
    },
  };
}

function checkLength(text: string, kind: Principal['kind'], limits: LimitsByKind): void {
  try {
    checkText(text, limits[kind], limits.mode);
  } catch (error) {
    throw error instanceof GatewayError ? new GraphQLError('', { originalError: error }) : error;
  }
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function refusal(message: string, status = 400): GraphQLError {
  return new GraphQLError('', {
    originalError: new GatewayError('BAD_USER_INPUT', message, { retryable: false }),
    extensions: { http: { status } },
  });
}
