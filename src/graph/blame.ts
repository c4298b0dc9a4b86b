/** Whose value stands at a path of an answer: what graphql-js itself finds wrong in a vendor's row, the vendor has to answer for. */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { RestOperation } from '../rest/operation.ts';

export interface Blame {
  vendor: string;
  /** Known where the vendor's own root field was asked; a join may have read the row in several ways. */
  operation?: string;
}

export interface Answered {
  schema: GraphQLSchema;
  operations: ReadonlyMap<string, RestOperation>;
  document: DocumentNode;
  operationName?: string | null | undefined;
}

/** Undefined when no vendor's type or root field lies on the path. */
export function blameFor(path: readonly (string | number)[], answered: Answered): Blame | undefined {
  const { schema, operations, document, operationName } = answered;
  const operation = getOperationAST(document, operationName);
  if (!operation) return undefined;
  const vendors = vendorsOf(operations);
  let type: GraphQLNamedType | null | undefined = schema.getRootType(operation.operation);
  let selections: readonly SelectionSetNode[] = [operation.selectionSet];
  let blame: Blame | undefined;
  for (const key of path) {
    if (typeof key === 'number') continue;
    const found = selections
      .flatMap((set) => fieldsOf(set, type, answered))
      .filter(({ field }) => keyOf(field) === key);
    const [first] = found;
    if (!first) return blame;
    const rest = operations.get(first.field.name.value);
    if (type === schema.getRootType(operation.operation) && rest) blame = { vendor: rest.vendor, operation: rest.name };
    const vendor = vendors.find((name) => isTypeOf(first.parent.name, name));
    if (vendor && vendor !== blame?.vendor) blame = { vendor };
    type = typeBelow(first.parent, first.field.name.value);
    selections = found.flatMap(({ field }) => field.selectionSet ?? []);
  }
  return blame;
}

/** A graph has thousands of operations, and a broken answer hundreds of errors. */
const VENDORS = new WeakMap<Answered['operations'], readonly string[]>();

function vendorsOf(operations: Answered['operations']): readonly string[] {
  const known = VENDORS.get(operations);
  if (known) return known;
  const vendors = [...new Set(Array.from(operations.values(), ({ vendor }) => vendor))];
  VENDORS.set(operations, vendors);
  return vendors;
}

interface Found {
  field: FieldNode;
  parent: GraphQLNamedType;
}

function fieldsOf(
  { selections }: SelectionSetNode,
  parent: GraphQLNamedType | null | undefined,
  answered: Answered,
): Found[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return parent ? [{ field: selection, parent }] : [];
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(selection.name.value, answered);
    const condition = fragment?.typeCondition?.name.value;
    return fragment
      ? fieldsOf(fragment.selectionSet, condition ? answered.schema.getType(condition) : parent, answered)
      : [];
  });
}

function fragmentOf(name: string, { document }: Answered) {
  return document.definitions.find((node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name) as
    | Extract<DocumentNode['definitions'][number], { kind: Kind.FRAGMENT_DEFINITION }>
    | undefined;
}

function typeBelow(parent: GraphQLNamedType, field: string): GraphQLNamedType | undefined {
  const definition = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field] : undefined;
  return definition && getNamedType(definition.type);
}

/** Types carry their vendor's name: `StripeInvoice`. */
function isTypeOf(typeName: string, vendor: string): boolean {
  const prefix = vendor.charAt(0).toUpperCase() + vendor.slice(1);
  return typeName.startsWith(prefix) && /^[A-Z]/.test(typeName.slice(prefix.length));
}

function keyOf({ alias, name }: FieldNode): string {
  return alias?.value ?? name.value;
}
