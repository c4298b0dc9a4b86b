/**
 * Bounds nested pages before anything is asked of a vendor: a hundred people with a hundred tickets each are ten thousand
 * rows. What counts is the longest multiplication in the operation; lists beside one another do not multiply.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isInterfaceType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { DEFAULT_LIMITS } from '../config/limits.ts';
import { GatewayError } from '../errors.ts';

/** What a list takes at most; it refuses other sizes by itself, so here they count for one. */
const MOST_PER_PAGE = 1_000;
/** What a page holds when its argument is null. */
const DEFAULT_PER_PAGE = 20;

type Variables = Readonly<Record<string, unknown>>;

/** Rows of the deepest page in a selection, and the pages that lead there. */
interface Rows {
  count: number;
  path: readonly string[];
}

const ONE: Rows = { count: 1, path: [] };

/** By document, schema and operation, where no variable has a say: most documents come again. */
const known = new WeakMap<DocumentNode, WeakMap<GraphQLSchema, Map<string, Rows>>>();

/**
 * The refusal of an operation whose nested pages multiply to more than `most` rows; undefined for all others. The document
 * must be valid and have passed `checkShape`, which bounds the stack; `variables` are as sent or coerced. Takes time in the document's length, however often fragments are reused.
 */
export function checkRowLimit(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName?: string | null,
  variables?: Variables | null,
  most: number = DEFAULT_LIMITS.frontend.rows,
): GatewayError | undefined {
  const rows = knownRows(schema, document, operationName) ?? rowsOf(schema, document, operationName, variables);
  const { count, path } = rows;
  if (count <= most) return undefined;
  const message = `The pages of ${path.join(' and ')} multiply to ${count} rows; ${most} is the limit. Ask for smaller pages.`;
  return new GatewayError('LIMIT_EXCEEDED', message, { limit: 'rows', retryable: false });
}

function knownRows(schema: GraphQLSchema, document: DocumentNode, operationName: string | null | undefined) {
  return known
    .get(document)
    ?.get(schema)
    ?.get(operationName ?? '');
}

function rowsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Variables | null | undefined,
): Rows {
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!root) return ONE;
  const values = createValues(operation, variables ?? {});
  const rows = createCounter(schema, document, values)(operation.selectionSet, root.name);
  if (!values.varied()) {
    const bySchema = known.get(document) ?? new WeakMap<GraphQLSchema, Map<string, Rows>>();
    known.set(document, bySchema);
    const byName = bySchema.get(schema) ?? new Map<string, Rows>();
    bySchema.set(schema, byName.set(operationName ?? '', rows));
  }
  return rows;
}

interface Values {
  /** Undefined for what is not given. */
  read(node: ValueNode | undefined): unknown;
  /** Whether a variable was read. */
  varied(): boolean;
}

/** Of the two kinds that matter here; what is of another kind, execution refuses. */
function createValues({ variableDefinitions = [] }: OperationDefinitionNode, variables: Variables): Values {
  let varied = false;
  const constant = (node: ValueNode | undefined): unknown => {
    if (node?.kind === 'IntValue') return Number(node.value);
    if (node?.kind === 'BooleanValue') return node.value;
    return node?.kind === 'NullValue' ? null : undefined;
  };
  return {
    read(node) {
      if (node?.kind !== 'Variable') return constant(node);
      varied = true;
      const name = node.name.value;
      if (Object.hasOwn(variables, name) && variables[name] !== undefined) return variables[name];
      return constant(variableDefinitions.find((one) => one.variable.name.value === name)?.defaultValue);
    },
    varied: () => varied,
  };
}

function createCounter(schema: GraphQLSchema, { definitions }: DocumentNode, values: Values) {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of definitions) if (node.kind === 'FragmentDefinition') fragments.set(node.name.value, node);
  /** A fragment is counted once; while it is, a spread of itself (which is not valid) counts for one. */
  const counted = new Map<string, Rows>();

  const ofSelection = ({ selections }: SelectionSetNode, typeName: string): Rows => {
    let most = ONE;
    for (const selection of selections) {
      const rows = isLeftOut(selection, values) ? ONE : ofNode(selection, typeName);
      if (rows.count > most.count) most = rows;
    }
    return most;
  };

  const ofNode = (node: SelectionNode, typeName: string): Rows => {
    if (node.kind === 'Field') return ofField(node, typeName);
    if (node.kind === 'FragmentSpread') return ofFragment(node.name.value);
    return ofSelection(node.selectionSet, node.typeCondition?.name.value ?? typeName);
  };

  const ofFragment = (name: string): Rows => {
    const before = counted.get(name);
    if (before) return before;
    counted.set(name, ONE);
    const fragment = fragments.get(name);
    const rows = fragment ? ofSelection(fragment.selectionSet, fragment.typeCondition.name.value) : ONE;
    counted.set(name, rows);
    return rows;
  };

  const ofField = (node: FieldNode, typeName: string): Rows => {
    if (!node.selectionSet) return ONE;
    const type = schema.getType(typeName);
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    if (!field) return ONE;
    const below = ofSelection(node.selectionSet, getNamedType(field.type).name);
    const size = pageSize(field, node, values);
    return size === undefined ? below : { count: size * below.count, path: [node.name.value, ...below.path] };
  };

  return ofSelection;
}

function isLeftOut({ directives }: SelectionNode, values: Values): boolean {
  return (directives ?? []).some(({ name, arguments: given }) => {
    if (name.value !== 'skip' && name.value !== 'include') return false;
    const condition = values.read(given?.find((one) => one.name.value === 'if')?.value);
    return name.value === 'skip' ? condition === true : condition === false;
  });
}

/** Undefined for a field that is no page. */
function pageSize(field: GraphQLField<unknown, unknown>, node: FieldNode, values: Values): number | undefined {
  const argument = field.args.find(({ name }) => name === 'first');
  if (!argument) return undefined;
  const given = values.read(node.arguments?.find(({ name }) => name.value === 'first')?.value);
  const size = (given === undefined ? argument.defaultValue : given) ?? DEFAULT_PER_PAGE;
  return Number.isInteger(size) && Number(size) >= 1 && Number(size) <= MOST_PER_PAGE ? Number(size) : 1;
}
