/** The header that asks for `extensions.explain`, and who may have it. */
import type { Principal } from '../auth/principal.ts';

export const EXPLAIN_HEADER = 'x-vendorgraph-explain';

export interface ExplainOptions {
  /** Whether any caller may ask for `extensions.explain`; else `admin:read` is needed. */
  explainForAll: boolean;
}

/** May this caller see the explanation it asks for? */
export function mayExplain(
  { explainForAll }: ExplainOptions,
  asked: string | null | undefined,
  { scopes }: Principal,
): boolean {
  return asked === '1' && (explainForAll || scopes.has('admin:read'));
}
