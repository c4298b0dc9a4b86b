/**
 * Variables as a record may keep them: numbers, switches, enums and ids stay, text does not. They may not fit what they are
 * declared as: refused operations are recorded too.
 */
import {
  type GraphQLInputType,
  type GraphQLNamedInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  type TypeNode,
  typeFromAST,
} from 'graphql';

const TEXT = '***';
/** Items of a list that are kept; then `…` stands for the rest. */
const MOST_ITEMS = 20;
/** Lists and objects in one another; what lies deeper is kept like text. */
const MOST_LEVELS = 20;
/** What systems make ids of. An address or a name in an id's place is none. */
const ID = /^[\w:.-]{1,100}$/;

/** Undefined when the operation has no variables. What no variable is declared for is left out. */
export function redactVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): Record<string, unknown> | undefined {
  const given = variableDefinitions.filter(({ variable }) => Object.hasOwn(variables ?? {}, variable.name.value));
  if (given.length === 0) return undefined;
  return Object.fromEntries(
    given.map(({ variable: { name }, type }) => [
      name.value,
      redact(variables?.[name.value], declaredType(schema, type)),
    ]),
  );
}

/** Of a document that is kept: it is asked again and again. */
const declaredTypes = new WeakMap<TypeNode, GraphQLInputType | undefined>();

function declaredType(schema: GraphQLSchema, node: TypeNode): GraphQLInputType | undefined {
  if (declaredTypes.has(node)) return declaredTypes.get(node);
  const found = typeFromAST(schema, node);
  const declared = isInputType(found) ? found : undefined;
  declaredTypes.set(node, declared);
  return declared;
}

function redact(value: unknown, type: GraphQLInputType | undefined, level = 0): unknown {
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'number') return value;
  if (level > MOST_LEVELS) return TEXT;
  if (isNonNullType(type)) return redact(value, type.ofType, level);
  // A list of an input type is one of input types.
  const item = (isListType(type) ? type.ofType : type) as GraphQLInputType | undefined;
  if (Array.isArray(value)) {
    const kept = value.slice(0, MOST_ITEMS).map((one) => redact(one, item, level + 1));
    return value.length > MOST_ITEMS ? [...kept, '…'] : kept;
  }
  if (isInputObjectType(item) && typeof value === 'object') {
    const fields = item.getFields();
    const known = Object.entries(value).filter(([key]) => Object.hasOwn(fields, key));
    return Object.fromEntries(known.map(([key, one]) => [key, redact(one, fields[key]?.type, level + 1)]));
  }
  return typeof value === 'string' && isTelling(value, item && getNamedType(item)) ? value : TEXT;
}

/** Whether it may be kept: it says nothing about a person. */
function isTelling(value: string, type: GraphQLNamedInputType | undefined): boolean {
  if (isEnumType(type)) return type.getValue(value) !== undefined;
  return type?.name === 'ID' && ID.test(value);
}
