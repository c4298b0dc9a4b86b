/**
 * The second lock, on the executable schema itself: graphql-shield's rules before the resolvers, whoever calls them. The first
 * lock (`access-plan.ts`) lets nothing through that would meet it; this one is for what the first does not know of, such as
 * the object types behind an interface.
 *
 * A field is locked where its rule asks for more than its object's type did: everything else on the object was cleared when
 * the object was. What shield once cleared for a set of scopes stays cleared: its rules look at nothing else, and asking it
 * for each of a hundred rows costs more than the rows.
 */
import { createRequire } from 'node:module';
import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import type { Scope } from '../auth/principal.ts';
import type { AccessRules } from '../rules/access-rules.ts';
import { holds, missing, type ScopeRule } from '../rules/scope-rule.ts';
import type { GraphContext } from './context.ts';
import { scopeMissing } from './guard-answer.ts';

type Resolver = GraphQLFieldResolver<unknown, GraphContext>;
/** As graphql-shield makes them. */
type Middleware = (
  resolve: () => unknown,
  parent: unknown,
  args: unknown,
  context: unknown,
  info: unknown,
) => Promise<unknown>;
type Middlewares = Readonly<Record<string, Readonly<Record<string, Middleware>>>>;

const CLEARED = Symbol('cleared');

/** Locks the fields of `schema` in place. */
export function attachLocks(schema: GraphQLSchema, rules: AccessRules): void {
  const cleared = new WeakMap<ReadonlySet<Scope>, Set<string>>();
  let middlewares: Middlewares | undefined;
  const open = typesBehindLooserFields(schema, rules);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const isRoot = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(type);
    const given = isRoot || open.has(type.name) ? [] : rules.ofType(type.name);
    for (const field of Object.values(type.getFields())) {
      if (isImplied(rules.of(type.name, field.name), given)) continue;
      const coordinate = `${type.name}.${field.name}`;
      const inner: Resolver = field.resolve ?? defaultFieldResolver;
      // The set it was cleared for last: that of the row before, nearly always.
      let last: ReadonlySet<Scope> | undefined;
      const locked: Resolver = (parent, args, context, info) => {
        const { scopes } = context.principal;
        if (scopes === last) return inner(parent, args, context, info);
        const known = cleared.get(scopes);
        if (known?.has(coordinate)) {
          last = scopes;
          return inner(parent, args, context, info);
        }
        middlewares ??= createMiddlewares(schema, rules);
        const middleware = middlewares[type.name]?.[field.name];
        // Nothing of the resolver's own passes through shield, which would take its errors for refusals.
        return Promise.resolve(middleware?.(() => CLEARED, parent, args, context, info)).then((answer) => {
          if (answer !== CLEARED) throw answer instanceof Error ? answer : new TypeError(`${coordinate} has no lock.`);
          if (known) known.add(coordinate);
          else cleared.set(scopes, (cleared.get(scopes) ?? new Set()).add(coordinate));
          return inner(parent, args, context, info);
        });
      };
      field.resolve = locked;
    }
  }
}

/** Object types that a field returns through an interface or a union without asking for what they ask for. */
function typesBehindLooserFields(schema: GraphQLSchema, rules: AccessRules): ReadonlySet<string> {
  const open = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const named = getNamedType(field.type);
      if (!isAbstractType(named)) continue;
      const rule = rules.of(type.name, field.name);
      for (const one of schema.getPossibleTypes(named))
        if (!isImplied(rules.ofType(one.name), rule)) open.add(one.name);
    }
  }
  return open;
}

/** Whether who satisfies `given` satisfies `rule`: each of its clauses is there, or a narrower one. */
function isImplied(rule: ScopeRule, given: ScopeRule): boolean {
  return rule.every((clause) => given.some((one) => one.every((scope) => clause.includes(scope))));
}

/** Shield's loading takes 60 ms and 7 MB: at the first question, not at the start. */
function createMiddlewares(schema: GraphQLSchema, rules: AccessRules): Middlewares {
  // Its ES module imports a function Node 24 has no more; its CommonJS build never calls it.
  const { shield, rule, deny } = createRequire(import.meta.url)('graphql-shield') as typeof import('graphql-shield');
  const tree: Record<string, Record<string, ReturnType<ReturnType<typeof rule>>>> = {};
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    tree[type.name] = Object.fromEntries(
      Object.keys(type.getFields()).map((name) => {
        const needed = rules.of(type.name, name);
        const coordinate = `${type.name}.${name}`;
        const check = rule(coordinate, { cache: 'no_cache' });
        return [
          name,
          check((_parent, _args, { principal }: GraphContext) => verdict(coordinate, needed, principal.scopes)),
        ];
      }),
    );
  }
  const shields = shield(tree, { fallbackRule: deny, fallbackError: scopeMissing('This field needs', []) });
  // What it generates of a tree of rules is a table of functions, whatever its type says besides.
  return shields.generate(schema) as unknown as Middlewares;
}

function verdict(coordinate: string, rule: ScopeRule, scopes: ReadonlySet<Scope>): true | Error {
  return holds(rule, scopes) || scopeMissing(`${coordinate} needs`, missing(rule, scopes));
}
