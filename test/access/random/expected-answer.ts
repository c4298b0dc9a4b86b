/**
 * What a caller is to get of a document: the answer of one who may see everything, minus what is forbidden, with personal
 * data masked. Works on the answer and the document alone, by the rules as read by hand.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { isPiiCategory } from '../../../src/config/pii-category.ts';
import { maskValue } from '../../../src/rules/personal-data.ts';
import type { Tree } from '../../joins/asking.ts';
import type { RulesByHand } from './rules-by-hand.ts';

export interface Expected {
  data: Tree;
  /** Scopes that are missing, by response path without positions in lists. */
  refused: ReadonlyMap<string, readonly string[]>;
  /** Paths as above. */
  masked: ReadonlySet<string>;
  /** Values that were taken out or masked. */
  hidden: unknown[];
  /** Every root field is forbidden, or any of a mutation. */
  isBeyond: boolean;
  /**
   * Paths at which several systems are asked, and those count that the caller may see: who is known only to the others is
   * nobody to it (`unknown`; to a caller who may see none of them everybody is somebody, without anything), is under no id in them (`shorter`), and is recognised without their keys (`otherwise`, as is the time of a write);
   * and a name comes from the first of them that knows one (`named`).
   */
  loose: ReadonlyMap<string, Loose>;
}

export type Loose = 'unknown' | 'shorter' | 'otherwise' | 'named';

const LOOSE: Readonly<Record<string, Loose>> = {
  'Query.person': 'unknown',
  'Query.account': 'unknown',
  'Person.identities': 'shorter',
  'Account.identities': 'shorter',
  'Identity.matchedBy': 'otherwise',
  'Identity.confidence': 'otherwise',
};

/** When something was last changed. */
const WRITTEN_AT = /^(updated|updatedAt|lastmodifieddate|hs_lastmodifieddate)$/i;

/** Who else is asked for a name that the CRM does not know. */
const NAMED_BY: Readonly<Record<string, readonly string[]>> = {
  'Person.name': ['zendesk:read', 'slack:read', 'bamboohr:read'],
  'Account.name': ['stripe:read', 'zendesk:read'],
};

export interface Asked {
  document: DocumentNode;
  variables: Readonly<Record<string, unknown>>;
  /** Of the caller who may see everything. Abstract types must be asked for their `__typename`. */
  answer: Tree;
}

/** Stands for a null where none may stand. */
const GONE = Symbol('gone');

export function expectAnswer(
  schema: GraphQLSchema,
  rules: RulesByHand,
  { document, variables, answer }: Asked,
  scopes: ReadonlySet<string>,
): Expected {
  const refused = new Map<string, readonly string[]>();
  const masked = new Set<string>();
  const hidden: unknown[] = [];
  const loose = new Map<string, Loose>();
  const operation = getOperationAST(document);
  const root = operation && schema.getRootType(operation.operation);
  if (!root) throw new TypeError('There is nothing to expect.');
  const collect = createCollector(schema, document, variables);

  const object = (row: Tree, type: GraphQLObjectType, sets: readonly SelectionSetNode[], path: string): Tree => {
    const kept: Tree = {};
    for (const [key, nodes] of collect(type, sets)) {
      if (!Object.hasOwn(row, key)) throw new Error(`The whole answer has no ${path}.${key}.`);
      const value = field(row[key], type, nodes, path === '' ? key : `${path}.${key}`);
      if (value === GONE) return GONE;
      kept[key] = value;
    }
    return kept;
  };

  const field = (value: Tree, parent: GraphQLObjectType, nodes: readonly FieldNode[], path: string): Tree => {
    const name = nodes[0]?.name.value ?? '';
    const definition = parent.getFields()[name];
    // Introspection's own: __typename.
    if (!definition) return value;
    const coordinate = `${parent.name}.${name}`;
    const lacking = rules.lacking(coordinate, scopes);
    if (lacking.length > 0) {
      refused.set(path, lacking);
      hidden.push(value);
      return isNonNullType(definition.type) ? GONE : null;
    }
    if (NAMED_BY[coordinate]?.some((scope) => !scopes.has(scope))) loose.set(path, 'named');
    const category = rules.category(coordinate);
    if (isPiiCategory(category) && !scopes.has('pii:read')) {
      if (value === null) return null;
      masked.add(path);
      hidden.push(value);
      return isObjectType(getNamedType(definition.type)) ? null : maskValue(category, value, definition.type);
    }
    // Each caller's write is one of its own.
    const isOwn = operation.operation === 'mutation' && WRITTEN_AT.test(name);
    const kind = isOwn ? 'otherwise' : LOOSE[coordinate];
    if (kind) loose.set(path, kind);
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    return sets.length === 0 ? value : completed(value, definition.type, sets, path);
  };

  const completed = (value: Tree, type: GraphQLOutputType, sets: readonly SelectionSetNode[], path: string): Tree => {
    if (isNonNullType(type)) {
      const inner = completed(value, type.ofType, sets, path);
      return inner === null && value !== null ? GONE : inner;
    }
    if (value === null) return null;
    if (isListType(type)) {
      const items = value.map((item: Tree) => completed(item, type.ofType, sets, path));
      return items.includes(GONE) ? null : items;
    }
    const named = getNamedType(type);
    const found = isAbstractType(named) ? schema.getType(value.__typename) : named;
    if (!isObjectType(found)) throw new Error(`${path} does not say what it is.`);
    const row = object(value, found, sets, path);
    return row === GONE ? null : row;
  };

  const data = object(answer, root, [operation.selectionSet], '');
  const roots = [...collect(root, [operation.selectionSet], true).values()].flat();
  const isRefused = ({ name }: FieldNode) => rules.lacking(`${root.name}.${name.value}`, scopes).length > 0;
  // Half of what is to be written is not written.
  const isBeyond = operation.operation === 'mutation' ? roots.some(isRefused) : roots.every(isRefused);
  return { data: data === GONE ? null : data, refused, masked, hidden, isBeyond, loose };
}

/** By response name, in the order of the document. `withoutConditions`: as if every @skip and @include let its field in. */
function createCollector(schema: GraphQLSchema, document: DocumentNode, variables: Readonly<Record<string, unknown>>) {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);

  const applies = (condition: string | undefined, type: GraphQLObjectType): boolean => {
    const wanted = condition === undefined ? type : schema.getType(condition);
    return wanted === type || (isAbstractType(wanted) && schema.isSubType(wanted, type));
  };

  return (type: GraphQLObjectType, sets: readonly SelectionSetNode[], withoutConditions = false) => {
    const groups = new Map<string, FieldNode[]>();
    const visit = (set: SelectionSetNode): void => {
      for (const node of set.selections) {
        if (!withoutConditions && isLeftOut(node, variables)) continue;
        if (node.kind === Kind.FIELD) {
          const key = node.alias?.value ?? node.name.value;
          groups.set(key, [...(groups.get(key) ?? []), node]);
          continue;
        }
        const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node;
        if (fragment && applies(fragment.typeCondition?.name.value, type)) visit(fragment.selectionSet);
      }
    };
    for (const set of sets) visit(set);
    return groups;
  };
}

function isLeftOut(
  { directives = [] }: Pick<FieldNode, 'directives'>,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  return directives.some(({ name, arguments: [argument] = [] }) => {
    const value = argument?.value;
    const given =
      value?.kind === Kind.VARIABLE
        ? variables[value.name.value]
        : value?.kind === Kind.BOOLEAN
          ? value.value
          : undefined;
    return name.value === 'skip' ? given === true : name.value === 'include' && given === false;
  });
}
