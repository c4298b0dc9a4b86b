/**
 * What an operation will take in calls to vendors, before it is executed. Compiled once for each document into a list of
 * steps, one for each field that asks a vendor or leads to one; a request adds them up with its page sizes.
 *
 * It is an estimate: a page is taken to be full, an unpaged list to hold two, and whoever is looked for to be found. It
 * knows what the joins share: what is read in batches is counted in batches, over the whole operation, level by level; the
 * same row is read once; and a link back to what the way here came from leads to the same object.
 */
import { type DocumentNode, type GraphQLSchema, getOperationAST } from 'graphql';
import { planSteps, type Slot, type Step } from './cost-plan.ts';
import type { Variables } from './cost-values.ts';

/** Stops above `most` and tells what it has come to: at least so much. */
export type EstimateCost = (variables: Variables, most?: number) => number;

/**
 * For the operation that will run; 0 for a document without it. The document must be valid and within its limits: fragments
 * are written out. Variables are as sent or coerced. Nothing is worked out before the first estimate.
 */
export function compileCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName?: string | null,
): EstimateCost {
  const operation = getOperationAST(document, operationName);
  if (!operation) return () => 0;
  let varies = (operation.variableDefinitions ?? []).length > 0;
  let plan: CostPlan | undefined;
  /** What an operation without variables costs, or, until that is known, more than which. */
  let constant = 0;
  return (variables, most = MOST) => {
    if (!varies && (plan || constant > most)) return constant;
    if (plan) return estimate(plan, variables);
    const slots: Slot[] = [];
    const steps: Step[] = [];
    const sum = createSum(slots, variables);
    for (const step of planSteps(schema, document, operation, slots)) {
      steps.push(step);
      constant = sum.add(step);
      if (constant > most) return constant;
    }
    plan = { steps, slots };
    // Ids and search words make no difference.
    varies &&= steps.some(({ size, leftOut }) => size !== undefined || leftOut !== undefined);
    return constant;
  };
}

interface CostPlan {
  steps: readonly Step[];
  slots: readonly Slot[];
}

/** Of one batch or a hundred thousand: more only has to be more than any limit. */
const MOST = 1_000_000_000;

function estimate({ steps, slots }: CostPlan, variables: Variables): number {
  const sum = createSum(slots, variables);
  let total = 0;
  for (const step of steps) total = sum.add(step);
  return total;
}

/** Adds up steps in their order. A step never makes it less. */
function createSum(slots: readonly Slot[], variables: Variables) {
  const counts: number[] = [];
  const keys: number[] = [];
  let total = 0;

  const ask = (slot: number, more: number): void => {
    const { calls, batch } = slots[slot] ?? { calls: 0, batch: 1 };
    const before = keys[slot] ?? 0;
    keys[slot] = before + more;
    total += calls * (Math.ceil((before + more) / batch) - Math.ceil(before / batch));
  };

  /** Objects the step answers with. */
  const count = (step: Step): number => {
    const parents = counts.length === 0 ? 1 : (counts[step.parent] ?? 0);
    if (parents === 0 || step.leftOut?.(variables)) return 0;
    // A link back leads to no more objects than it came from.
    const asked = Math.min(parents, step.backTo === undefined ? MOST : (counts[step.backTo] ?? 0));
    const size = step.size?.(variables) ?? 1;
    const pages = step.pageSize === undefined ? 1 : Math.ceil(size / step.pageSize);
    for (const { slot, isPaged } of step.asks) ask(slot, asked * (isPaged ? pages : 1));
    const same = step.among === undefined ? 0 : asked - Math.min(asked, counts[step.among] ?? 0);
    return asked * size - same;
  };

  return {
    /** What all of them cost so far. */
    add(step: Step): number {
      counts.push(count(step));
      return Math.min(MOST, total);
    },
  };
}
