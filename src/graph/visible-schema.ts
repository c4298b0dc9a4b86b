/** The graph as one caller may know it: introspection answers from it, and suggestions name nothing that is not in it. */
import { MapperKind, mapSchema, pruneSchema } from '@graphql-tools/utils';
import {
  GraphQLObjectType,
  GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import type { Scope } from '../auth/principal.ts';
import type { AccessRules } from '../rules/access-rules.ts';
import { holds } from '../rules/scope-rule.ts';

export interface VisibleSchemas {
  /** Made at the first question of a set of scopes; kept for the last 32. */
  schemaFor(scopes: ReadonlySet<Scope>): GraphQLSchema;
  /** Whether some type, field, argument, value of an enum or field of an input is called so in it. */
  isVisible(name: string, scopes: ReadonlySet<Scope>): boolean;
}

const MOST_KEPT = 32;

interface Kept {
  schema: GraphQLSchema;
  names: ReadonlySet<string>;
}

export function createVisibleSchemas(schema: GraphQLSchema, rules: AccessRules): VisibleSchemas {
  const kept = new Map<ReadonlySet<Scope>, Kept>();
  const find = (scopes: ReadonlySet<Scope>): Kept => {
    const known = kept.get(scopes);
    kept.delete(scopes);
    const found = known ?? keep(makeVisible(schema, rules, scopes));
    kept.set(scopes, found);
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(oldest);
    }
    return found;
  };
  return {
    schemaFor: (scopes) => find(scopes).schema,
    isVisible: (name, scopes) => find(scopes).names.has(name),
  };
}

function keep(schema: GraphQLSchema): Kept {
  return { schema, names: namesOf(schema) };
}

function makeVisible(schema: GraphQLSchema, rules: AccessRules, scopes: ReadonlySet<Scope>): GraphQLSchema {
  const isOpen = (typeName: string, fieldName: string) => holds(rules.of(typeName, fieldName), scopes);
  const mapped = mapSchema(schema, {
    [MapperKind.COMPOSITE_FIELD]: (_config, fieldName, typeName) =>
      isOpen(typeName, fieldName) || isPromised(schema, typeName, fieldName, isOpen) ? undefined : null,
  });
  // A type is there as long as something that is there leads to it.
  const pruned = pruneSchema(mapped);
  return pruned.getQueryType() ? pruned : withEmptyQuery(pruned);
}

/** Shown through an interface: a type without the interface's fields would be none of its types. Asking it here is refused. */
function isPromised(
  schema: GraphQLSchema,
  typeName: string,
  fieldName: string,
  isOpen: (typeName: string, fieldName: string) => boolean,
): boolean {
  const type = schema.getType(typeName);
  if (!isObjectType(type) && !isInterfaceType(type)) return false;
  return type.getInterfaces().some((one) => one.getFields()[fieldName] !== undefined && isOpen(one.name, fieldName));
}

/** Who may see nothing may still ask what there is. */
function withEmptyQuery(schema: GraphQLSchema): GraphQLSchema {
  return new GraphQLSchema({
    ...schema.toConfig(),
    query: new GraphQLObjectType({ name: 'Query', fields: {} }),
    assumeValid: true,
  });
}

function namesOf(schema: GraphQLSchema): ReadonlySet<string> {
  const names = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    names.add(type.name);
    if (isEnumType(type)) for (const { name } of type.getValues()) names.add(name);
    if (isInputObjectType(type)) for (const name of Object.keys(type.getFields())) names.add(name);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      names.add(field.name);
      for (const { name } of field.args) names.add(name);
    }
  }
  return names;
}
