/**
 * What an operation selects, worked out once for all its executions. It grows as rows of new types are met: what is never
 * reached costs nothing. `@skip` and `@include` make a plan of its own for each combination of their variables.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import type { Variables } from './argument-plan.ts';
import { type FieldPlan, planSelection, type SelectionPlan, type ValuePlan } from './field-plan.ts';

export interface OperationPlan {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  root: SelectionPlan;
  /** Whether a join of a graph folder was met. */
  hasOwnJoins: boolean;
  /** What is selected of a row of `type`, which the value of `field` is or holds. */
  selectionOf(field: FieldPlan, value: ValuePlan, type: GraphQLObjectType): SelectionPlan;
}

/** Plans of one operation, as it is executed with one set of variables or another. */
export interface OperationPlans {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  /** Undefined where a condition is no boolean, which graphql-js has an error for. `variables` are coerced. */
  planFor(variables: Variables): OperationPlan | undefined;
}

/** Undefined for what is left to graphql-js: an operation that the document or the schema lacks, or that asks about the schema. */
export function planOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): OperationPlans | undefined {
  const rootType = schema.getRootType(operation.operation);
  if (!rootType || introspects(document)) return undefined;
  const fragments = fragmentsOf(document);
  const conditions = conditionsIn(document);
  const plans = new Map<string, OperationPlan>();
  return {
    schema,
    operation,
    planFor(variables) {
      let key = '';
      for (const name of conditions) {
        if (typeof variables[name] !== 'boolean') return undefined;
        key += variables[name] ? '1' : '0';
      }
      const known = plans.get(key);
      if (known) return known;
      if (plans.size === MOST_PLANS) plans.clear();
      const values = Object.fromEntries(conditions.map((name) => [name, variables[name]]));
      const made = createPlan({ schema, operation, fragments, rootType, values });
      plans.set(key, made);
      return made;
    },
  };
}

/** Of one operation. A client that uses more combinations of its conditions has some worked out again. */
const MOST_PLANS = 16;

interface PlanSource extends Pick<OperationPlan, 'schema' | 'operation' | 'fragments'> {
  rootType: GraphQLObjectType;
  /** Of the variables in conditions. */
  values: Variables;
}

function createPlan({ schema, operation, fragments, rootType, values }: PlanSource): OperationPlan {
  const root = planSelection(rootType, collectFields(schema, fragments, values, rootType, operation.selectionSet));
  const plan: OperationPlan = {
    schema,
    operation,
    fragments,
    root,
    hasOwnJoins: hasOwnJoin(root),
    selectionOf({ nodes }, value, type) {
      const known = value.selections?.get(type);
      if (known) return known;
      const selection = planSelection(type, collectSubfields(schema, fragments, values, type, nodes));
      plan.hasOwnJoins ||= hasOwnJoin(selection);
      value.selections ??= new Map();
      value.selections.set(type, selection);
      return selection;
    },
  };
  return plan;
}

function hasOwnJoin({ fields }: SelectionPlan): boolean {
  return fields.some(({ isOwnJoin }) => isOwnJoin);
}

function fragmentsOf({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> {
  const named = definitions.filter((node) => node.kind === 'FragmentDefinition');
  return Object.fromEntries(named.map((node) => [node.name.value, node]));
}

function introspects(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field({ name }: FieldNode) {
      found ||= name.value === '__schema' || name.value === '__type';
    },
  });
  return found;
}

/** Variables that decide what is selected. */
function conditionsIn(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given = [] }) {
      if (name.value !== 'skip' && name.value !== 'include') return;
      for (const { value } of given) if (value.kind === 'Variable') names.add(value.name.value);
    },
  });
  return [...names];
}
