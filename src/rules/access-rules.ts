/**
 * Who may see which field, and which fields hold personal data, as the composed schema's `@scope` and `@pii` say. Read once,
 * at the start. The composer has put both where they count: a `fields` argument here means that it has not, and is refused.
 */
import {
  type ConstDirectiveNode,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  valueFromASTUntyped,
} from 'graphql';
import type { Scope } from '../auth/principal.ts';
import { isPiiCategory, type PiiCategory } from '../config/pii-category.ts';
import type { ScopeRule } from './scope-rule.ts';

export interface AccessRules {
  /**
   * The rule of a field: its own, its type's and, for entry, that of the object or interface type it returns (union: none
   * of its own; members are checked where they are selected). Introspection is free. Throws `TypeError` for an unknown field.
   */
  of(typeName: string, fieldName: string): ScopeRule;
  /** What whoever holds an object of this type has satisfied already, unless it came through an abstract type. */
  ofType(typeName: string): ScopeRule;
  personalData(typeName: string, fieldName: string): PiiCategory | undefined;
}

interface FieldAccess {
  rule: ScopeRule;
  category: PiiCategory | undefined;
}

type FieldsType = GraphQLInterfaceType | GraphQLObjectType;

const FREE: ScopeRule = [];

/**
 * Throws `TypeError` when a field has no rule of its own and none of its type: nothing is open by being forgotten. The rules
 * of a type's fields are put together when the type is first asked for.
 */
export function readAccessRules(schema: GraphQLSchema): AccessRules {
  const types = new Map<string, FieldsType>();
  for (const type of Object.values(schema.getTypeMap())) if (isGuarded(type)) types.set(type.name, type);
  const typeRules = new Map([...types.values()].map((type) => [type.name, scopesOf(directivesOf(type), type.name)]));
  requireRules(types, typeRules);
  const known = new Map<string, ReadonlyMap<string, FieldAccess>>();
  const accessTo = (typeName: string, fieldName: string): FieldAccess | undefined => {
    const type = types.get(typeName);
    if (type === undefined) return undefined;
    const fields = known.get(typeName) ?? readFields(type, typeRules);
    known.set(typeName, fields);
    return fields.get(fieldName);
  };
  return {
    of(typeName, fieldName) {
      if (fieldName.startsWith('__') || typeName.startsWith('__')) return FREE;
      const access = accessTo(typeName, fieldName);
      if (access === undefined) throw new TypeError(`The schema has no field ${typeName}.${fieldName}.`);
      return access.rule;
    },
    ofType: (typeName) => typeRules.get(typeName) ?? FREE,
    personalData: (typeName, fieldName) => accessTo(typeName, fieldName)?.category,
  };
}

function isGuarded(type: GraphQLNamedType): type is FieldsType {
  return (isObjectType(type) || isInterfaceType(type)) && !isIntrospectionType(type);
}

type TypeRules = ReadonlyMap<string, ScopeRule | undefined>;

function requireRules(types: ReadonlyMap<string, FieldsType>, typeRules: TypeRules): void {
  const unguarded: string[] = [];
  for (const type of types.values()) {
    if (typeRules.get(type.name) !== undefined) continue;
    for (const { name, astNode } of Object.values(type.getFields())) {
      if (!astNode?.directives?.some((directive) => directive.name.value === 'scope'))
        unguarded.push(`${type.name}.${name}`);
    }
  }
  if (unguarded.length === 0) return;
  throw new TypeError(`No @scope says who may see ${unguarded.join(', ')}. Run npm run compose.`);
}

function readFields(type: FieldsType, typeRules: TypeRules): Map<string, FieldAccess> {
  const ofType = typeRules.get(type.name);
  return new Map(
    Object.values(type.getFields()).map((field) => {
      const directives = field.astNode?.directives ?? [];
      const where = `${type.name}.${field.name}`;
      const ofEntry = typeRules.get(getNamedType(field.type).name);
      const rule = together(scopesOf(directives, where), ofType, ofEntry);
      return [field.name, { rule, category: categoryOf(directives, where) }];
    }),
  );
}

/** An extension that nobody folded into its type counts as well. */
function directivesOf({ astNode, extensionASTNodes }: FieldsType): readonly ConstDirectiveNode[] {
  return [astNode, ...extensionASTNodes].flatMap((node) => node?.directives ?? []);
}

/** Undefined: no rule at all, which is not the same as one that lets everybody in. */
function scopesOf(directives: readonly ConstDirectiveNode[], where: string): ScopeRule | undefined {
  const scopes = directives.filter(({ name }) => name.value === 'scope');
  if (scopes.length === 0) return undefined;
  return scopes.map((directive) => clauseOf(argumentsOf(directive, where), where)).filter(({ length }) => length > 0);
}

function clauseOf({ requires }: Readonly<Record<string, unknown>>, where: string): Scope[] {
  const scopes = typeof requires === 'string' ? [requires] : requires;
  if (Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string')) return scopes;
  throw new TypeError(`@scope of ${where} has no list of scopes under "requires". Run npm run compose.`);
}

function categoryOf(directives: readonly ConstDirectiveNode[], where: string): PiiCategory | undefined {
  const directive = directives.find(({ name }) => name.value === 'pii');
  if (directive === undefined) return undefined;
  const { category } = argumentsOf(directive, where);
  if (isPiiCategory(category)) return category;
  throw new TypeError(`@pii of ${where} has the unknown category ${String(category)}. Run npm run compose.`);
}

function argumentsOf(directive: ConstDirectiveNode, where: string): Readonly<Record<string, unknown>> {
  const entries = directive.arguments?.map(({ name, value }): [string, unknown] => [
    name.value,
    valueFromASTUntyped(value),
  ]);
  const values = Object.fromEntries(entries ?? []);
  if (values['fields'] === undefined || values['fields'] === null) return values;
  throw new TypeError(`@${directive.name.value} of ${where} still names fields. Run npm run compose.`);
}

/** Each clause once. */
function together(...rules: readonly (ScopeRule | undefined)[]): ScopeRule {
  const clauses = new Map(rules.flatMap((rule) => rule ?? []).map((clause) => [[...clause].sort().join(' '), clause]));
  return clauses.size === 0 ? FREE : [...clauses.values()];
}
