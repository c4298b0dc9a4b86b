/** Answers for parameters that cannot be read: they are the caller's fault, not the gateway's. */
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** yoga throws JSON's own error for variables and extensions in a URL or a form that are no JSON. */
export function useUnreadableParameters(): Plugin {
  return {
    onRequestParse({ requestParser, setRequestParser }) {
      if (!requestParser) return;
      setRequestParser(async (request) => {
        try {
          return await requestParser(request);
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
          throw new GraphQLError('The parameters "variables" and "extensions" must be JSON.', {
            extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
          });
        }
      });
    },
  };
}
