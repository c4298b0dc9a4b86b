/** The executable schema: the composed SDL, vendor calls behind its annotated root fields, joins behind the rest. */
import { buildASTSchema, type GraphQLFieldResolver, type GraphQLSchema, isObjectType, parse } from 'graphql';
import type { AuditLog } from '../audit/audit-log.ts';
import { attachEventTypes } from '../joins/event-fields.ts';
import type { Join } from '../joins/join.ts';
import type { JoinFile } from '../joins/join-files.ts';
import { type Connection, createConnection } from '../rest/connection.ts';
import { type RestOperation, readOperations } from '../rest/operation.ts';
import { attachVendorTypes } from '../rest/vendor-types.ts';
import { type AccessRules, readAccessRules } from '../rules/access-rules.ts';
import { attachAuditEvents } from './audit-field.ts';
import type { GraphContext } from './context.ts';
import { attachLocks } from './field-locks.ts';
import { attachOwnJoins, unansweredFields } from './own-joins.ts';

export interface Graph {
  schema: GraphQLSchema;
  /** Who may see which field. */
  rules: AccessRules;
  operations: ReadonlyMap<string, RestOperation>;
  /** Fields that no join answers, though they ask for one: `Type.field`. */
  unanswered: readonly string[];
}

/** @throws when `sdl` is not what `npm run compose` writes; `ConfigError` when a file of `own` does not fit it. */
export function createGraph(
  sdl: string,
  joins: readonly Join[],
  own: readonly JoinFile[] = [],
  audit?: AuditLog | undefined,
): Graph {
  // The composer has validated it; doing so again would take a third of the start-up.
  const schema = buildASTSchema(parse(sdl, { noLocation: true }), { assumeValid: true, assumeValidSDL: true });
  attachVendorTypes(schema);
  const operations = readOperations(schema);
  for (const operation of operations.values()) attachOperation(schema, operation);
  for (const join of joins) attachJoin(schema, join);
  attachEventTypes(schema);
  attachOwnJoins(schema, own);
  attachAuditEvents(schema, audit);
  attachConnections(schema);
  requireResolvers(schema);
  const unanswered = unansweredFields(schema);
  const rules = readAccessRules(schema);
  // Last: around whatever answers a field.
  attachLocks(schema, rules);
  return { schema, rules, operations, unanswered };
}

function attachOperation(schema: GraphQLSchema, operation: RestOperation): void {
  const root = operation.access === 'read' ? schema.getQueryType() : schema.getMutationType();
  const field = root?.getFields()[operation.name] ?? schema.getMutationType()?.getFields()[operation.name];
  if (!field) return;
  field.resolve = operation.paging ? pageResolver(operation) : callResolver(operation);
}

function callResolver({ name }: RestOperation): GraphQLFieldResolver<unknown, GraphContext> {
  return (_root, args, { rest, scope }) => rest.call(name, args, scope);
}

function pageResolver({ name }: RestOperation): GraphQLFieldResolver<unknown, GraphContext> {
  return (_root, { first, after, ...args }, { rest, scope }) =>
    createConnection(() => rest.page(name, args, { first, after }, scope));
}

/** graphql-js calls a row's functions by itself; compiled code wants to be told. */
function attachConnections(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !type.name.endsWith('Connection')) continue;
    const { nodes, edges, pageInfo } = type.getFields();
    if (!nodes || !edges || !pageInfo) continue;
    nodes.resolve = (connection: Connection) => connection.nodes();
    edges.resolve = (connection: Connection) => connection.edges();
    pageInfo.resolve = (connection: Connection) => connection.pageInfo();
  }
}

/** A graph folder need not have every vendor: joins into types it lacks are left out. */
function attachJoin(schema: GraphQLSchema, join: Join): void {
  for (const [typeName, fields] of Object.entries(join)) {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) continue;
    for (const [fieldName, resolve] of Object.entries(fields)) {
      const field = type.getFields()[fieldName];
      // The SDL in schema/unified.graphql says which parent and arguments a join gets; graphql-js keeps to it.
      if (field) field.resolve = resolve as unknown as GraphQLFieldResolver<unknown, GraphContext>;
    }
  }
}

/** A root field nobody answers would be null for ever: better no start than that. */
function requireResolvers(schema: GraphQLSchema): void {
  for (const root of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(root?.getFields() ?? {})) {
      if (!field.resolve)
        throw new TypeError(`${root?.name}.${field.name} has neither a vendor operation nor a join behind it.`);
    }
  }
}
