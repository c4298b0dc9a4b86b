/** What a query is made of, before it is text. */
import fc from 'fast-check';
import { type GraphQLSchema, getNamedType, isLeafType, isObjectType, isUnionType } from 'graphql';
import type { World } from '../../../src/sandbox/world.ts';
import { type ArgumentValues, createArguments } from './arguments.ts';
import { type Cursors, refusedPages } from './refused-pages.ts';
import { type Aliases, NO_ALIASES } from './spellings.ts';
import type { Links } from './world-links.ts';

export type Selection = FieldSelection | FragmentSelection;

export interface FieldSelection {
  kind: 'field';
  type: string;
  name: string;
  args: ArgumentValues;
  /** Its arguments come as variables. */
  inVariables: boolean;
  isAliased: boolean;
  condition: { directive: 'skip' | 'include'; if: boolean } | undefined;
  connection: ConnectionParts | undefined;
  /** Of the object, or of a connection's nodes. */
  of: string | undefined;
  selection: readonly Selection[];
}

/** Which ways into a connection are taken. */
export interface ConnectionParts {
  nodes: boolean;
  edges: boolean;
  pageInfo: boolean;
  /** Read on to the pages behind, where the list has but one owner. */
  walked: boolean;
}

export interface FragmentSelection {
  kind: 'fragment';
  type: string;
  style: 'bare' | 'inline' | 'named';
  selection: readonly Selection[];
}

/** Links on the longest way from the root; one is taken at each of them, sometimes inside a fragment. */
const DEPTH = 4;

/** Root fields, with what they select. */
export function createSelections(
  schema: GraphQLSchema,
  links: Links,
  world: World,
  cursors: Cursors,
  aliases: Aliases = NO_ALIASES,
): { root: fc.Arbitrary<FieldSelection> } {
  const args = createArguments(world, aliases);
  const selections = new Map<string, fc.Arbitrary<Selection[]>>();

  const fieldOf = (type: string, name: string, depth: number): fc.Arbitrary<FieldSelection> => {
    const parent = schema.getType(type);
    const definition = isObjectType(parent) ? parent.getFields()[name] : undefined;
    if (!definition) throw new RangeError(`The graph has no ${type}.${name}.`);
    const result = getNamedType(definition.type);
    const isList = result.name.endsWith('Connection');
    const of = isLeafType(result) ? undefined : isList ? result.name.slice(0, -'Connection'.length) : result.name;
    const own = args[`${type}.${name}`] ?? fc.constant({});
    return fc.record({
      kind: fc.constant('field' as const),
      type: fc.constant(type),
      name: fc.constant(name),
      args: isList ? fc.tuple(own, pageOf(name, depth)).map(([one, page]) => ({ ...one, ...page })) : own,
      inVariables: fc.boolean(),
      isAliased: fc.boolean(),
      condition: type === 'Query' ? fc.constant(undefined) : CONDITION,
      connection: isList ? CONNECTION : fc.constant(undefined),
      of: fc.constant(of),
      selection: of === undefined ? fc.constant([]) : selectionOf(of, depth - 1),
    });
  };

  const pageOf = (name: string, depth: number): fc.Arbitrary<ArgumentValues> =>
    fc.oneof({ weight: 39, arbitrary: sizeAt(depth) }, refusedPages(name, cursors));

  const make = (type: string, depth: number): fc.Arbitrary<Selection[]> => {
    const union = schema.getType(type);
    if (isUnionType(union)) {
      const members = union.getTypes().map((member) => fragmentOf(member.name, depth, ['inline', 'named']));
      return fc.array(fc.oneof(...members), { minLength: 1, maxLength: 3 });
    }
    const names = Object.keys(links[type] ?? {});
    const isLink = (name: string) => links[type]?.[name] !== undefined && isComposite(schema, type, name);
    const fields = (wanted: readonly string[], weight: number) =>
      wanted.length === 0
        ? []
        : [{ weight, arbitrary: fc.oneof(...wanted.map((name) => lazily(() => fieldOf(type, name, depth)))) }];
    const isProperties = type.endsWith('Properties');
    const choice = fc.oneof(
      ...fields(
        names.filter((name) => !isLink(name)),
        2,
      ),
      ...(depth > 0 ? fields(names.filter(isLink), 3) : []),
      ...(depth > 0 && !isProperties ? [{ weight: 1, arbitrary: lazily(() => fragmentOf(type, depth)) }] : []),
    );
    return fc.array(choice as fc.Arbitrary<Selection>, { minLength: 1, maxLength: 2 });
  };

  const fragmentOf = (
    type: string,
    depth: number,
    styles: readonly FragmentSelection['style'][] = ['bare', 'inline', 'named'],
  ): fc.Arbitrary<FragmentSelection> =>
    fc.record({
      kind: fc.constant('fragment' as const),
      type: fc.constant(type),
      style: fc.constantFrom(...styles),
      selection: selectionOf(type, depth - 1),
    });

  function selectionOf(type: string, depth: number): fc.Arbitrary<Selection[]> {
    const key = `${type} ${depth}`;
    const known = selections.get(key) ?? make(type, depth);
    selections.set(key, known);
    return known;
  }

  const roots = Object.keys(links['Query'] ?? {});
  const unified = ['person', 'people', 'account', 'accounts'];
  const isPaged = (name: string) => typeOf(schema, name).endsWith('Connection');
  const wide = roots
    .filter(isPaged)
    .map((name) => fieldOf('Query', name, 0).map((field) => ({ ...field, args: { ...field.args, first: WIDE } })));
  return {
    root: fc.oneof(
      { weight: 60, arbitrary: fc.oneof(...unified.map((name) => fieldOf('Query', name, DEPTH))) },
      { weight: 35, arbitrary: fc.oneof(...roots.map((name) => fieldOf('Query', name, DEPTH))) },
      { weight: 5, arbitrary: fieldOf('Query', 'zendeskSearch', DEPTH) },
      { weight: 1, arbitrary: fc.oneof(...wide) },
    ),
  };
}

/** More rows than any vendor gives at once. */
const WIDE = 101;

/** Few fields have one: what is left out is not asked, and nothing below it. */
const CONDITION: fc.Arbitrary<FieldSelection['condition']> = fc.oneof(
  { weight: 29, arbitrary: fc.constant(undefined) },
  fc.record({ directive: fc.constantFrom('skip' as const, 'include' as const), if: fc.boolean() }),
);

const CONNECTION: fc.Arbitrary<ConnectionParts> = fc.record({
  nodes: fc.boolean(),
  edges: fc.boolean(),
  pageInfo: fc.boolean(),
  walked: fc.boolean(),
});

/** The deeper, the smaller, since sizes multiply; now and then the default. */
function sizeAt(depth: number): fc.Arbitrary<ArgumentValues> {
  const size = fc.integer({ min: 1, max: depth === DEPTH ? 5 : 2 }).map((first) => ({ first }));
  return depth === 0 || depth === DEPTH ? fc.oneof({ weight: 19, arbitrary: size }, fc.constant({})) : size;
}

function typeOf(schema: GraphQLSchema, root: string): string {
  const field = schema.getQueryType()?.getFields()[root];
  return field ? getNamedType(field.type).name : '';
}

function isComposite(schema: GraphQLSchema, type: string, name: string): boolean {
  const parent = schema.getType(type);
  const field = isObjectType(parent) ? parent.getFields()[name] : undefined;
  return field !== undefined && !isLeafType(getNamedType(field.type));
}

function lazily<Value>(make: () => fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  let made: fc.Arbitrary<Value> | undefined;
  return fc.constant(undefined).chain(() => {
    made ??= make();
    return made;
  });
}
