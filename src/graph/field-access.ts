/** What one caller lacks for a field, and what of it is personal: on an abstract type, by the object types behind it. */
import { type GraphQLCompositeType, type GraphQLSchema, isAbstractType } from 'graphql';
import type { Scope } from '../auth/principal.ts';
import type { AccessRules } from '../rules/access-rules.ts';
import type { PiiCategory } from '../rules/personal-data.ts';
import { holds, missing } from '../rules/scope-rule.ts';

export interface FieldAccess {
  /** Scopes the caller lacks for the field; none: it may see it. */
  lackingScopes(parent: GraphQLCompositeType, name: string): readonly Scope[];
  categoryOf(parent: GraphQLCompositeType, name: string): PiiCategory | undefined;
}

export function createFieldAccess(schema: GraphQLSchema, rules: AccessRules, scopes: ReadonlySet<Scope>): FieldAccess {
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

  return { lackingScopes, categoryOf };
}
