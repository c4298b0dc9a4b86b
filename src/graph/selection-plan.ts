/** Walks a document's selections: takes out what the caller may not see, and notes what to do to the answer. */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { PiiCategory } from '../rules/personal-data.ts';
import type { FieldAccess } from './field-access.ts';
import {
  type GuardedSelection,
  type GuardStep,
  isEmptySelection,
  type RefusedField,
  TYPE_KEY,
} from './guarded-selection.ts';

export interface Planned {
  set: SelectionSetNode;
  guard: GuardedSelection;
}

export interface PlannedFragment extends Planned {
  before: FragmentDefinitionNode;
  after: FragmentDefinitionNode;
}

const NOTHING: GuardedSelection = { steps: [], fragments: [], isAbstract: false };
/** Introspection's fields, on whatever type they are selected. */
const META: ReadonlySet<string> = new Set(['__typename', '__schema', '__type']);

export interface SelectionPlanner {
  /** What is left of the selection, and what to do to its answer. The fragments it spreads are planned too, each once. */
  plan(set: SelectionSetNode, parent: GraphQLCompositeType): Planned;
  found(): Found;
}

/** Of everything planned so far. */
export interface Found {
  refused: readonly RefusedField[];
  /** Asks for the schema. */
  introspects: boolean;
  /** Coordinates by category. */
  personalData: Readonly<Partial<Record<PiiCategory, readonly string[]>>>;
  fragments: readonly PlannedFragment[];
}

/** `masks`: personal data is not for this caller. */
export function createSelectionPlanner(
  schema: GraphQLSchema,
  { lackingScopes, categoryOf }: FieldAccess,
  definitions: ReadonlyMap<string, FragmentDefinitionNode>,
  masks: boolean,
): SelectionPlanner {
  const fragments = new Map<string, PlannedFragment>();
  const refused = new Map<string, RefusedField>();
  const personal = new Map<PiiCategory, Set<string>>();
  let introspects = false;

  const plan = (set: SelectionSetNode, parent: GraphQLCompositeType): Planned => {
    const steps: GuardStep[] = [];
    const inner: { types?: ReadonlySet<string>; selection: GuardedSelection }[] = [];
    const selections = set.selections.map((node): SelectionNode => {
      if (node.kind === Kind.FIELD) return planField(node, parent, steps);
      const { planned, node: after, condition } = planFragment(node, parent);
      if (!isEmptySelection(planned.guard)) {
        const types = condition && isAbstractType(parent) ? objectTypesOf(schema, condition) : undefined;
        inner.push({ ...(types && { types }), selection: planned.guard });
      }
      return after;
    });
    const isAbstract = inner.some(({ types }) => types !== undefined);
    const changed = isAbstract || selections.some((node, index) => node !== set.selections[index]);
    return {
      set: changed ? { ...set, selections: isAbstract ? [...selections, TYPE_FIELD] : selections } : set,
      guard: steps.length === 0 && inner.length === 0 ? NOTHING : { steps, fragments: inner, isAbstract },
    };
  };

  const planField = (node: FieldNode, parent: GraphQLCompositeType, steps: GuardStep[]): FieldNode => {
    const name = node.name.value;
    if (META.has(name)) {
      introspects ||= name !== '__typename';
      return node;
    }
    const field = fieldOf(parent, name);
    if (!field) return node;
    const key = node.alias?.value ?? name;
    const lacking = lackingScopes(parent, name);
    if (lacking.length > 0) {
      const coordinate = `${parent.name}.${name}`;
      const refusal = refused.get(coordinate) ?? { coordinate, scopes: lacking };
      refused.set(coordinate, refusal);
      steps.push({ kind: 'refuse', key, type: field.type, field: refusal });
      return substitute(node, key);
    }
    const category = categoryOf(parent, name);
    if (category) {
      personal.set(category, (personal.get(category) ?? new Set()).add(`${parent.name}.${name}`));
      if (masks) steps.push({ kind: 'mask', key, type: field.type, category });
      // An object is masked whole: it need not be fetched for that.
      if (masks) return node.selectionSet ? substitute(node, key) : node;
    }
    const type = getNamedType(field.type);
    if (!node.selectionSet || !isCompositeType(type)) return node;
    const below = plan(node.selectionSet, type);
    if (!isEmptySelection(below.guard)) steps.push({ kind: 'below', key, type: field.type, selection: below.guard });
    return below.set === node.selectionSet ? node : { ...node, selectionSet: below.set };
  };

  const planFragment = (node: Exclude<SelectionNode, FieldNode>, parent: GraphQLCompositeType) => {
    if (node.kind === Kind.FRAGMENT_SPREAD) {
      const planned = namedFragment(node.name.value);
      return { planned, node, condition: planned.before.typeCondition.name.value };
    }
    const condition = node.typeCondition?.name.value;
    const planned = plan(node.selectionSet, compositeType(schema, condition) ?? parent);
    return {
      planned,
      node: planned.set === node.selectionSet ? node : { ...node, selectionSet: planned.set },
      condition,
    };
  };

  const namedFragment = (name: string): PlannedFragment => {
    const known = fragments.get(name);
    if (known) return known;
    const before = definitions.get(name);
    const type = before && compositeType(schema, before.typeCondition.name.value);
    if (!type) throw new TypeError(`A plan was asked for of a document without the fragment ${name}.`);
    const planned = plan(before.selectionSet, type);
    const after = planned.set === before.selectionSet ? before : { ...before, selectionSet: planned.set };
    const made = { ...planned, before, after };
    fragments.set(name, made);
    return made;
  };

  return {
    plan,
    found: () => ({
      refused: [...refused.values()],
      introspects,
      personalData: Object.fromEntries([...personal].map(([category, names]) => [category, [...names]])),
      fragments: [...fragments.values()],
    }),
  };
}

/** Answers at once, and is null by the time the caller sees it. @skip and @include stay. */
function substitute(node: FieldNode, key: string): FieldNode {
  const { directives, loc } = node;
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: key },
    name: { kind: Kind.NAME, value: '__typename' },
    ...(directives && { directives }),
    ...(loc && { loc }),
  };
}

const TYPE_FIELD: FieldNode = {
  kind: Kind.FIELD,
  alias: { kind: Kind.NAME, value: TYPE_KEY },
  name: { kind: Kind.NAME, value: '__typename' },
};

export function fieldOf(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
  return isUnionType(type) ? undefined : type.getFields()[name];
}

function compositeType(schema: GraphQLSchema, name: string | undefined): GraphQLCompositeType | undefined {
  const type = name === undefined ? undefined : schema.getType(name);
  return isCompositeType(type) ? type : undefined;
}

function objectTypesOf(schema: GraphQLSchema, condition: string): ReadonlySet<string> {
  const type = compositeType(schema, condition);
  return new Set(isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [condition]);
}
