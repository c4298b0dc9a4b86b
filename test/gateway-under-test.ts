/** A gateway over the sandbox, both in this process, on free ports. The test that starts one ends it: `await using`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLog, type Gateway, readSettings, startGateway } from '../src/index.ts';
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts';
import type { World } from '../src/sandbox/world.ts';

export interface GatewayUnderTest extends AsyncDisposable {
  gateway: Gateway;
  sandbox: Sandbox;
  /** Everything the gateway logged, one JSON text per line. */
  logged: string[];
  ask(query: string, options?: AskOptions): Promise<Answer>;
  /** The sandbox's control port. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Vendor calls since the last reset, by `vendor.operation`. */
  calls(): Promise<Record<string, number>>;
}

export interface AskOptions {
  variables?: Record<string, unknown>;
  key?: string;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  // Tests look into answers freely; each states what it expects.
  data: Record<string, never> | null;
  errors: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
  extensions: Record<string, never>;
  text: string;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export async function startGatewayUnderTest(
  options: { env?: NodeJS.ProcessEnv; graphDir?: string; rateFactor?: number; world?: World } = {},
): Promise<GatewayUnderTest> {
  const { rateFactor = 1_000, world } = options;
  const sandbox = await startSandbox({ port: 0, rateFactor, ...(world && { world }) });
  const logged: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line: string) => void logged.push(line) } });
  const dataDir = mkdtempSync(join(tmpdir(), 'vendorgraph-test-'));
  const settings = readSettings({ PORT: '0', VENDORGRAPH_DATA_DIR: dataDir, ...options.env });
  const gateway = await startGateway({
    graphDir: options.graphDir ?? ROOT,
    settings,
    log,
    env: {},
    sandbox: Promise.resolve(sandbox),
  });

  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const init =
      body === undefined
        ? { method }
        : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${sandbox.controlUrl}${path}`, init);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };

  return {
    gateway,
    sandbox,
    logged,
    control,
    async ask(query, { variables, key = 'vg_demo_admin', headers = {} } = {}) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
        body: JSON.stringify({ query, ...(variables && { variables }) }),
      });
      const text = await response.text();
      return { status: response.status, data: null, errors: [], extensions: {}, ...JSON.parse(text), text };
    },
    async calls() {
      const { byVendor } = (await control('GET', '/calls')) as {
        byVendor: Record<string, { operations: Record<string, number> }>;
      };
      return Object.fromEntries(
        Object.entries(byVendor).flatMap(([vendor, { operations }]) =>
          Object.entries(operations).map(([operation, count]) => [`${vendor}.${operation}`, count]),
        ),
      );
    },
    async [Symbol.asyncDispose]() {
      await gateway.drain();
      await sandbox[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
