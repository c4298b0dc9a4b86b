/**
 * A gateway over the sandbox whose graph folder has clients of its own, one for each way to be refused, each with a key
 * issued as `vendorgraph keys create` does it. Ended by the test that starts it.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { makeKey } from '../../src/auth/issued-key.ts';
import { VENDOR_NAMES } from '../../src/sandbox/vendor-name.ts';
import { createSqliteKeyStore, keyStorePath } from '../../src/store/sqlite-key-store.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ROOT } from '../start/running-command.ts';

const READS = VENDOR_NAMES.map((vendor) => `${vendor}:read`);

/** By what each of them is there for. Kinds have limits of their own: see `LIMITS`. */
const CLIENTS = {
  reader: { kind: 'app', scopes: [...READS, 'pii:read'] },
  writer: { kind: 'app', scopes: [...READS, 'slack:write', 'pii:read'] },
  small: { kind: 'agent', scopes: [...READS, 'pii:read'] },
  thrifty: { kind: 'frontend', scopes: [...READS, 'pii:read'] },
  billing: { kind: 'app', scopes: ['stripe:read', 'pii:read'] },
  masked: { kind: 'app', scopes: READS },
  spent: { kind: 'app', scopes: READS, quota: { requestsPerDay: 1 } },
  frugal: { kind: 'app', scopes: READS, quota: { costPerDay: 1 } },
  trusted: { kind: 'app', scopes: [...READS, 'pii:read'], trustedDocumentsOnly: true },
} as const;

/** Who asks only what it may not. A quota belongs to a client: each way in has one of its own. */
const CARELESS = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [
    `careless-${index}`,
    { kind: 'app', scopes: ['stripe:read'], quota: { requestsPerDay: 2 } },
  ]),
);

export type ClientName = keyof typeof CLIENTS | `careless-${number}`;

/** Of agents: so low that a document over one of them still fits into a URL. */
export const SMALL = {
  characters: 1_500,
  tokens: 200,
  depth: 6,
  aliases: 3,
  rootFields: 4,
  directives: 3,
  fields: 40,
  rows: 500,
};

/** Of frontends: calls to vendors. */
export const SMALL_COST = 6;

const LIMITS = { agent: { ...SMALL, cost: 100_000 }, frontend: { cost: SMALL_COST } };

export interface AccessGateway extends GatewayUnderTest {
  url: string;
  keys: Readonly<Record<ClientName, string>>;
}

export interface AccessFolder extends Disposable {
  dir: string;
  dataDir: string;
  keys: Readonly<Record<ClientName, string>>;
}

/** `operations`: texts the folder has as saved operations. */
export async function makeAccessFolder(operations: readonly string[] = []): Promise<AccessFolder> {
  const dir = mkdtempSync(join(tmpdir(), 'vendorgraph-access-'));
  writeFolder(dir, operations);
  const dataDir = join(dir, 'data');
  const keys = await issueKeys(dataDir);
  return { dir, dataDir, keys, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}

/** `operations`: as of `makeAccessFolder`. */
export async function startAccessGateway(operations: readonly string[] = []): Promise<AccessGateway> {
  const folder = await makeAccessFolder(operations);
  const running = await startGatewayUnderTest({ graphDir: folder.dir, env: { VENDORGRAPH_DATA_DIR: folder.dataDir } });
  return {
    ...running,
    url: `${running.gateway.url}/graphql`,
    keys: folder.keys,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

function writeFolder(dir: string, operations: readonly string[]): void {
  const files = ['.meshrc.yaml', 'schema', ...VENDOR_NAMES.map((vendor) => `sources/${vendor}/vendor.yaml`)];
  for (const path of files) cpSync(join(ROOT, path), join(dir, path), { recursive: true });
  mkdirSync(join(dir, 'schema/operations'), { recursive: true });
  for (const [index, text] of operations.entries())
    writeFileSync(join(dir, `schema/operations/test-${index}.graphql`), text);
  const clients = Object.entries({ ...CLIENTS, ...CARELESS }).map(([id, client]) => ({ id, proof: 'key', ...client }));
  writeFileSync(join(dir, 'clients.yaml'), stringify({ clients, limits: LIMITS }, { aliasDuplicateObjects: false }));
}

async function issueKeys(dataDir: string): Promise<Record<ClientName, string>> {
  await using store = createSqliteKeyStore({ path: keyStorePath(dataDir) });
  const made: Partial<Record<ClientName, string>> = {};
  // The names are those of the table.
  for (const client of Object.keys({ ...CLIENTS, ...CARELESS }) as ClientName[]) {
    const { key, prefix, digest } = makeKey();
    await store.add({ prefix, client, digest, createdAt: Date.now() });
    made[client] = key;
  }
  // Each name was given a key.
  return made as Record<ClientName, string>;
}
