/**
 * Which operations graphql-jit 0.8.9 answers as graphql-js does. Found by reading what it generates and by asking both
 * (test/graph/compiled-arguments.test.ts); whatever is not known to be answered alike is interpreted.
 *
 * - Mutations: what a compiler gets wrong of them is written at a vendor.
 * - `@skip` and `@include`: a field that is left out is merged with one of its name that is not, so that
 *   `a @skip(if: true) { b } a { c }` inside a fragment answers `b` too. What must not be asked must not be answered.
 * - Variables inside a list or an object that is written out: one that is not given becomes null instead of nothing.
 * - Variables that must not be null and have a default: the default is not taken.
 * - Variables of input objects: the same with their fields; and code is written for the whole type, without end for one that
 *   holds itself.
 * - Texts with its own markers for what JSON has no words for: it puts what follows such a marker into its code, as code.
 * - `__proto__` as a name: it sets what an object inherits.
 * - Aliases with `_`: what it tells a resolver of its field is kept under the names of the path, joined by `_`.
 * - Fields whose type and name, written together, are those of another field: they are one resolver to it.
 */
import {
  type ASTVisitor,
  BREAK,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLSchema,
  getOperationAST,
  isInputObjectType,
  isObjectType,
  type NamedTypeNode,
  type TypeNode,
  typeFromAST,
  type VariableDefinitionNode,
  visit,
} from 'graphql';

export function isCompilable({
  schema,
  document,
  operationName,
}: Pick<ExecutionArgs, 'schema' | 'document' | 'operationName'>): boolean {
  const operation = getOperationAST(document, operationName);
  return (
    operation !== null && operation !== undefined && operation.operation !== 'mutation' && isPlain(schema, document)
  );
}

/** Begins each of graphql-jit's markers. */
const MARKER = '__MAGIC_';

function isPlain(schema: GraphQLSchema, document: DocumentNode): boolean {
  const interpreted = interpretedFields(schema);
  let isFine = true;
  const refuseIf = (isWrong: boolean): typeof BREAK | undefined => {
    if (!isWrong) return undefined;
    isFine = false;
    return BREAK;
  };
  let writtenOut = 0;
  const inside = {
    enter() {
      writtenOut += 1;
    },
    leave() {
      writtenOut -= 1;
    },
  };
  const visitor: ASTVisitor = {
    Directive: ({ name }) => refuseIf(name.value === 'skip' || name.value === 'include'),
    ListValue: inside,
    ObjectValue: inside,
    Variable: () => refuseIf(writtenOut > 0),
    VariableDefinition: (node) => refuseIf(isBeyondParsing(schema, node)),
    StringValue: ({ value }) => refuseIf(value.includes(MARKER)),
    Name: ({ value }) => refuseIf(value === '__proto__'),
    Field: ({ name, alias }) => refuseIf(interpreted.has(name.value) || (alias?.value.includes('_') ?? false)),
  };
  visit(document, visitor);
  return isFine;
}

function isBeyondParsing(schema: GraphQLSchema, { type: node, defaultValue }: VariableDefinitionNode): boolean {
  return (
    (node.kind === 'NonNullType' && defaultValue !== undefined) || isInputObjectType(typeFromAST(schema, namedIn(node)))
  );
}

function namedIn(node: TypeNode): NamedTypeNode {
  return node.kind === 'NamedType' ? node : namedIn(node.type);
}

const known = new WeakMap<GraphQLSchema, ReadonlySet<string>>();

/** Names of fields that are interpreted on whatever type they are selected. */
function interpretedFields(schema: GraphQLSchema): ReadonlySet<string> {
  const before = known.get(schema);
  if (before) return before;
  const names = new Set<string>();
  const others = new Map<string, string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const { name } of Object.values(type.getFields())) {
      const together = type.name + name;
      const other = others.get(together);
      others.set(together, name);
      if (other !== undefined) names.add(name).add(other);
    }
  }
  known.set(schema, names);
  return names;
}
