/**
 * A graph of a test's own few lines of SDL, with plain rows behind it, asked the way every transport asks: plan, execution,
 * guard, error mask. `asksOnly: 'second'` leaves the plan out and executes the document as it was sent.
 */
import {
  buildASTSchema,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import type { AuditEntry } from '../../src/audit/entry.ts';
import { internScopes } from '../../src/auth/interned-scopes.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { type AccessPlan, planAccess } from '../../src/graph/access-plan.ts';
import type { GraphContext } from '../../src/graph/context.ts';
import { attachLocks } from '../../src/graph/field-locks.ts';
import { formatError, maskError } from '../../src/graph/mask.ts';
import { createOperationGate } from '../../src/graph/operation-gate.ts';
import { createExecute } from '../../src/graph/planned-execution.ts';
import { createRunOperation } from '../../src/graph/run-operation.ts';
import { createVisibleSchemas } from '../../src/graph/visible-schema.ts';
import { createMemoryQuota } from '../../src/quota/memory-quota.ts';
import { type AccessRules, readAccessRules } from '../../src/rules/access-rules.ts';
import type { Tree } from '../joins/asking.ts';

const PREAMBLE = `
directive @scope(requires: [String!]!, fields: [String!]) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION
directive @pii(category: PiiCategory!, fields: [String!]) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION
enum PiiCategory { EMAIL NAME PHONE ADDRESS FINANCE EMPLOYMENT CONTENT NETWORK IDENTIFIER PROFILE }
scalar JSON
`;

export interface SmallGraph {
  schema: GraphQLSchema;
  rules: AccessRules;
  /** Coordinates whose resolvers were called, in order. */
  resolved: string[];
  /** What the record was told. */
  recorded: AuditEntry[];
  plan(query: string, scopes: readonly string[]): AccessPlan;
  ask(query: string, scopes: readonly string[], options?: AskOptions): Promise<SmallAnswer>;
}

export interface AskOptions {
  variables?: Record<string, unknown>;
  /** Without the first lock and the guard. */
  asksOnly?: 'second';
  /** Asks twice and gives the second answer: by what is kept of the first. Of the second lock alone: by plan, not by graphql-js. */
  isAgain?: boolean;
}

export interface SmallAnswer {
  data: Tree;
  /** `path: code` of each error. */
  errors: string[];
  messages: string[];
  /** Scopes that errors name. */
  scopes: string[];
  redacted: readonly string[];
  text: string;
}

export interface SmallGraphOptions {
  /** What the root fields have. */
  rows?: Record<string, unknown>;
  /** By coordinate. */
  resolvers?: Readonly<Record<string, GraphQLFieldResolver<never, GraphContext>>>;
}

export function createSmallGraph(sdl: string, { rows = {}, resolvers = {} }: SmallGraphOptions = {}): SmallGraph {
  const schema = buildASTSchema(parse(PREAMBLE + sdl));
  const resolved: string[] = [];
  const recorded: AuditEntry[] = [];
  watchFields(schema, resolvers, resolved);
  const rules = readAccessRules(schema);
  attachLocks(schema, rules);
  const planned = createExecute();
  const graph = { schema, rules, operations: new Map(), unanswered: [] };
  const visible = createVisibleSchemas(schema, rules);
  const run = createRunOperation({
    graph,
    visible,
    gate: createOperationGate({ graph, rules, visible, limits: DEFAULT_LIMITS, quota: createMemoryQuota() }),
    audit: {
      record: (entry) => recorded.push(entry) > 0,
      commit: async (entry) => void recorded.push(entry),
      isWritable: () => true,
      read: async () => ({ edges: [], endCursor: null, hasNextPage: false }),
      [Symbol.asyncDispose]: async () => {},
    },
    execute: planned,
  });
  // A document is kept, as the gateway keeps it: plans belong to it.
  const documents = new Map<string, ReturnType<typeof parse>>();
  const documentOf = (query: string) => {
    const document = documents.get(query) ?? parse(query);
    documents.set(query, document);
    const [wrong] = validate(schema, document);
    if (wrong) throw wrong;
    return document;
  };

  return {
    schema,
    rules,
    resolved,
    recorded,
    plan: (query, scopes) => planAccess(schema, rules, documentOf(query), undefined, internScopes(scopes)),
    async ask(query, scopes, { variables, asksOnly, isAgain = false } = {}) {
      const once = (): Promise<ExecutionResult> => {
        const args = {
          schema,
          document: documentOf(query),
          rootValue: structuredClone(rows),
          contextValue: contextFor(scopes),
          variableValues: variables,
        };
        const ask = asksOnly ? (isAgain ? planned : execute) : run;
        // What runOperation takes beside is the context's type, which the line above has made.
        return Promise.resolve(ask(args as ExecutionArgs & typeof args));
      };
      if (isAgain) await once();
      resolved.length = 0;
      recorded.length = 0;
      return answerOf(await once());
    },
  };
}

/** Interfaces and unions go by `__typename` of the row. */
function watchFields(
  schema: GraphQLSchema,
  resolvers: NonNullable<SmallGraphOptions['resolvers']>,
  resolved: string[],
): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (row: Tree) => row.__typename;
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      const own = resolvers[coordinate];
      field.resolve = (parent: Tree, args, context, info) => {
        resolved.push(coordinate);
        return own ? own(parent as never, args, context, info) : parent[field.name];
      };
    }
  }
}

/** A context has more; the fields of a small graph look at nothing else. */
function contextFor(scopes: readonly string[]): GraphContext {
  const principal: Principal = { id: 'key:test', client: 'test', kind: 'app', scopes: internScopes(scopes) };
  return {
    requestId: 'r',
    transport: 'post',
    calls: [],
    principal,
    scope: {} as GraphContext['scope'],
  } as Partial<GraphContext> as GraphContext;
}

function answerOf({ data, errors = [], extensions }: ExecutionResult): SmallAnswer {
  const masked = errors.map((error) => formatError(maskError(error, 'r').error));
  // Rows of graphql-js have no prototype, which a comparison minds.
  const text = JSON.stringify({ data, errors: masked, extensions });
  return {
    data: data === undefined ? undefined : JSON.parse(JSON.stringify(data)),
    errors: masked.map((error) => `${(error.path ?? []).join('.')}: ${String(error.extensions?.['code'])}`),
    messages: masked.map(({ message }) => message),
    scopes: masked.flatMap((error) => (error.extensions?.['scopes'] as string[] | undefined) ?? []),
    redacted: (extensions?.['redacted'] as string[] | undefined) ?? [],
    text,
  };
}
