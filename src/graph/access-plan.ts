/**
 * The first lock: an operation is checked against its caller's scopes before any vendor is called. What the caller may not see
 * is taken out of the document (`__typename` stands in for it under its response name, so that the answer keeps its order)
 * and comes back as null; fragments, abstract types and aliases make no difference, because every field is judged by the type
 * it is selected on. Takes time in the document's length, however often fragments are reused.
 */
import { type DocumentNode, type FragmentDefinitionNode, type GraphQLSchema, getOperationAST, Kind } from 'graphql';
import type { Scope } from '../auth/principal.ts';
import type { AccessRules } from '../rules/access-rules.ts';
import type { PiiCategory } from '../rules/personal-data.ts';
import { createFieldAccess } from './field-access.ts';
import { type GuardedSelection, isEmptySelection, type RefusedField } from './guarded-selection.ts';
import { countRootFields } from './root-fields.ts';
import { createSelectionPlanner, fieldOf, type PlannedFragment } from './selection-plan.ts';

export interface AccessPlan {
  /**
   * What may run; the document itself where nothing is refused. Of introspection a copy for these scopes: what is compiled
   * belongs to its document, and answers from the schema it was compiled with.
   */
  document: DocumentNode;
  refused: readonly RefusedField[];
  /** Nothing of the operation is left: every root field of a query, or any of a mutation, is refused. */
  isBeyond: boolean;
  /** What to do to the answer. */
  guard?: GuardedSelection;
  /** Asks for the schema: the caller's own is shown. */
  introspects: boolean;
  /** Coordinates of the personal data that is selected, by category; for the record. */
  personalData: Readonly<Partial<Record<PiiCategory, readonly string[]>>>;
}

/** The document must be valid. `pii:read` among the scopes: nothing is masked. */
export function planAccess(
  schema: GraphQLSchema,
  rules: AccessRules,
  document: DocumentNode,
  operationName: string | null | undefined,
  scopes: ReadonlySet<Scope>,
): AccessPlan {
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!root) throw new TypeError('A plan was asked for of a document without that operation.');
  const definitions = fragmentsOf(document);
  const access = createFieldAccess(schema, rules, scopes);
  const planner = createSelectionPlanner(schema, access, definitions, !scopes.has('pii:read'));
  const { set, guard } = planner.plan(operation.selectionSet, root);
  const { refused, introspects, personalData, fragments } = planner.found();
  const isRefused = (name: string) => fieldOf(root, name) !== undefined && access.lackingScopes(root, name).length > 0;
  const roots = countRootFields(operation.selectionSet, definitions, isRefused);
  const isBeyond =
    operation.operation === 'mutation' ? roots.refused > 0 : roots.refused > 0 && roots.refused === roots.all;
  const isSame =
    !introspects && set === operation.selectionSet && fragments.every(({ before, after }) => before === after);
  return {
    document: isSame
      ? document
      : {
          ...document,
          // Fragments that only introspection spreads are not planned, and stay.
          definitions: [
            { ...operation, selectionSet: set },
            ...fragments.map(({ after }) => after),
            ...(introspects ? unplanned(definitions, fragments) : []),
          ],
        },
    refused,
    isBeyond,
    ...(!isEmptySelection(guard) && { guard }),
    introspects,
    personalData,
  };
}

/** What only introspection spreads. */
function unplanned(
  definitions: ReadonlyMap<string, FragmentDefinitionNode>,
  planned: readonly PlannedFragment[],
): FragmentDefinitionNode[] {
  const known = new Set(planned.map(({ before }) => before));
  return [...definitions.values()].filter((node) => !known.has(node));
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((node) => [node.name.value, node]));
}
