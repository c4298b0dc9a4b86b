/** graphql-js proposes names near a wrong one, from the whole graph: a caller gets those of its own graph only. */
import { GraphQLError } from 'graphql';

const SUGGESTION = / Did you mean .*\?$/s;
/** `"person"`, and `"person { ... }"` where fields are to be selected of it. */
const NAME = /"([^"{]+?)(?: \{ \.\.\. \})?"/g;

/** The error without its suggestion where that names what `isVisible` does not know. */
export function withVisibleSuggestion(error: GraphQLError, isVisible: (name: string) => boolean): GraphQLError {
  const suggestion = SUGGESTION.exec(error.message)?.[0];
  if (suggestion === undefined) return error;
  const names = [...suggestion.matchAll(NAME)].map((match) => match[1] ?? '');
  if (names.every(isVisible)) return error;
  const { nodes, source, positions, path, originalError, extensions } = error;
  return new GraphQLError(error.message.slice(0, -suggestion.length), {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    originalError: originalError ?? null,
    extensions,
  });
}
