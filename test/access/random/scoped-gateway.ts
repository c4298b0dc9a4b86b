/**
 * A gateway over the sandbox with one client for every set of read scopes there can be, each with a key issued as
 * `vendorgraph keys create` does it. Limits and quotas are out of the way: what is refused here is refused for its scope.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { makeKey } from '../../../src/auth/issued-key.ts';
import { VENDOR_NAMES } from '../../../src/sandbox/vendor-name.ts';
import { createSqliteKeyStore, keyStorePath } from '../../../src/store/sqlite-key-store.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../../gateway-under-test.ts';

/** Of every client: what it may not read it may still be allowed to write. */
const WRITES: readonly string[] = VENDOR_NAMES.map((vendor) => `${vendor}:write`);

/** In the order of their bits in a client's number. */
export const SCOPES: readonly string[] = [...VENDOR_NAMES.map((vendor) => `${vendor}:read`), 'pii:read'];
/** Of the client that has them all. */
export const EVERY_SCOPE = 2 ** SCOPES.length - 1;

export interface ScopedGateway extends GatewayUnderTest {
  /** By the client's number: bit by bit the scopes it has. */
  keys: readonly string[];
  /** Everything on record so far; lines that are still on their way are not in it. */
  recorded(): string;
}

export function scopesOf(client: number): ReadonlySet<string> {
  return new Set([...WRITES, ...SCOPES.filter((_scope, bit) => (client & (1 << bit)) !== 0)]);
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MANY = 1_000_000_000;
const QUOTA = { requestsPerMinute: MANY, requestsPerDay: MANY, costPerMinute: MANY, costPerDay: MANY };
const LIMITS = {
  app: { cost: 100_000, rootFields: 1_000, aliases: 10_000, directives: 10_000, fields: 100_000, tokens: 50_000 },
};

export async function startScopedGateway(): Promise<ScopedGateway> {
  const dir = mkdtempSync(join(tmpdir(), 'vendorgraph-scopes-'));
  const dataDir = join(dir, 'data');
  writeFolder(dir);
  const keys = await issueKeys(dataDir);
  const running = await startGatewayUnderTest({ graphDir: dir, env: { VENDORGRAPH_DATA_DIR: dataDir } });
  return {
    ...running,
    keys,
    recorded: () => readTree(join(dataDir, 'audit')),
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function writeFolder(dir: string): void {
  for (const path of ['.meshrc.yaml', 'schema']) cpSync(join(ROOT, path), join(dir, path), { recursive: true });
  for (const vendor of VENDOR_NAMES) {
    const path = join('sources', vendor, 'vendor.yaml');
    mkdirSync(join(dir, 'sources', vendor), { recursive: true });
    cpSync(join(ROOT, path), join(dir, path));
  }
  const clients = Array.from({ length: EVERY_SCOPE + 1 }, (_, client) => ({
    id: `client-${client}`,
    kind: 'app',
    proof: 'key',
    scopes: [...scopesOf(client)],
    quota: { ...QUOTA },
  }));
  writeFileSync(join(dir, 'clients.yaml'), stringify({ clients, limits: LIMITS }));
}

async function issueKeys(dataDir: string): Promise<string[]> {
  mkdirSync(dataDir, { recursive: true });
  await using store = createSqliteKeyStore({ path: keyStorePath(dataDir) });
  const keys: string[] = [];
  for (let client = 0; client <= EVERY_SCOPE; client += 1) {
    const { key, prefix, digest } = makeKey();
    await store.add({ prefix, client: `client-${client}`, digest, createdAt: 0 });
    keys.push(key);
  }
  return keys;
}

function readTree(dir: string): string {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.includes('jsonl'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}
