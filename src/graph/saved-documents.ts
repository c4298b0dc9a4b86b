/**
 * Operations that are asked for by an id instead of a text: those of `schema/operations/`, whose id is the SHA-256 of their
 * text, and those a client has sent once with its hash (automatic persisted queries).
 */
import { hash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Principal } from '../auth/principal.ts';
import { GatewayError } from '../errors.ts';
import type { OperationFile } from './operation-files.ts';
import { createTextCache } from './text-cache.ts';

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

export function createSavedDocuments(operations: readonly OperationFile[]): SavedDocuments {
  const saved = new Map(operations.map(({ text }) => [documentIdOf(text), text]));
  const persisted = createTextCache<string>();

  const savedText = (id: unknown): string => {
    const text = typeof id === 'string' ? saved.get(id.startsWith('sha256:') ? id : `sha256:${id}`) : undefined;
    if (text !== undefined) return text;
    throw refusal('There is no saved operation with this documentId. It is "sha256:" and the SHA-256 of its text.');
  };

  const persistedText = (sha256: string, query: string | null | undefined): string => {
    if (!query) {
      const known = persisted.get(sha256);
      if (known !== undefined) return known;
      // These words are the protocol: clients send the text when they read them.
      throw refusal('PersistedQueryNotFound', 200);
    }
    if (hash('sha256', query) !== sha256)
      throw refusal('extensions.persistedQuery.sha256Hash is not the SHA-256 of the query.');
    persisted.set(sha256, query, query.length);
    return query;
  };

  return {
    textOf({ query, documentId, extensions }, { trustedDocumentsOnly }) {
      const id = documentId ?? memberOf(extensions, 'documentId');
      if (id !== undefined && id !== null) {
        if (query) throw refusal('Send either a query or a documentId.');
        return savedText(id);
      }
      if (trustedDocumentsOnly)
        throw refusal('This client may send saved operations only: "documentId" instead of "query".', 403);
      const sha256 = memberOf(memberOf(extensions, 'persistedQuery'), 'sha256Hash');
      if (typeof sha256 === 'string') return persistedText(sha256, query);
      return query ?? undefined;
    },
  };
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
