/**
 * What an operation will take in calls to vendors, before it is executed. Compiled once for each document into a list of
 * steps, one for each field that asks a vendor or leads to one; a request adds them up with its page sizes.
 *
 * It is an estimate: a page is taken to be full, an unpaged list to hold two, and whoever is looked for to be found. It
 * knows what the joins share: what is read in batches is counted in batches, over the whole operation, level by level; the
 * same row is read once; and a link back to what the way here came from leads to the same object.
 */
import { type DocumentNode, type GraphQLSchema, getOperationAST } from 'graphql';
import { type CostPlan, planCost } from './cost-plan.ts';
import type { Variables } from './cost-values.ts';

export type EstimateCost = (variables: Variables) => number;

/**
 * For the operation that will run; 0 for a document without it. The document must be valid and within its limits: fragments
 * are written out. Variables are as sent or coerced.
 */
export function compileCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName?: string | null,
): EstimateCost {
  const operation = getOperationAST(document, operationName);
  if (!operation) return () => 0;
  const plan = planCost(schema, document, operation);
  if (operation.variableDefinitions?.length) return (variables) => estimate(plan, variables);
  const always = estimate(plan, {});
  return () => always;
}

/** Of one batch or a hundred thousand: more only has to be more than any limit. */
const MOST = 1_000_000_000;

function estimate({ steps, slots }: CostPlan, variables: Variables): number {
  const counts = new Float64Array(steps.length);
  const keys = new Float64Array(slots.length);
  for (const [index, step] of steps.entries()) {
    const parents = index === 0 ? 1 : (counts[step.parent] ?? 0);
    if (parents === 0 || step.leftOut?.(variables)) continue;
    // A link back leads to no more objects than it came from.
    const asked = Math.min(parents, step.backTo === undefined ? MOST : (counts[step.backTo] ?? 0));
    const size = step.size?.(variables) ?? 1;
    const pages = step.pageSize === undefined ? 1 : Math.ceil(size / step.pageSize);
    for (const { slot, isPaged } of step.asks) keys[slot] = (keys[slot] ?? 0) + asked * (isPaged ? pages : 1);
    const same = step.among === undefined ? 0 : asked - Math.min(asked, counts[step.among] ?? 0);
    counts[index] = asked * size - same;
  }
  let total = 0;
  for (const [index, { calls, batch }] of slots.entries()) total += calls * Math.ceil((keys[index] ?? 0) / batch);
  return Math.min(MOST, total);
}
