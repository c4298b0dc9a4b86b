/** The one root field of a subscription, and what it was asked with. */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getArgumentValues,
  getVariableValues,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

export interface SubscribedField {
  name: string;
  args: Readonly<Record<string, unknown>>;
  /** Variables that an answer may depend on: all but those that only say where to start. */
  variables: ReadonlySet<string>;
}

/** Where a stream starts is nothing to its answers: who resumes gets the same ones as the others. */
const START: ReadonlySet<string> = new Set(['after', 'from', 'consumer']);

/** Undefined when the operation leaves its field out by @skip or @include. The document is valid: it has one field at most. */
export function subscribedField(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variableValues: Readonly<Record<string, unknown>>,
): SubscribedField | undefined {
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues);
  const node = firstField(document, operation.selectionSet, coerced);
  const field = node && schema.getSubscriptionType()?.getFields()[node.name.value];
  return (
    field && {
      name: field.name,
      args: getArgumentValues(field, node, coerced),
      variables: variablesBeyondStart(document, node),
    }
  );
}

function variablesBeyondStart(document: DocumentNode, field: FieldNode): Set<string> {
  const names = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Argument: (node) => (START.has(node.name.value) && field.arguments?.includes(node) ? false : undefined),
    Variable: ({ name }) => void names.add(name.value),
  });
  return names;
}

function firstField(
  document: DocumentNode,
  { selections }: SelectionSetNode,
  variables: Readonly<Record<string, unknown>>,
): FieldNode | undefined {
  for (const selection of selections) {
    if (isLeftOut(selection, variables)) continue;
    if (selection.kind === 'Field') return selection;
    const inner =
      selection.kind === 'InlineFragment' ? selection.selectionSet : fragment(document, selection.name.value);
    const found = inner && firstField(document, inner, variables);
    if (found) return found;
  }
  return undefined;
}

function fragment({ definitions }: DocumentNode, name: string): SelectionSetNode | undefined {
  for (const one of definitions)
    if (one.kind === 'FragmentDefinition' && one.name.value === name) return one.selectionSet;
  return undefined;
}

function isLeftOut(
  { directives = [] }: SelectionSetNode['selections'][number],
  variables: Readonly<Record<string, unknown>>,
): boolean {
  return directives.some(({ name, arguments: given = [] }) => {
    const value = given[0]?.value;
    const condition =
      value?.kind === 'Variable' ? variables[value.name.value] : value?.kind === 'BooleanValue' && value.value;
    return name.value === 'skip' ? condition === true : name.value === 'include' && condition === false;
  });
}
