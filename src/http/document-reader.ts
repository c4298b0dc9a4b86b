/** Parses and validates by our own limits: before the parser, and before validation. */
import type { Plugin } from 'graphql-yoga';
import type { Principal } from '../auth/principal.ts';
import type { Documents } from '../graph/documents.ts';
import type { Callers, Initial } from './caller.ts';

export function useDocuments(documents: Documents, callers: Callers): Plugin {
  const principalOf = (initial: Initial): Principal => {
    const principal = initial.operation?.principal ?? (initial.request && callers.get(initial.request)?.principal);
    if (!principal) throw new TypeError('A document reached the pipeline without a caller.');
    return principal;
  };
  return {
    onParse({ context: initial, setParseFn }) {
      const { kind } = principalOf(initial as Initial);
      setParseFn((text: string) => documents.parse(text, kind));
    },
    onValidate({ context: initial, setValidationFn }) {
      const { scopes } = principalOf(initial as Initial);
      setValidationFn((_schema, document) => documents.validate(document, scopes));
    },
  };
}
