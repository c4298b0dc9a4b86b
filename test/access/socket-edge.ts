/** The WebSocket edge alone, over a graph of one field, with a clock and an issuer that the test holds. */
import { createServer } from 'node:http';
import { buildSchema } from 'graphql';
import type { AuditLog } from '../../src/audit/audit-log.ts';
import type { Authenticate } from '../../src/auth/principal.ts';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { createDocuments } from '../../src/graph/documents.ts';
import { createOperationGate } from '../../src/graph/operation-gate.ts';
import { createExecute } from '../../src/graph/planned-execution.ts';
import { createCountRequest } from '../../src/graph/request-count.ts';
import { createRunOperation } from '../../src/graph/run-operation.ts';
import { createSavedDocuments } from '../../src/graph/saved-documents.ts';
import { createVisibleSchemas } from '../../src/graph/visible-schema.ts';
import { createGraphqlServer, type GraphqlOptions } from '../../src/http/graphql.ts';
import { listen } from '../../src/http/server.ts';
import { attachWebsocket } from '../../src/http/websocket.ts';
import { DEFAULT_IDENTITY } from '../../src/joins/identity.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createMemoryQuota } from '../../src/quota/memory-quota.ts';
import { createCursors } from '../../src/rest/cursor.ts';
import { readAccessRules } from '../../src/rules/access-rules.ts';
import { readableLog } from '../auth/kit.ts';

const SDL = `directive @scope(requires: [String!]!) repeatable on OBJECT | FIELD_DEFINITION
  type Query @scope(requires: []) { a: Int text: String }
  type Mutation @scope(requires: []) { b: Int }`;

/** Takes everything and keeps nothing. */
export const NO_AUDIT: AuditLog = {
  record: () => true,
  commit: async () => {},
  isWritable: () => true,
  read: async () => ({ edges: [], endCursor: null, hasNextPage: false }),
  async [Symbol.asyncDispose]() {},
};

export interface SocketEdge extends AsyncDisposable {
  url: string;
}

export interface SocketEdgeOptions extends Partial<Pick<GraphqlOptions, 'trustedProxies' | 'log'>> {
  audit?: AuditLog;
  /** Answers every field. @default null */
  resolve?: () => unknown;
}

export async function startSocketEdge(
  authenticate: Authenticate,
  { audit = NO_AUDIT, resolve = () => null, trustedProxies = [], log = readableLog().log }: SocketEdgeOptions = {},
): Promise<SocketEdge> {
  const schema = buildSchema(SDL);
  for (const type of [schema.getQueryType(), schema.getMutationType()])
    for (const field of Object.values(type?.getFields() ?? {})) field.resolve = resolve;
  const rules = readAccessRules(schema);
  const visible = createVisibleSchemas(schema, rules);
  const graph = { schema, rules, operations: new Map(), unanswered: [] };
  const limits = DEFAULT_LIMITS;
  const execute = createExecute();
  const quota = createMemoryQuota();
  const gate = createOperationGate({ graph, rules, visible, limits, quota });
  const options: GraphqlOptions = {
    graph,
    documents: createDocuments({ schema, limits, visible }),
    saved: createSavedDocuments([], limits),
    audit,
    rest: {
      cursors: createCursors(),
      call: async () => null,
      page: async () => ({ rows: [], hasNextPage: false, endCursor: null }),
    },
    run: createRunOperation({ graph, gate, visible, audit, execute }),
    identity: DEFAULT_IDENTITY,
    authenticate,
    countRequest: createCountRequest(quota),
    challenge: () => 'Bearer',
    operationTimeoutMs: 1_000,
    trustedProxies,
    explainForAll: false,
    log,
    metrics: createMetrics(),
  };
  const server = createServer();
  const edge = attachWebsocket(server, createGraphqlServer(options), options);
  const port = await listen(server, 0, '127.0.0.1');
  return {
    url: `ws://127.0.0.1:${port}/graphql`,
    async [Symbol.asyncDispose]() {
      await edge.close(0);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
