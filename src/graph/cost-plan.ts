/** The steps of an operation that cost something, in an order in which each comes after the one whose objects it is asked of. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  type OperationDefinitionNode,
  print,
  type SelectionSetNode,
} from 'graphql';
import { type CostRule, costOfField } from './cost-rules.ts';
import { type Defaults, type ReadFlag, type ReadNumber, readFirst, readLeftOut, readListSize } from './cost-values.ts';

export interface CostPlan {
  /** The first is the operation itself. */
  steps: readonly Step[];
  slots: readonly Slot[];
}

/** A field, with all its aliases in one place that have the same arguments: those are read once. */
export interface Step {
  /** Index of the step whose objects it is asked of. */
  parent: number;
  /** Index of the step that had the very same object; undefined when it leads on. */
  backTo: number | undefined;
  /** Index of the step whose object is one of this list: somebody's bookings are those they attend. */
  among: number | undefined;
  asks: readonly { slot: number; isPaged: boolean }[];
  /** Objects it answers with for each it is asked of; absent: one. */
  size: ReadNumber | undefined;
  /** Rows a vendor gives at once. */
  pageSize: number | undefined;
  leftOut: ReadFlag | undefined;
}

/** What is asked for together. */
export interface Slot {
  /** The read, or the field where it has no name. */
  name: string;
  calls: number;
  batch: number;
}

/** Where selections stand: the objects of a step. */
interface Place {
  index: number;
  type: GraphQLNamedType;
  sets: readonly Part[];
  /** Places on the way here, nearest first. */
  above: Place | undefined;
  /** What of these objects is read already. */
  known: Known;
  /** How many answers had to be waited for. */
  wave: number;
}

interface Part {
  set: SelectionSetNode;
  type: GraphQLNamedType;
}

interface Known {
  reads: Set<string>;
  also: Known | undefined;
}

interface Asked {
  field: GraphQLField<unknown, unknown>;
  owner: GraphQLNamedType;
  node: FieldNode;
  sets: Part[];
  leftOut: (ReadFlag | undefined)[];
}

export function planCost(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): CostPlan {
  const root = schema.getRootType(operation.operation);
  const steps: Step[] = [];
  const slots: Slot[] = [];
  if (!root) return { steps, slots };
  const defaults: Defaults = new Map(
    (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [variable.name.value, defaultValue]),
  );
  const slotOf = slotFinder(slots);
  const open: Place[] = [];

  const enter = (place: Place, asked: Asked): void => {
    const { field, node, owner } = asked;
    const type = getNamedType(field.type);
    const { rules, pageSize } = costOfField(field);
    const hasPages = pageSize !== undefined;
    const isRow = isWayToRows(owner);
    const isList = isListType(getNullableType(field.type)) && !isRow;
    const origin = hasPages || isRow ? undefined : placeOf(type, place);
    const back = isList ? undefined : origin;
    const charged = rules.filter((rule) => isCharged(rule, place));
    const leftOut = allOf(asked.leftOut);
    // Two people asked for beside one another are not one; and what may be left out may not have been read.
    if (place.index > 0 && !leftOut) for (const { read } of rules) if (read !== undefined) place.known.reads.add(read);
    if (charged.length === 0 && asked.sets.length === 0) return;
    const index = steps.length;
    steps.push({
      parent: place.index,
      backTo: back?.index,
      among: isList ? origin?.index : undefined,
      asks: charged.map((rule) => ({
        slot: slotOf(rule, rule.read ?? `${owner.name}.${field.name}`, place.wave),
        isPaged: rule.batch === 1,
      })),
      size: hasPages
        ? readFirst(field, node, defaults, { isNested: place.index > 0 })
        : isList
          ? readListSize(node, defaults)
          : undefined,
      pageSize,
      leftOut,
    });
    if (asked.sets.length === 0) return;
    const reads = new Set(rules.flatMap(({ read }) => read ?? []));
    const isFresh = isList || hasPages || place.index === 0;
    const waits = charged.length > 0 && (place.index > 0 || isList || hasPages);
    open.push({
      index,
      type,
      sets: asked.sets,
      above: place,
      known: { reads, also: isFresh ? undefined : (back ?? place).known },
      wave: place.wave + (waits ? 1 : 0),
    });
  };

  steps.push({
    parent: 0,
    backTo: undefined,
    among: undefined,
    asks: [],
    size: undefined,
    pageSize: undefined,
    leftOut: undefined,
  });
  const sets = [{ set: operation.selectionSet, type: root }];
  const known = { reads: new Set<string>(), also: undefined };
  open.push({ index: 0, type: root, sets, above: undefined, known, wave: 0 });
  const fragments = fragmentsOf(document);
  // Level by level, so that what a level reads is known to all below it.
  for (let next = 0; next < open.length; next += 1) {
    const place = open[next];
    if (place) for (const asked of fieldsOf(place, schema, fragments, defaults)) enter(place, asked);
  }
  return { steps, slots };
}

