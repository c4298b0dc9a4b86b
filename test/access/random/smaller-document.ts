/** Takes a document apart as long as something is still wrong with its answer: what is left shows why. */
import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  parse,
  print,
  type SelectionSetNode,
  validate,
  visit,
} from 'graphql';

/** At most so many tries: a large document is not worth the night. */
const MOST_TRIES = 300;

export async function smallerDocument(
  text: string,
  schema: GraphQLSchema,
  isWrong: (text: string) => Promise<boolean>,
): Promise<string> {
  let smallest = text;
  let tries = 0;
  let place = 0;
  while (tries < MOST_TRIES) {
    const candidate = without(parse(smallest, { noLocation: true }), place);
    if (candidate === undefined) return smallest;
    tries += 1;
    const next = print(withoutUnused(candidate));
    if (validate(schema, parse(next)).length === 0 && (await isWrong(next))) smallest = next;
    else place += 1;
  }
  return smallest;
}

/** Without the selection at that place of all that have others beside them; undefined when there are no more. */
function without(document: DocumentNode, place: number): DocumentNode | undefined {
  let seen = -1;
  let found = false;
  const smaller = visit(document, {
    SelectionSet(node): SelectionSetNode | undefined {
      if (found || node.selections.length < 2) return undefined;
      const index = place - seen - 1;
      seen += node.selections.length;
      if (index < 0 || index >= node.selections.length) return undefined;
      found = true;
      return { ...node, selections: node.selections.filter((_one, at) => at !== index) };
    },
  });
  return found ? smaller : undefined;
}

function withoutUnused(document: DocumentNode): DocumentNode {
  const used = new Set<string>();
  visit(document, { FragmentSpread: ({ name }) => void used.add(name.value) });
  const definitions = document.definitions.filter(
    (node) => node.kind !== Kind.FRAGMENT_DEFINITION || used.has(node.name.value),
  );
  const smaller = { ...document, definitions };
  return definitions.length === document.definitions.length ? withoutVariables(smaller) : withoutUnused(smaller);
}

function withoutVariables(document: DocumentNode): DocumentNode {
  const used = new Map<string, number>();
  // Where it is declared counts as well.
  visit(document, { Variable: ({ name }) => void used.set(name.value, (used.get(name.value) ?? 0) + 1) });
  return visit(document, {
    VariableDefinition: ({ variable }) => (used.get(variable.name.value) === 1 ? null : undefined),
  });
}
