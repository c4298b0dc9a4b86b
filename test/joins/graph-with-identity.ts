/** The graph over the sandbox with an identity of the test's own, executed without a server. The test ends it: `await using`. */
import { fileURLToPath } from 'node:url';
import { type GraphQLError, graphql } from 'graphql';
import { expect } from 'vitest';
import { readGraphFolder } from '../../src/config/graph-folder.ts';
import { identitySchema } from '../../src/config/identity.ts';
import { GatewayError } from '../../src/errors.ts';
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
  /** `without`: instead of the graph's own. */
  ask(query: string, options?: { variables?: Record<string, unknown>; without?: string }): Promise<GraphAnswer>;
}

export interface GraphAnswer {
  data: Tree;
  /** As `path: code`. */
  errors: string[];
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
  const known = createIdentity(identitySchema.parse(identity));
  const scopesWithout = (vendorless: string | undefined): ReadonlySet<string> => {
    const allowed = folder.sources.filter(({ vendor }) => vendor !== vendorless);
    return new Set(allowed.flatMap(({ vendor }) => [`${vendor}:read`, `${vendor}:write`]));
  };
  const ask: GraphWithIdentity['ask'] = async (source, options = {}) => {
    const contextValue = createGraphContext(
      rest,
      {
        requestId: 'test',
        principal: {
          id: 'key:test',
          client: 'test',
          kind: 'operator',
          scopes: scopesWithout(options.without ?? without),
        },
        transport: 'post',
        signal: new AbortController().signal,
        explain: false,
        timeoutMs: 30_000,
      },
      known,
    );
    const variableValues = options.variables ?? null;
    const { data, errors = [] } = await graphql({ schema, source, contextValue, variableValues });
    return { data: JSON.parse(JSON.stringify(data ?? null)), errors: errors.map(told) };
  };
  return {
    sandbox,
    ask,
    async read(source, variables) {
      const { data, errors } = await ask(source, variables && { variables });
      expect(errors).toEqual([]);
      return data;
    },
    async [Symbol.asyncDispose]() {
      await door[Symbol.asyncDispose]();
      await sandbox[Symbol.asyncDispose]();
    },
  };
}

function told({ path = [], originalError, message }: GraphQLError): string {
  return `${path.join('.')}: ${originalError instanceof GatewayError ? originalError.code : message}`;
}
