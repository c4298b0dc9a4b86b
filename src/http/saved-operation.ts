/** An id instead of a text: the saved operation's text takes its place. */
import type { Plugin } from 'graphql-yoga';
import type { SavedDocuments } from '../graph/saved-documents.ts';
import type { Callers } from './caller.ts';

export function useSavedOperations(saved: SavedDocuments, callers: Callers): Plugin {
  return {
    onParams({ request, params, setParams }) {
      const caller = callers.get(request);
      if (!caller) throw new TypeError('Parameters reached the pipeline without a caller.');
      // yoga reads only the names it knows out of a URL.
      const inUrl = request.method === 'GET' ? new URL(request.url).searchParams.get('documentId') : null;
      const { documentId = inUrl, ...rest } = params as typeof params & { documentId?: unknown };
      if (!isMapOrNothing(params.extensions) || (params.query && typeof params.query !== 'string')) {
        // yoga says what is wrong with it; but who may send saved operations only is refused here, whatever yoga thinks.
        saved.textOf({}, caller.principal);
        return;
      }
      const query = saved.textOf({ query: params.query, documentId, extensions: params.extensions }, caller.principal);
      setParams(query === undefined ? rest : { ...rest, query });
    },
  };
}

function isMapOrNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && !Array.isArray(value));
}
