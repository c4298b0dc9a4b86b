/**
 * What a field takes in calls to vendors, read off the schema: `@cost` where somebody wrote it, the vendor operation behind a
 * root field, and for joins of a graph folder that say nothing one call for each parent.
 */
import { type GraphQLField, valueFromASTUntyped } from 'graphql';
import { readDirective } from '../rest/directive.ts';

export interface CostRule {
  /** For each batch. 0: it comes with the parent, and `read` says what else came with it. */
  calls: number;
  /** Parents that are asked for at once. */
  batch: number;
  /** What is read; fields of one object that need the same, need it once. */
  read: string | undefined;
}

export interface FieldCost {
  rules: readonly CostRule[];
  /** Rows of one page of the vendor; undefined for what has no pages. */
  pageSize: number | undefined;
}

/** Set by `own-joins.ts` on fields that a graph folder's own code answers. */
export const OWN_JOIN = 'ownJoin';

const ONE_EACH: CostRule = { calls: 1, batch: 1, read: undefined };
/** Of the lists behind joins: what most vendors give at once. */
const USUAL_PAGE = 100;

export function costOfField(field: GraphQLField<unknown, unknown>): FieldCost {
  const written = (field.astNode?.directives ?? []).filter(({ name }) => name.value === 'cost');
  const pageSize = field.args.some(({ name }) => name === 'first') ? pageSizeOf(field) : undefined;
  if (written.length > 0) {
    const rules = written.map(({ arguments: given = [] }) =>
      readRule(new Map(given.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]))),
    );
    return { rules, pageSize };
  }
  const asks = readDirective(field.astNode, 'httpOperation') !== undefined || field.extensions[OWN_JOIN] === true;
  return { rules: asks ? [ONE_EACH] : [], pageSize };
}

function readRule(given: ReadonlyMap<string, unknown>): CostRule {
  const read = given.get('read');
  return {
    calls: Number(given.get('calls') ?? 1),
    batch: Math.max(1, Number(given.get('batch') ?? 1)),
    read: typeof read === 'string' ? read : undefined,
  };
}

function pageSizeOf({ astNode }: GraphQLField<unknown, unknown>): number {
  const maxSize = readDirective(astNode, 'paging')?.['maxSize'];
  return typeof maxSize === 'number' && maxSize > 0 ? maxSize : USUAL_PAGE;
}
