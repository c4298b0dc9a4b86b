/**
 * The names in the graph as one caller may know it, found by walking from its roots. A suggestion asks no more than whether
 * a name is there: making the whole schema for that would cost a refused document a hundred times its own price.
 */
import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';

/** Whether a field is shown. */
export type IsShown = (type: GraphQLObjectType | GraphQLInterfaceType, fieldName: string) => boolean;

/** Of types, fields, arguments, values of enums and fields of inputs. */
export function visibleNames(schema: GraphQLSchema, isShown: IsShown): ReadonlySet<string> {
  const fieldsOf = createShownFields(isShown);
  const names = new Set<string>();
  const seen = new Set<GraphQLNamedType>();
  const open: GraphQLNamedType[] = [];
  const reach = (type: GraphQLNamedType | null | undefined): void => {
    if (!type || seen.has(type)) return;
    seen.add(type);
    open.push(type);
  };
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) reach(root);
  for (let type = open.pop(); type !== undefined; type = open.pop()) {
    if ((isObjectType(type) || isInterfaceType(type)) && fieldsOf(type).length === 0) continue;
    names.add(type.name);
    if (isEnumType(type)) for (const { name } of type.getValues()) names.add(name);
    if (isUnionType(type)) for (const member of type.getTypes()) reach(member);
    if (isInterfaceType(type)) for (const member of schema.getPossibleTypes(type)) reach(member);
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) take(field, names, reach);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const one of type.getInterfaces()) reach(one);
    for (const field of fieldsOf(type)) {
      take(field, names, reach);
      for (const argument of field.args) take(argument, names, reach);
    }
  }
  return names;
}

type Field = GraphQLField<unknown, unknown>;

interface Named {
  name: string;
  type: GraphQLType;
}

function take({ name, type }: Named, names: Set<string>, reach: (type: GraphQLNamedType) => void): void {
  names.add(name);
  reach(getNamedType(type));
}

/** What leads to objects of which nothing is shown is not shown either. */
function createShownFields(isShown: IsShown): (type: GraphQLObjectType | GraphQLInterfaceType) => readonly Field[] {
  const own = new Map<GraphQLNamedType, readonly Field[]>();
  const ownOf = (type: GraphQLObjectType | GraphQLInterfaceType): readonly Field[] => {
    const known = own.get(type) ?? Object.values(type.getFields()).filter(({ name }) => isShown(type, name));
    own.set(type, known);
    return known;
  };
  return (type) =>
    ownOf(type).filter(({ type: result }) => {
      const named = getNamedType(result);
      return (!isObjectType(named) && !isInterfaceType(named)) || ownOf(named).length > 0;
    });
}
