/** How many fields of an operation's root are asked for, and how many of them are refused. */
import { type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

export interface RootFields {
  all: number;
  refused: number;
}

const NO_FIELDS: RootFields = { all: 0, refused: 0 };

/** Each fragment is counted once, however often it is spread. */
export function countRootFields(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  isRefused: (name: string) => boolean,
  counted = new Set<string>(),
): RootFields {
  const counts = { all: 0, refused: 0 };
  for (const node of set.selections) {
    if (node.kind === Kind.FIELD) {
      counts.all += 1;
      if (isRefused(node.name.value)) counts.refused += 1;
      continue;
    }
    const isSpread = node.kind === Kind.FRAGMENT_SPREAD;
    if (isSpread && counted.has(node.name.value)) continue;
    if (isSpread) counted.add(node.name.value);
    const below = isSpread ? fragments.get(node.name.value)?.selectionSet : node.selectionSet;
    const inner = below ? countRootFields(below, fragments, isRefused, counted) : NO_FIELDS;
    counts.all += inner.all;
    counts.refused += inner.refused;
  }
  return counts;
}
