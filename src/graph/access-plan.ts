/**
 * The first lock: an operation is checked against its caller's scopes before any vendor is called. What the caller may not see
 * is taken out of the document (`__typename` stands in for it under its response name, so that the answer keeps its order)
 * and comes back as null; fragments, abstract types and aliases make no difference, because every field is judged by the type
 * it is selected on. Takes time in the document's length, however often fragments are reused.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isCompositeType,
  isUnionType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Scope } from '../auth/principal.ts';
import type { AccessRules } from '../rules/access-rules.ts';
import type { PiiCategory } from '../rules/personal-data.ts';
import { holds, missing } from '../rules/scope-rule.ts';
import {
  type GuardedSelection,
  type GuardStep,
  isEmptySelection,
  type RefusedField,
  TYPE_KEY,
} from './guarded-selection.ts';

export interface AccessPlan {
  /**
   * What may run; the document itself where nothing is refused. Of introspection a copy for these scopes: what is compiled
   * belongs to its document, and answers from the schema it was compiled with.
   */
  document: DocumentNode;
  refused: readonly RefusedField[];
  /** Nothing of the operation is left: every root field of a query, or any of a mutation, is refused. */
  isBeyond: boolean;
  /** What to do to the answer. */
  guard?: GuardedSelection;
  /** Asks for the schema: the caller's own is shown. */
  introspects: boolean;
  /** Coordinates of the personal data that is selected, by category; for the record. */
  personalData: Readonly<Partial<Record<PiiCategory, readonly string[]>>>;
}

/** The document must be valid. `pii:read` among the scopes: nothing is masked. */
export function planAccess(
  schema: GraphQLSchema,
  rules: AccessRules,
  document: DocumentNode,
  operationName: string | null | undefined,
  scopes: ReadonlySet<Scope>,
): AccessPlan {
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!root) throw new TypeError('A plan was asked for of a document without that operation.');
  const planner = createPlanner(schema, rules, document, scopes);
  const { set, guard } = planner.plan(operation.selectionSet, root);
  const { refused, introspects, personalData, fragments, unplanned } = planner.found();
  const roots = planner.rootFields(operation.selectionSet, root);
  const isBeyond =
    operation.operation === 'mutation' ? roots.refused > 0 : roots.refused > 0 && roots.refused === roots.all;
  const isSame =
    !introspects && set === operation.selectionSet && fragments.every(({ before, after }) => before === after);
  return {
    document: isSame
      ? document
      : {
          ...document,
          // Fragments that only introspection spreads are not planned, and stay.
          definitions: [
            { ...operation, selectionSet: set },
            ...fragments.map(({ after }) => after),
            ...(introspects ? unplanned : []),
          ],
        },
    refused,
    isBeyond,
    ...(!isEmptySelection(guard) && { guard }),
    introspects,
    personalData,
  };
}

interface Planned {
  set: SelectionSetNode;
  guard: GuardedSelection;
}

interface PlannedFragment extends Planned {
  before: FragmentDefinitionNode;
  after: FragmentDefinitionNode;
}

interface RootFields {
  all: number;
  refused: number;
}

const NO_FIELDS: RootFields = { all: 0, refused: 0 };
const NOTHING: GuardedSelection = { steps: [], fragments: [], isAbstract: false };
/** Introspection's fields, on whatever type they are selected. */
const META: ReadonlySet<string> = new Set(['__typename', '__schema', '__type']);

function createPlanner(schema: GraphQLSchema, rules: AccessRules, document: DocumentNode, scopes: ReadonlySet<Scope>) {
  const definitions = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) definitions.set(node.name.value, node);
  const fragments = new Map<string, PlannedFragment>();
  const refused = new Map<string, RefusedField>();
  const personal = new Map<PiiCategory, Set<string>>();
  const masks = !scopes.has('pii:read');
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

  /** A field of an interface is refused where every object type behind it refuses its own; the second lock sees to the others. */
  const lackingScopes = (parent: GraphQLCompositeType, name: string): readonly Scope[] => {
    const own = missing(rules.of(parent.name, name), scopes);
    if (own.length > 0 || !isAbstractType(parent)) return own;
    const behind = schema.getPossibleTypes(parent).map((type) => rules.of(type.name, name));
    if (behind.length === 0 || behind.some((rule) => holds(rule, scopes))) return [];
    return [...new Set(behind.flatMap((rule) => missing(rule, scopes)))];
  };

  const categoryOf = (parent: GraphQLCompositeType, name: string): PiiCategory | undefined => {
    const own = rules.personalData(parent.name, name);
    if (own || !isAbstractType(parent)) return own;
    const behind = schema.getPossibleTypes(parent).map((type) => rules.personalData(type.name, name));
    return behind.find((category) => category !== undefined);
  };

  /** Each fragment is counted once, however often it is spread. */
  const rootFields = (set: SelectionSetNode, parent: GraphQLCompositeType, counted = new Set<string>()): RootFields => {
    const counts = { all: 0, refused: 0 };
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) {
        counts.all += 1;
        if (fieldOf(parent, node.name.value) && lackingScopes(parent, node.name.value).length > 0) counts.refused += 1;
        continue;
      }
      const isSpread = node.kind === Kind.FRAGMENT_SPREAD;
      if (isSpread && counted.has(node.name.value)) continue;
      if (isSpread) counted.add(node.name.value);
      const below = isSpread ? definitions.get(node.name.value)?.selectionSet : node.selectionSet;
      const inner = below ? rootFields(below, parent, counted) : NO_FIELDS;
      counts.all += inner.all;
      counts.refused += inner.refused;
    }
    return counts;
  };

  return {
    plan,
    rootFields,
    found: () => ({
      refused: [...refused.values()],
      introspects,
      personalData: Object.fromEntries([...personal].map(([category, names]) => [category, [...names]])),
      fragments: [...fragments.values()],
      unplanned: [...definitions.values()].filter((node) => !fragments.has(node.name.value)),
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

function fieldOf(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
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
