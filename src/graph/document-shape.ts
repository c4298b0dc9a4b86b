/**
 * The numbers of a document that limits are about, found before it is validated: fragments may be missing, reused a
 * thousandfold or go in circles. Each definition is walked once and each fragment's numbers are kept, so the time is that
 * of the document's length, however large it would be with its fragments written out.
 */
import type {
  DefinitionNode,
  DocumentNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';

export interface DocumentShape {
  /** Every fragment counted once, as are those below. */
  aliases: number;
  directives: number;
  operations: readonly OperationShape[];
  /** By name; of several with one name the last, as graphql-js has it. */
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Selections in one another, fragments counted as levels: what a walker's stack takes. */
  nesting: number;
  /** Fragments that go in circles, that no operation reaches, or that share a name: validation will refuse it. */
  isUnsound: boolean;
}

export interface OperationShape {
  node: OperationDefinitionNode;
  /** Fields in one another; a fragment is no level. What is inside `__schema` and `__type` counts apart. */
  depth: number;
  introspectionDepth: number;
  /** With fragments written out. Saturates. */
  fields: number;
  /** Each fragment counted once. */
  rootFields: number;
}

interface Numbers {
  depth: number;
  introspectionDepth: number;
  /** Of both kinds: what a fragment adds to introspection that it is spread in. */
  height: number;
  fields: number;
  nesting: number;
}

interface Spread extends Place {
  name: string;
}

interface Place {
  /** Fields above, outside introspection. */
  level: number;
  /** Fields above inside introspection, its root field included; 0 outside. */
  introspection: number;
  nesting: number;
}

/** One definition by itself. */
interface Local extends Numbers {
  spreads: Spread[];
  aliases: number;
  directives: number;
  rootFields: number;
}

const NOTHING: Numbers = { depth: 0, introspectionDepth: 0, height: 0, fields: 0, nesting: 0 };
const MANY = 1_000_000_000;
const INTROSPECTION_ROOTS: ReadonlySet<string> = new Set(['__schema', '__type']);

const known = new WeakMap<DocumentNode, DocumentShape>();

/** Kept as long as the document. */
export function shapeOf(document: DocumentNode): DocumentShape {
  const before = known.get(document);
  if (before) return before;
  const shape = findShape(document);
  known.set(document, shape);
  return shape;
}

function findShape({ definitions }: DocumentNode): DocumentShape {
  const executable = definitions.filter(isExecutable);
  const locals = new Map(executable.map((node) => [node, findLocal(node)]));
  const fragmentNodes = executable.filter((node) => node.kind === 'FragmentDefinition');
  const fragments = new Map(fragmentNodes.map((node) => [node.name.value, node]));
  const localOf = (name: string): Local | undefined => {
    const node = fragments.get(name);
    return node && locals.get(node);
  };
  const { numbers, isCyclic } = numbersOfFragments([...fragments.keys()], localOf);
  const operations: OperationShape[] = [];
  const reached = new Set<string>();
  let nesting = isCyclic ? fragments.size : 0;
  let aliases = 0;
  let directives = 0;
  for (const [node, local] of locals) {
    const whole = combine(local, numbers);
    nesting = Math.max(nesting, whole.nesting);
    aliases += local.aliases;
    directives += local.directives;
    if (node.kind !== 'OperationDefinition') continue;
    reach(local.spreads, localOf, reached);
    operations.push({ node, ...whole, rootFields: rootFieldsOf(local, localOf) });
  }
  const isUnsound = isCyclic || reached.size < fragmentNodes.length;
  return { aliases, directives, operations, fragments, nesting, isUnsound };
}

type Executable = OperationDefinitionNode | FragmentDefinitionNode;

function isExecutable(node: DefinitionNode): node is Executable {
  return node.kind === 'OperationDefinition' || node.kind === 'FragmentDefinition';
}

/** Without calling itself: the shape is what tells whether a document may be walked that way. */
function findLocal({ selectionSet, directives, ...rest }: Executable): Local {
  const local: Local = { ...NOTHING, spreads: [], aliases: 0, directives: directives?.length ?? 0, rootFields: 0 };
  const variables = rest.kind === 'OperationDefinition' ? rest.variableDefinitions : undefined;
  for (const variable of variables ?? []) local.directives += variable.directives?.length ?? 0;
  const open: (Place & { set: SelectionSetNode })[] = [{ set: selectionSet, level: 0, introspection: 0, nesting: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { set, ...place } = next;
    local.nesting = Math.max(local.nesting, place.nesting);
    for (const node of set.selections) {
      local.directives += node.directives?.length ?? 0;
      if (node.kind === 'FragmentSpread') {
        local.spreads.push({ name: node.name.value, ...place });
        continue;
      }
      const at = node.kind === 'Field' ? countField(node.name.value, node.alias !== undefined, place, local) : place;
      if (node.selectionSet) open.push({ set: node.selectionSet, ...at, nesting: place.nesting + 1 });
    }
  }
  return local;
}

/** The place below the field. */
function countField(name: string, isAliased: boolean, place: Place, local: Local): Place {
  const isInside = place.introspection > 0 || INTROSPECTION_ROOTS.has(name);
  const level = place.level + (isInside ? 0 : 1);
  const introspection = place.introspection + (isInside ? 1 : 0);
  local.fields += 1;
  if (isAliased) local.aliases += 1;
  if (place.level === 0 && place.introspection === 0) local.rootFields += 1;
  local.depth = Math.max(local.depth, level);
  local.introspectionDepth = Math.max(local.introspectionDepth, introspection);
  local.height = Math.max(local.height, level + introspection);
  return { ...place, level, introspection };
}

function combine(local: Local, numbers: ReadonlyMap<string, Numbers>): Numbers {
  let { depth, introspectionDepth, height, fields, nesting } = local;
  for (const spread of local.spreads) {
    const inside = numbers.get(spread.name) ?? NOTHING;
    const isInside = spread.introspection > 0;
    fields = Math.min(MANY, fields + inside.fields);
    nesting = Math.max(nesting, spread.nesting + inside.nesting);
    height = Math.max(height, spread.level + spread.introspection + inside.height);
    if (!isInside) depth = Math.max(depth, spread.level + inside.depth);
    const below = isInside ? spread.introspection + inside.height : inside.introspectionDepth;
    introspectionDepth = Math.max(introspectionDepth, below);
  }
  return { depth, introspectionDepth, height, fields, nesting };
}

type LocalOf = (name: string) => Local | undefined;

/** Each after those it spreads. Where they go in circles, the way back counts for nothing. */
function numbersOfFragments(names: readonly string[], localOf: LocalOf) {
  const numbers = new Map<string, Numbers>();
  const begun = new Set<string>();
  let isCyclic = false;
  const open = names.toReversed();
  for (let name = open.at(-1); name !== undefined; name = open.at(-1)) {
    const local = localOf(name);
    if (begun.has(name) || local === undefined) {
      open.pop();
      if (local !== undefined && !numbers.has(name)) numbers.set(name, combine(local, numbers));
      continue;
    }
    begun.add(name);
    for (const spread of new Set(local.spreads.map((one) => one.name))) {
      if (!begun.has(spread)) open.push(spread);
      else if (!numbers.has(spread)) isCyclic = true;
    }
  }
  return { numbers, isCyclic };
}

function reach(spreads: readonly Spread[], localOf: LocalOf, reached: Set<string>): void {
  const open = [...spreads];
  for (let spread = open.pop(); spread !== undefined; spread = open.pop()) {
    const local = reached.has(spread.name) ? undefined : localOf(spread.name);
    if (local === undefined) continue;
    reached.add(spread.name);
    for (const next of local.spreads) open.push(next);
  }
}

function rootFieldsOf(operation: Local, localOf: LocalOf): number {
  const isRoot = ({ level, introspection }: Spread) => level === 0 && introspection === 0;
  const reached = new Set<string>();
  const open = operation.spreads.filter(isRoot);
  let { rootFields } = operation;
  for (let spread = open.pop(); spread !== undefined; spread = open.pop()) {
    const local = reached.has(spread.name) ? undefined : localOf(spread.name);
    if (local === undefined) continue;
    reached.add(spread.name);
    rootFields += local.rootFields;
    for (const next of local.spreads) if (isRoot(next)) open.push(next);
  }
  return rootFields;
}
