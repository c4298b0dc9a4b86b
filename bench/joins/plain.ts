/**
 * Our gateway on the benchmark's graph without what decides who may do what: whoever asks is the operator, a document is parsed
 * and validated once, and then it runs. No scopes, limits, quota or record; masking of errors, metrics and log as always.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type DocumentNode, parse, validate } from 'graphql';
import type { AuditLog } from '../../src/audit/audit-log.ts';
import { operatorKey } from '../../src/auth/api-keys.ts';
import { readGraphFolder } from '../../src/config/graph-folder.ts';
import { readComposedGraph } from '../../src/graph/composed-graph.ts';
import { createExecute } from '../../src/graph/planned-execution.ts';
import { createGraphqlServer, type GraphqlOptions } from '../../src/http/graphql.ts';
import { createJsonPost } from '../../src/http/json-post.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { DEFAULT_IDENTITY } from '../../src/joins/identity.ts';
import { loadJoinFiles } from '../../src/joins/join-files.ts';
import { JOINS } from '../../src/joins/joins.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createRestExecutor } from '../../src/rest/executor.ts';
import { createVendorDoor } from '../../src/vendors/door.ts';
import { sandboxConnection } from '../../src/vendors/vendor-connection.ts';

const upstream = process.env['UPSTREAM'] ?? '';
const folder = readGraphFolder(process.env['GRAPH'] ?? '.');
const graph = readComposedGraph(folder, JOINS, await loadJoinFiles(folder));
const metrics = createMetrics();
const connections = new Map(
  folder.sources.map(({ vendor, config }) => [vendor, sandboxConnection(config, upstream, { token: 'made-up' })]),
);
const door = createVendorDoor({
  connections,
  onCall: ({ vendor, operation, status, startedAt, endedAt, cached, attempt }) =>
    metrics.vendorCall({ vendor, operation, status, seconds: (endedAt - startedAt) / 1000, cached, attempt }),
});
const vendors = new Map(folder.sources.map(({ vendor, config }) => [vendor, config]));
const { principal } = operatorKey('nobody-asks-for-this-key', [...vendors.keys()]);
const documents = new Map<string, DocumentNode>();
const noAudit: AuditLog = {
  record: () => true,
  commit: async () => {},
  isWritable: () => true,
  read: async () => ({ edges: [], endCursor: null, hasNextPage: false }),
  async [Symbol.asyncDispose]() {},
};
const valid = new WeakSet<DocumentNode>();

const options: GraphqlOptions = {
  graph,
  audit: noAudit,
  rest: createRestExecutor({ operations: graph.operations, vendors, door }),
  documents: {
    parse(text) {
      const document = documents.get(text) ?? parse(text);
      documents.set(text, document);
      return document;
    },
    validate(document) {
      if (valid.has(document)) return [];
      const errors = validate(graph.schema, document);
      if (errors.length === 0) valid.add(document);
      return errors;
    },
  },
  saved: { textOf: ({ query }) => query ?? undefined },
  run: createExecute(),
  identity: DEFAULT_IDENTITY,
  authenticate: () => principal,
  countRequest: () => ({ headers: {} }),
  challenge: () => 'Bearer',
  operationTimeoutMs: 30_000,
  explainForAll: false,
  log: createLog({ level: 'info' }),
  metrics,
};
const server = createHttpServer(createJsonPost(createGraphqlServer(options), options), () => undefined);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
// A TCP server's address is never a pipe name.
process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
process.once('SIGTERM', () => process.exit());
