import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { AuditLog } from '../../src/audit/audit-log.ts';
import { demoKeys } from '../../src/auth/api-keys.ts';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { createDocuments } from '../../src/graph/documents.ts';
import { createCountRequest } from '../../src/graph/request-count.ts';
import { createSavedDocuments } from '../../src/graph/saved-documents.ts';
import { createVisibleSchemas } from '../../src/graph/visible-schema.ts';
import { createGraphqlServer, type GraphqlOptions } from '../../src/http/graphql.ts';
import { createJsonPost } from '../../src/http/json-post.ts';
import { DEFAULT_IDENTITY } from '../../src/joins/identity.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createMemoryQuota } from '../../src/quota/memory-quota.ts';
import { createCursors } from '../../src/rest/cursor.ts';
import { readAccessRules } from '../../src/rules/access-rules.ts';

const SCOPE = 'directive @scope(requires: [String!]!) repeatable on OBJECT | FIELD_DEFINITION';

const NO_AUDIT: AuditLog = {
  record: () => true,
  commit: async () => {},
  isWritable: () => true,
  read: async () => ({ edges: [], endCursor: null, hasNextPage: false }),
  async [Symbol.asyncDispose]() {},
};

describe('the short way', () => {
  it('fails the request, not the process, when something in it throws', async () => {
    const logged: string[] = [];
    const schema = buildSchema(`${SCOPE} type Query @scope(requires: []) { a: Int }`);
    const rules = readAccessRules(schema);
    const visible = createVisibleSchemas(schema, rules);
    const admin = demoKeys([]).at(-1);
    const options: GraphqlOptions = {
      graph: { schema, rules, operations: new Map(), unanswered: [] },
      documents: createDocuments({ schema, limits: DEFAULT_LIMITS, visible }),
      saved: createSavedDocuments([], DEFAULT_LIMITS),
      audit: NO_AUDIT,
      rest: {
        cursors: createCursors(),
        call: async () => null,
        page: async () => ({ rows: [], hasNextPage: false, endCursor: null }),
      },
      run: () => {
        throw new Error('canary of the inside');
      },
      identity: DEFAULT_IDENTITY,
      authenticate: () => admin?.principal ?? null,
      countRequest: createCountRequest(createMemoryQuota()),
      challenge: () => 'Bearer',
      operationTimeoutMs: 1_000,
      explainForAll: false,
      log: createLog({ level: 'error', destination: { write: (line) => void logged.push(line) } }),
      metrics: createMetrics(),
    };
    const server = createServer(createJsonPost(createGraphqlServer(options), options));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const headers = { 'content-type': 'application/json', authorization: 'Bearer vg_demo_admin' };
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers,
      body: '{"query":"{ a }"}',
    });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL' } }] });
    expect(text).not.toContain('canary');
    expect(logged.join()).toContain('canary of the inside');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
