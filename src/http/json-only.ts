/**
 * Takes bodies of JSON alone. Every other type a page of another origin can send without asking first (a "simple request"),
 * and yoga would read forms and plain texts. A GET has no body: one that names another type is not of a GraphQL client.
 */
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

const JSON_TYPE = /^application\/(graphql\+)?json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** Answers 415 and BAD_USER_INPUT to what names another type, and to a POST that names none. */
export function useJsonOnly(): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser }) {
      const type = request.headers.get('content-type');
      const isTaken = type === null ? request.method !== 'POST' : JSON_TYPE.test(type);
      if (isTaken && requestParser) return;
      setRequestParser(() => {
        throw new GraphQLError('The body of a request is JSON: send "content-type: application/json".', {
          extensions: { code: 'BAD_USER_INPUT', http: { status: 415, headers: { 'accept-post': 'application/json' } } },
        });
      });
    },
  };
}
