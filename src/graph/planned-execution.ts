/**
 * Executes operations by plan. graphql-js has the word where it matters once and not for each row: how variables are coerced,
 * what is wrong with an operation, and what the schema says of itself.
 */
import {
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
import type { Variables } from './argument-plan.ts';
import type { GraphContext } from './context.ts';
import { executePlan } from './execution.ts';
import { type OperationPlans, planOperation } from './operation-plan.ts';
import { arePlain } from './plain-variables.ts';

export type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/** Plans are kept as long as the documents they are of, whose cache counts them. */
export function createExecute(): Execute {
  const known = new WeakMap<OperationDefinitionNode, OperationPlans | null>();

  const plansFor = ({ schema, document, operationName }: ExecutionArgs): OperationPlans | null => {
    const operation = getOperationAST(document, operationName);
    if (!operation) return null;
    const before = known.get(operation);
    if (before === null || before?.schema === schema) return before;
    const plans = planOperation(schema, document, operation) ?? null;
    known.set(operation, plans);
    return plans;
  };

  return (args) => {
    const plans = plansFor(args);
    const variables = plans && coercedVariables(plans.operation, args);
    const plan = variables && plans.planFor(variables);
    if (!plan) return execute(args);
    const { rootValue, contextValue: context } = args;
    return executePlan({ plan, rootValue, context, variables, deadlineAt: deadlineOf(context) });
  };
}

/** Contexts of the gateway have one. */
function deadlineOf(context: unknown): number | undefined {
  return (context as Partial<GraphContext> | undefined)?.scope?.deadlineAt;
}

/** Undefined where they do not fit. */
function coercedVariables(
  operation: OperationDefinitionNode,
  { schema, variableValues }: ExecutionArgs,
): Variables | undefined {
  const { variableDefinitions = [] } = operation;
  const given = variableValues ?? {};
  return arePlain(operation, given) ? given : getVariableValues(schema, variableDefinitions, given).coerced;
}

/** As graphql-js words them. */
export function variableErrors({ schema, document, operationName, variableValues }: ExecutionArgs) {
  const operation = getOperationAST(document, operationName);
  const { variableDefinitions = [] } = operation ?? {};
  if (!operation || variableDefinitions.length === 0 || arePlain(operation, variableValues ?? {})) return undefined;
  return getVariableValues(schema, variableDefinitions, variableValues ?? {}, { maxErrors: 50 }).errors;
}
