/**
 * How much work it is to validate that fields of one name in one place can be merged. graphql-js compares each with each of
 * the others, at every level; it gives up by itself, but only after a tenth of a second. The count here takes the time of
 * the fields written out, so limit those first.
 */
import type { FieldNode, FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode } from 'graphql';
import { behindSpread } from './lone-spread.ts';

/** About 20 ms of comparing. */
export const MOST_MERGE_WORK = 200_000;

/** To compare two fields without arguments and selections is one; other fields and fragments take their maps and sets. */
const LEAF = 1;
const OBJECT = 10;
const SPREAD = 10;

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/**
 * Stops counting above the most. Fragments must not go in circles. What stands in one place by itself is counted once and
 * kept, so a fragment that is spread in a thousand places takes the time of one.
 */
export function mergeWork({ selectionSet }: OperationDefinitionNode, fragments: Fragments): number {
  const known = new Map<SelectionSetNode, number>();
  /** What was counted field by field. */
  let walked = 0;
  const workOf = (sets: readonly SelectionSetNode[]): number => {
    const only = sets.length === 1 && sets[0] ? behindSpread(sets[0], fragments) : undefined;
    const before = only && known.get(only);
    if (before !== undefined) return before;
    const { fields, spreads } = collect(only ? [only] : sets, fragments);
    const own = ownWork(fields, spreads);
    walked += own;
    let work = own;
    for (const group of fields.values()) {
      if (walked > MOST_MERGE_WORK || work > MOST_MERGE_WORK) return MOST_MERGE_WORK + 1;
      const below = group.flatMap((field) => field.selectionSet ?? []);
      if (below.length > 0) work += workOf(below);
    }
    if (only) known.set(only, work);
    return work;
  };
  return workOf([selectionSet]);
}

function ownWork(fields: ReadonlyMap<string, readonly FieldNode[]>, spreads: number): number {
  let work = pairs(spreads) * SPREAD;
  for (const group of fields.values()) work += 1 + pairs(group.length) * (group.every(isLeaf) ? LEAF : OBJECT);
  return work;
}

/** What one place of the answer is made of: fields by the name they answer to, each fragment taken once. */
function collect(sets: readonly SelectionSetNode[], fragments: Fragments) {
  const fields = new Map<string, FieldNode[]>();
  const taken = new Set<string>();
  const open = sets.toReversed();
  for (let set = open.pop(); set !== undefined; set = open.pop()) {
    for (const node of set.selections) {
      if (node.kind === 'Field') {
        const name = node.alias?.value ?? node.name.value;
        const group = fields.get(name);
        if (group) group.push(node);
        else fields.set(name, [node]);
      } else if (node.kind === 'InlineFragment') {
        open.push(node.selectionSet);
      } else if (!taken.has(node.name.value)) {
        taken.add(node.name.value);
        const fragment = fragments.get(node.name.value);
        if (fragment) open.push(fragment.selectionSet);
      }
    }
  }
  return { fields, spreads: taken.size };
}

const pairs = (count: number): number => (count * (count - 1)) / 2;

function isLeaf({ selectionSet, arguments: given }: FieldNode): boolean {
  return selectionSet === undefined && (given === undefined || given.length === 0);
}
