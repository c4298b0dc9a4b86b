/** What an estimate of cost reads of a request's variables: sizes of pages and lists, and what is skipped. */
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  type SelectionNode,
  type ValueNode,
} from 'graphql';

export type Variables = Readonly<Record<string, unknown>>;
export type ReadNumber = (variables: Variables) => number;
export type ReadFlag = (variables: Variables) => boolean;

/** Assumed of lists that are not paged: attendees, recipients. */
const SHORT_LIST = 2;
/** As the graph has it where neither the query nor the schema says. */
const USUAL_PAGE = 20;
/** More is refused by whoever reads the page. */
const MOST_ROWS = 1_000;
/** Keys stand in a list, a list in an input object, perhaps one more. */
const DEEPEST_LIST = 4;

/** Defaults of the operation's variables, by name. */
export type Defaults = ReadonlyMap<string, ValueNode | undefined>;

/**
 * Rows of a page. Where nobody says how much is wanted, a list of everything fills its page; what belongs to one object, or
 * is looked for by further arguments, is taken to fill half. A filter by keys leaves no more than there are keys.
 */
export function readFirst(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  defaults: Defaults,
  { isNested }: { isNested: boolean },
): ReadNumber {
  const fallback = Number(field.args.find(({ name }) => name === 'first')?.defaultValue ?? USUAL_PAGE);
  const given = node.arguments?.find(({ name }) => name.value === 'first')?.value;
  const read = given && readValue(given, defaults);
  const usual = isNested || node.arguments?.length ? Math.ceil(fallback / 2) : fallback;
  const mostOf = readKeys(field, node, defaults);
  return (variables) => {
    const first = read ? Number(read(variables) ?? fallback) : usual;
    const size = first >= 1 && first <= MOST_ROWS ? first : 1;
    return mostOf ? Math.min(size, mostOf(variables)) : size;
  };
}

/** How many keys the filters name, which are lists of texts in an input object; undefined for a field without such filters. */
function readKeys(
  { args }: GraphQLField<unknown, unknown>,
  { arguments: given = [] }: FieldNode,
  defaults: Defaults,
): ReadNumber | undefined {
  const lists = given.flatMap(({ name, value }) => {
    const type = args.find((one) => one.name === name.value)?.type;
    const names = type && isInputObjectType(getNullableType(type)) ? keyListsOf(getNamedType(type)) : [];
    return names.length > 0 ? [{ names, read: readValue(value, defaults) }] : [];
  });
  if (lists.length === 0) return undefined;
  return (variables) => {
    let most = MOST_ROWS;
    for (const { names, read } of lists) {
      const filter = read(variables);
      if (typeof filter !== 'object' || filter === null) continue;
      for (const name of names) {
        const keys: unknown = Reflect.get(filter, name);
        if (Array.isArray(keys)) most = Math.min(most, Math.max(1, keys.length));
      }
    }
    return most;
  };
}

function keyListsOf(type: GraphQLNamedType): string[] {
  if (!isInputObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => {
    const list = getNullableType(field.type);
    const item = getNamedType(field.type);
    return isListType(list) && (item.name === 'String' || item.name === 'ID') ? [field.name] : [];
  });
}

/** Items of a list that is not paged: as many as it was asked for, where it was asked for by a list. */
export function readListSize(node: FieldNode, defaults: Defaults): ReadNumber {
  const values = (node.arguments ?? []).map(({ value }) => readValue(value, defaults));
  if (values.length === 0) return () => SHORT_LIST;
  return (variables) => values.reduce((most, read) => Math.max(most, longestList(read(variables))), SHORT_LIST);
}

/** Of a value somebody sent: it may be as wide and as deep as a body can be. */
function longestList(value: unknown, levels = DEEPEST_LIST): number {
  if (typeof value !== 'object' || value === null || levels === 0) return 0;
  let longest = Array.isArray(value) ? value.length : 0;
  for (const item of Object.values(value)) longest = Math.max(longest, longestList(item, levels - 1));
  return longest;
}

/** Undefined for what is always there. */
export function readLeftOut({ directives = [] }: SelectionNode, defaults: Defaults): ReadFlag | undefined {
  if (directives.length === 0) return undefined;
  const flags = directives.flatMap(({ name, arguments: given = [] }) => {
    if (name.value !== 'skip' && name.value !== 'include') return [];
    const condition = given.find((one) => one.name.value === 'if')?.value;
    if (!condition) return [];
    const read = readValue(condition, defaults);
    return [(variables: Variables) => read(variables) === (name.value === 'skip')];
  });
  return flags.length === 0 ? undefined : (variables) => flags.some((flag) => flag(variables));
}

function readValue(node: ValueNode, defaults: Defaults): (variables: Variables) => unknown {
  if (node.kind !== 'Variable') return readLiteral(node, defaults);
  const { value: name } = node.name;
  const fallback = defaults.get(name);
  const readDefault = fallback && readValue(fallback, new Map());
  return (variables) =>
    Object.hasOwn(variables, name) && variables[name] !== undefined ? variables[name] : readDefault?.(variables);
}

/** Of literals only what counts here: numbers, conditions, and how long lists are. */
function readLiteral(
  node: Exclude<ValueNode, { kind: 'Variable' }>,
  defaults: Defaults,
): (variables: Variables) => unknown {
  switch (node.kind) {
    case 'IntValue': {
      const value = Number(node.value);
      return () => value;
    }
    case 'BooleanValue':
      return () => node.value;
    case 'ListValue': {
      const items = node.values.map((item) => readValue(item, defaults));
      return (variables) => items.map((read) => read(variables));
    }
    case 'ObjectValue': {
      const fields = node.fields.map(({ name, value }) => [name.value, readValue(value, defaults)] as const);
      return (variables) => Object.fromEntries(fields.map(([name, read]) => [name, read(variables)]));
    }
    default:
      return () => null;
  }
}
