/** The graph over the sandbox with an identity of the test's own, executed without a server. The test ends it: `await using`. */
import { fileURLToPath } from 'node:url';
import { graphql } from 'graphql';
import { expect } from 'vitest';
import { readGraphFolder } from '../../src/config/graph-folder.ts';
import { identitySchema } from '../../src/config/identity.ts';
import type { SandboxAddresses } from '../../src/gateway.ts';
import { readComposedGraph } from '../../src/graph/composed-graph.ts';
import { createGraphContext } from '../../src/graph/context.ts';
import { createIdentity } from '../../src/joins/identity.ts';
import { JOINS } from '../../src/joins/joins.ts';
import { createRestExecutor } from '../../src/rest/executor.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { createVendorDoor } from '../../src/vendors/door.ts';
import { sandboxConnection } from '../../src/vendors/vendor-connection.ts';
import type { Tree } from './asking.ts';

export interface GraphWithIdentity extends AsyncDisposable {
  sandbox: Sandbox;
  /** `data` of an operation that must go without any error. */
  read(query: string, variables?: Record<string, unknown>): Promise<Tree>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** `without`: a vendor the caller has no scope for. */
export async function startGraphWithIdentity(identity: unknown, without?: string): Promise<GraphWithIdentity> {
  const sandbox = await startSandbox({ port: 0, rateFactor: 1_000 });
  const { urls, credentials }: SandboxAddresses = sandbox;
  const folder = readGraphFolder(ROOT);
  const { schema, operations } = readComposedGraph(folder, JOINS);
  const connections = new Map(
    folder.sources.map(({ vendor, config }) => [vendor, sandboxConnection(config, urls[vendor], credentials[vendor])]),
  );
  const door = createVendorDoor({ connections });
  const vendors = new Map(folder.sources.map(({ vendor, config }) => [vendor, config]));
  const rest = createRestExecutor({ operations, vendors, door });
  const allowed = folder.sources.filter(({ vendor }) => vendor !== without);
  const scopes = new Set(allowed.flatMap(({ vendor }) => [`${vendor}:read`, `${vendor}:write`]));
  const known = createIdentity(identitySchema.parse(identity));
  return {
    sandbox,
    async read(source, variableValues) {
      const contextValue = createGraphContext(
        rest,
        {
          requestId: 'test',
          principal: { id: 'key:test', client: 'test', kind: 'operator', scopes },
          transport: 'post',
          signal: new AbortController().signal,
          explain: false,
          timeoutMs: 30_000,
        },
        known,
      );
      const { data, errors } = await graphql({ schema, source, contextValue, variableValues: variableValues ?? null });
      expect(errors).toBeUndefined();
      return JSON.parse(JSON.stringify(data));
    },
    async [Symbol.asyncDispose]() {
      await door[Symbol.asyncDispose]();
      await sandbox[Symbol.asyncDispose]();
    },
  };
}