/** A batch of so many is a list that serves everybody: it is read once, whoever waits for it. */
const WHOLE_LIST = 1_000_000;

function slotFinder(slots: Slot[]) {
  const indexes = new Map<string, number>();
  return ({ calls, batch }: CostRule, name: string, wave: number): number => {
    const key = `${name} ${calls} ${batch} ${batch >= WHOLE_LIST ? '' : wave}`;
    const known = indexes.get(key);
    if (known !== undefined) return known;
    indexes.set(key, slots.length);
    return slots.push({ name, calls, batch }) - 1;
  };
}

/** A connection and its edges hold what the connection's own size says, the same rows by either way. */
function isWayToRows(owner: GraphQLNamedType): boolean {
  return owner.name.endsWith('Connection') || owner.name.endsWith('Edge');
}

function isCharged({ calls, read }: CostRule, place: Place): boolean {
  if (calls === 0) return false;
  for (let known: Known | undefined = place.known; known !== undefined && read !== undefined; known = known.also)
    if (known.reads.has(read)) return false;
  return true;
}

/** The nearest place on the way here that has objects of this type. */
function placeOf(type: GraphQLNamedType, from: Place): Place | undefined {
  if (!isObjectType(type)) return undefined;
  for (let place = from.above; place !== undefined; place = place.above) if (place.type === type) return place;
  return undefined;
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function fragmentsOf({ definitions }: DocumentNode): Fragments {
  const fragments = definitions.filter((node) => node.kind === 'FragmentDefinition');
  return new Map(fragments.map((node) => [node.name.value, node]));
}

function fieldsOf({ sets }: Place, schema: GraphQLSchema, fragments: Fragments, defaults: Defaults): Iterable<Asked> {
  const found = new Map<string, Asked>();
  const collect = ({ set, type }: Part, above: ReadFlag | undefined): void => {
    for (const node of set.selections) {
      const leftOut = anyOf(above, readLeftOut(node, defaults));
      if (node.kind === 'Field') {
        const edge = node.selectionSet && edgeOf(node, type);
        if (edge) collect(edge, leftOut);
        else addField(found, node, type, leftOut);
        continue;
      }
      const part = node.kind === 'InlineFragment' ? node : fragments.get(node.name.value);
      const narrowed = part?.typeCondition && schema.getType(part.typeCondition.name.value);
      if (part) collect({ set: part.selectionSet, type: narrowed ?? type }, leftOut);
    }
  };
  for (const part of sets) collect(part, undefined);
  return found.values();
}

/** What stands in `edges` stands beside `nodes`. */
function edgeOf({ name, selectionSet }: FieldNode, owner: GraphQLNamedType): Part | undefined {
  if (name.value !== 'edges' || !isWayToRows(owner) || !isObjectType(owner)) return undefined;
  const edges = owner.getFields()['edges'];
  return edges && selectionSet && { set: selectionSet, type: getNamedType(edges.type) };
}

function addField(
  found: Map<string, Asked>,
  node: FieldNode,
  owner: GraphQLNamedType,
  leftOut: ReadFlag | undefined,
): void {
  const field = isObjectType(owner) || isInterfaceType(owner) ? owner.getFields()[node.name.value] : undefined;
  if (!field) return;
  const isRow = isWayToRows(owner) && (field.name === 'nodes' || field.name === 'node');
  const key = isRow ? 'rows' : [owner.name, field.name, ...(node.arguments ?? []).map(print).toSorted()].join(' ');
  const asked = found.get(key) ?? { field, owner, node, sets: [], leftOut: [] };
  found.set(key, asked);
  asked.leftOut.push(leftOut);
  const type = getNamedType(field.type);
  if (node.selectionSet && isCompositeType(type)) asked.sets.push({ set: node.selectionSet, type });
}

function anyOf(first: ReadFlag | undefined, second: ReadFlag | undefined): ReadFlag | undefined {
  if (!first || !second) return first ?? second;
  return (variables) => first(variables) || second(variables);
}

/** Left out is what no alias of it is there for. */
function allOf(flags: readonly (ReadFlag | undefined)[]): ReadFlag | undefined {
  const known = flags.filter((flag) => flag !== undefined);
  return known.length < flags.length ? undefined : (variables) => known.every((flag) => flag(variables));
}
