/** The steps of an operation that cost something, in an order in which each comes after the one whose objects it is asked of. */
import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  type OperationDefinitionNode,
} from 'graphql';
import {
  type AskedField,
  createFieldReader,
  fragmentsOf,
  isWayToRows,
  type Part,
  type ReadFields,
} from './cost-fields.ts';
import { type CostRule, costOfField, type FieldCost } from './cost-rules.ts';
import { type Defaults, type ReadFlag, type ReadNumber, readFirst, readListSize } from './cost-values.ts';

/** A field, with all its aliases in one place that have the same arguments: those are read once. */
export interface Step {
  /** Index of the step whose objects it is asked of. */
  parent: number;
  /** Index of the step that had the very same object; undefined when it leads on. */
  backTo?: number | undefined;
  /** Index of the step whose object is one of this list: somebody's bookings are those they attend. */
  among?: number | undefined;
  asks: readonly { slot: number; isPaged: boolean }[];
  /** Objects it answers with for each it is asked of; absent: one. */
  size?: ReadNumber | undefined;
  /** Rows a vendor gives at once. */
  pageSize?: number | undefined;
  leftOut?: ReadFlag | undefined;
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

interface Known {
  reads: string[];
  also: Known | undefined;
}

/** Of the operation itself, where nothing is remembered. */
const KNOWS_NOTHING: Known = { reads: [], also: undefined };

/**
 * One after the other, the first being the operation itself, so that whoever has enough can stop. What the steps ask for
 * is added to `slots` before the step that asks for it.
 */
export function* planSteps(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  slots: Slot[],
): Generator<Step, void, void> {
  const root = schema.getRootType(operation.operation);
  if (!root) return;
  const defaults: Defaults = new Map(
    (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [variable.name.value, defaultValue]),
  );
  const readFields = createFieldReader(schema, fragmentsOf(document), defaults);
  const planner = createPlanner(defaults, slots, readFields);
  yield { parent: 0, asks: [] };
  const open = [beginning({ set: operation.selectionSet, type: root })];
  // Level by level, so that what a level reads is known to all below it.
  for (let next = 0; next < open.length; next += 1) {
    const place = open[next];
    if (!place) continue;
    for (const asked of readFields(place.sets)) {
      const { step, below } = planner.add(place, asked);
      if (step) yield step;
      if (below) open.push(below);
    }
  }
}

function beginning(part: Part): Place {
  return { index: 0, type: part.type, sets: [part], above: undefined, known: KNOWS_NOTHING, wave: 0 };
}

function createPlanner(defaults: Defaults, slots: Slot[], readFields: ReadFields) {
  let last = 0;
  const slotOf = slotFinder(slots);
  const costs = new Map<AskedField['field'], FieldCost>();
  const sizes = new Map<AskedField, Step['size']>();
  const costOf = (field: AskedField['field']): FieldCost => {
    const cost = costs.get(field) ?? costOfField(field);
    costs.set(field, cost);
    return cost;
  };
  const asking = new Map<Part['set'], boolean>();
  /** Whether something in it or further below asks a vendor; what does not is left out, however often it is spread. */
  const asksBelow = (part: Part): boolean => {
    const known = asking.get(part.set);
    if (known !== undefined) return known;
    const asks = readFields([part]).some(
      ({ field, sets }) => costOf(field).rules.some(({ calls }) => calls > 0) || sets.some(asksBelow),
    );
    asking.set(part.set, asks);
    return asks;
  };
  return {
    /** Its step, if it costs something or leads on, and the place below it, if it has one. */
    add(place: Place, asked: AskedField): { step?: Step; below?: Place } {
      const cost = costOf(asked.field);
      const charged = cost.rules.filter((rule) => isCharged(rule, place));
      remember(cost.rules, asked, place);
      const leadsOn = asked.sets.some(asksBelow);
      if (charged.length === 0 && !leadsOn) return {};
      const way = wayOf(asked, cost, place);
      const name = `${asked.owner.name}.${asked.field.name}`;
      const asks = charged.map((rule) => ({
        slot: slotOf(rule, rule.read ?? name, place.wave),
        isPaged: rule.batch === 1,
      }));
      const { backTo, among } = way;
      const size = sizes.has(asked) ? sizes.get(asked) : sizeOf(way, asked, place, defaults);
      sizes.set(asked, size);
      const { pageSize } = cost;
      const { leftOut } = asked;
      const step = { parent: place.index, backTo: backTo?.index, among: among?.index, asks, size, pageSize, leftOut };
      last += 1;
      return leadsOn ? { step, below: placeBelow(last, asked, way, cost, charged, place) } : { step };
    },
  };
}

/** How a field leads on. */
interface Way {
  /** Whether to many. */
  isList: boolean;
  hasPages: boolean;
  backTo: Place | undefined;
  among: Place | undefined;
}

function wayOf({ field, owner }: AskedField, { pageSize }: FieldCost, place: Place): Way {
  const hasPages = pageSize !== undefined;
  const isRow = isWayToRows(owner);
  const isList = isListType(getNullableType(field.type)) && !isRow;
  const origin = hasPages || isRow ? undefined : placeOf(getNamedType(field.type), place);
  return { isList, hasPages, backTo: isList ? undefined : origin, among: isList ? origin : undefined };
}

function sizeOf({ isList, hasPages }: Way, { field, node }: AskedField, { index }: Place, defaults: Defaults) {
  if (hasPages) return readFirst(field, node, defaults, { isNested: index > 0 });
  return isList ? readListSize(node, defaults) : undefined;
}

function placeBelow(
  index: number,
  { field, sets }: AskedField,
  { isList, hasPages, backTo }: Way,
  { rules }: FieldCost,
  charged: readonly CostRule[],
  above: Place,
): Place {
  const reads = rules.flatMap(({ read }) => read ?? []);
  const isMany = isList || hasPages;
  const also = isMany || above.index === 0 ? undefined : (backTo ?? above).known;
  // What hangs on one object that was asked for by its key is read while it is being looked for.
  const waits = charged.length > 0 && (isMany || above.index > 0);
  const wave = above.wave + (waits ? 1 : 0);
  return { index, type: getNamedType(field.type), sets, above, known: { reads, also }, wave };
}

/** Two people asked for beside one another are not one; and what may be left out may not have been read. */
function remember(rules: readonly CostRule[], { leftOut }: AskedField, { index, known }: Place): void {
  if (index === 0 || leftOut) return;
  for (const { read } of rules) if (read !== undefined && !known.reads.includes(read)) known.reads.push(read);
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

function isCharged({ calls, read }: CostRule, place: Place): boolean {
  if (calls === 0) return false;
  for (let known: Known | undefined = place.known; known !== undefined && read !== undefined; known = known.also)
    if (known.reads.includes(read)) return false;
  return true;
}

/** The nearest place on the way here that has objects of this type. */
function placeOf(type: GraphQLNamedType, from: Place): Place | undefined {
  if (!isObjectType(type)) return undefined;
  for (let place = from.above; place !== undefined; place = place.above) if (place.type === type) return place;
  return undefined;
}
