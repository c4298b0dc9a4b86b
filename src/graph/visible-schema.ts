/** The graph as one caller may know it: introspection answers from it, and suggestions name nothing that is not in it. */
import { MapperKind, mapSchema, pruneSchema } from '@graphql-tools/utils';
import { GraphQLObjectType, GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';
import type { Scope } from '../auth/principal.ts';
import type { AccessRules } from '../rules/access-rules.ts';
import { holds } from '../rules/scope-rule.ts';
import { visibleNames } from './visible-names.ts';

export interface VisibleSchemas {
  /** Made when a set of scopes first asks for the schema; kept for the last 32. */
  schemaFor(scopes: ReadonlySet<Scope>): GraphQLSchema;
  /** Whether some type, field, argument, value of an enum or field of an input is called so in it. */
  isVisible(name: string, scopes: ReadonlySet<Scope>): boolean;
}

const MOST_KEPT = 32;

export function createVisibleSchemas(schema: GraphQLSchema, rules: AccessRules): VisibleSchemas {
  const schemas = keepLast((scopes) => makeVisible(schema, rules, scopes));
  const names = keepLast((scopes) => {
    const isOpen = openTo(rules, scopes);
    return visibleNames(schema, ({ name }, field) => isOpen(name, field) || isPromised(schema, name, field, isOpen));
  });
  return { schemaFor: schemas, isVisible: (name, scopes) => names(scopes).has(name) };
}

/** What was made for the sets of scopes that asked last. */
function keepLast<Made>(make: (scopes: ReadonlySet<Scope>) => Made): (scopes: ReadonlySet<Scope>) => Made {
  // In order of last use: a Map keeps the order of insertion.
  const kept = new Map<ReadonlySet<Scope>, Made>();
  return (scopes) => {
    const found = kept.get(scopes) ?? make(scopes);
    kept.delete(scopes);
    kept.set(scopes, found);
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(oldest);
    }
    return found;
  };
}

type IsOpen = (typeName: string, fieldName: string) => boolean;

function openTo(rules: AccessRules, scopes: ReadonlySet<Scope>): IsOpen {
  return (typeName, fieldName) => holds(rules.of(typeName, fieldName), scopes);
}

function makeVisible(schema: GraphQLSchema, rules: AccessRules, scopes: ReadonlySet<Scope>): GraphQLSchema {
  const isOpen = openTo(rules, scopes);
  const mapped = mapSchema(schema, {
    [MapperKind.COMPOSITE_FIELD]: (_config, fieldName, typeName) =>
      isOpen(typeName, fieldName) || isPromised(schema, typeName, fieldName, isOpen) ? undefined : null,
  });
  // A type is there as long as something that is there leads to it.
  const pruned = pruneSchema(mapped);
  return pruned.getQueryType() ? pruned : withEmptyQuery(pruned);
}

/** Shown through an interface: a type without the interface's fields would be none of its types. Asking it here is refused. */
function isPromised(schema: GraphQLSchema, typeName: string, fieldName: string, isOpen: IsOpen): boolean {
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
