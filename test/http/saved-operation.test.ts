/** Saved operations in the pipeline, whatever comes in place of a query. */
import type { Plugin } from 'graphql-yoga';
import { expect, it } from 'vitest';
import type { Principal } from '../../src/auth/principal.ts';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { createSavedDocuments } from '../../src/graph/saved-documents.ts';
import type { Callers } from '../../src/http/caller.ts';
import { useSavedOperations } from '../../src/http/saved-operation.ts';

const TRUSTED: Principal = { id: 'x', client: 'x', kind: 'app', scopes: new Set(), trustedDocumentsOnly: true };

it.each([
  ['a query that is no text', { query: ['{ a }'] }],
  ['extensions that are no map', { query: '{ a }', extensions: [] }],
])('refuses %s of a client that may send saved operations only, and leaves it to nobody else', (_, params) => {
  const request = new Request('http://gateway/graphql', { method: 'POST' });
  const callers: Callers = new WeakMap();
  const { onParams } = useSavedOperations(createSavedDocuments([], DEFAULT_LIMITS), callers);
  // The plugin reads these three alone.
  const hand = () =>
    onParams?.({ request, params, setParams: () => {} } as unknown as Parameters<NonNullable<Plugin['onParams']>>[0]);
  expect(hand).toThrow('without a caller');
  callers.set(request, { requestId: 'r', principal: TRUSTED, transport: 'post', quotaHeaders: {} });
  expect(hand).toThrow(expect.objectContaining({ extensions: { http: { status: 403 } } }));
  const free = { ...TRUSTED, trustedDocumentsOnly: false };
  callers.set(request, { requestId: 'r', principal: free, transport: 'post', quotaHeaders: {} });
  expect(hand()).toBeUndefined();
});
