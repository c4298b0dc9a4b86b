/** Selections that are nothing but a fragment are that fragment's: what is known of it need not be found out again. */
import type { FragmentDefinitionNode, SelectionSetNode } from 'graphql';

/** The selections of the fragment that is all there is in `set`, unless it may be left out; else `set` itself. */
export function behindSpread(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): SelectionSetNode {
  const [only, more] = set.selections;
  if (only?.kind !== 'FragmentSpread' || more || (only.directives?.length ?? 0) > 0) return set;
  return fragments.get(only.name.value)?.selectionSet ?? set;
}
