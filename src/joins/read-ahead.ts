/**
 * Starts the reads of an object's selected fields while it is still being found out whether the object exists. Its key is
 * known from the start, so nothing else keeps them from running at once; loaders and shared reads then answer the real
 * execution. Costs calls in vain only when the object turns out to be unknown.
 */
import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  isCompositeType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';
import type { JoinContext } from './join.ts';

/** Begins at once; the returned function ends it, when the real execution takes over. Never throws: who asks again is told. */
export function readAhead(parent: object, context: JoinContext, info: GraphQLResolveInfo): () => void {
  const type = getNamedType(info.returnType);
  let ended = false;
  const ahead: JoinContext = { ...context, isOver: () => ended };
  const walk = async (parentType: GraphQLObjectType, value: unknown, selection: SelectionSetNode): Promise<void> => {
    if (ended || typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      await Promise.all(value.map((item) => walk(parentType, item, selection)));
      return;
    }
    await Promise.all(fieldsOf(selection, parentType, info).map((field) => visit(parentType, value, field)));
  };
  const visit = async (parentType: GraphQLObjectType, value: object, field: FieldNode): Promise<void> => {
    const definition = parentType.getFields()[field.name.value];
    if (!definition) return;
    try {
      const result = await readField(definition, value, field, ahead, info);
      const next = getNamedType(definition.type);
      if (field.selectionSet && isObjectType(next)) await walk(next, result, field.selectionSet);
    } catch {
      // The real execution meets the same failure and reports it.
    }
  };
  if (isObjectType(type)) {
    for (const { selectionSet } of info.fieldNodes) if (selectionSet) void walk(type, parent, selectionSet);
  }
  return () => {
    ended = true;
  };
}

type FieldDefinition = ReturnType<GraphQLObjectType['getFields']>[string];

/** As graphql-js's default resolver would, but leaves alone what is no read: plain values of rows. */
function readField(
  definition: FieldDefinition,
  parent: object,
  field: FieldNode,
  context: JoinContext,
  info: GraphQLResolveInfo,
): unknown {
  if (definition.resolve) {
    return definition.resolve(parent, getArgumentValues(definition, field, info.variableValues), context, info);
  }
  if (!isCompositeType(getNamedType(definition.type))) return undefined;
  const value: unknown = Reflect.get(parent, field.name.value);
  return typeof value === 'function' ? value.call(parent) : value;
}

function fieldsOf({ selections }: SelectionSetNode, type: GraphQLObjectType, info: GraphQLResolveInfo): FieldNode[] {
  return selections.flatMap((selection) => {
    if (getDirectiveValues(GraphQLSkipDirective, selection, info.variableValues)?.['if'] === true) return [];
    if (getDirectiveValues(GraphQLIncludeDirective, selection, info.variableValues)?.['if'] === false) return [];
    if (selection.kind === 'Field') return [selection];
    const fragment = selection.kind === 'FragmentSpread' ? info.fragments[selection.name.value] : selection;
    const condition = fragment?.typeCondition?.name.value ?? type.name;
    return fragment && condition === type.name ? fieldsOf(fragment.selectionSet, type, info) : [];
  });
}
