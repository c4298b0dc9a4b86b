/**
 * A gateway over the sandbox, both in this process, whose graph folder has clients of its own: one for each set of rights
 * that decides what a subscriber sees. Its webhooks come from the sandbox's vendors, or from `send`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { makeKey } from '../../src/auth/issued-key.ts';
import { eventLogPath, openSqliteLog } from '../../src/events/sqlite-log.ts';
import { VENDOR_NAMES } from '../../src/sandbox/vendor-name.ts';
import { createSqliteKeyStore, keyStorePath } from '../../src/store/sqlite-key-store.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { copyGraphInto } from './graph-folder.ts';
import { type StripeEvent, sendStripe, stripeBody } from './stripe-deliveries.ts';

const READS = VENDOR_NAMES.map((vendor) => `${vendor}:read`);

const CLIENTS = {
  reader: { kind: 'app', scopes: [...READS, 'pii:read', 'events:read'] },
  /** The same rights, another principal. */
  other: { kind: 'app', scopes: [...READS, 'pii:read', 'events:read'] },
  masked: { kind: 'app', scopes: [...READS, 'events:read'] },
  'no-events': { kind: 'app', scopes: [...READS, 'pii:read'] },
  stripe: { kind: 'app', scopes: ['stripe:read', 'pii:read', 'events:read'] },
  /** May have one subscription open. */
  single: { kind: 'app', scopes: ['stripe:read', 'events:read'], quota: { subscriptions: 1 } },
  /** For tests that end their keys. */
  leaving: { kind: 'app', scopes: ['stripe:read', 'events:read'] },
  'leaving-too': { kind: 'app', scopes: ['stripe:read', 'events:read'] },
  hubspot: { kind: 'app', scopes: ['hubspot:read', 'pii:read', 'events:read'] },
} as const;

export type ClientName = keyof typeof CLIENTS;

export interface EventsGateway extends GatewayUnderTest {
  url: string;
  keys: Readonly<Record<ClientName, string>>;
  /** As `vendorgraph keys revoke` does it, in another process. */
  revoke(client: ClientName): Promise<void>;
  /** A signed delivery of Stripe's; fails unless it was stored. */
  send(event: StripeEvent): Promise<void>;
  /** What an operator does: gives the events of a vendor once more, as replays. Returns how many. */
  replay(vendor: string): Promise<number>;
  /** A change at an emulated vendor, delivered. */
  emit(vendor: string, type: string, count?: number): Promise<void>;
  /** Vendor calls that `work` leads to, by `vendor.operation`. */
  callsOf(work: () => Promise<unknown>): Promise<Record<string, number>>;
}

export interface EventsGatewayOptions {
  /** Added to clients.yaml. */
  clients?: readonly object[];
  issuers?: readonly object[];
  /** Texts the folder has as saved operations. */
  operations?: readonly string[];
}

export async function startEventsGateway(options: EventsGatewayOptions = {}): Promise<EventsGateway> {
  const dir = mkdtempSync(join(tmpdir(), 'vendorgraph-events-'));
  const dataDir = join(dir, 'data');
  writeFolder(dir, options);
  const keys = await issueKeys(dataDir);
  const running = await startGatewayUnderTest({ graphDir: dir, env: { VENDORGRAPH_DATA_DIR: dataDir } });
  const { url } = running.gateway;
  await running.control('PUT', '/webhooks', { url: `${url}/webhooks` });
  const { stripe: secret = '' } = running.sandbox.webhookSecrets;
  return {
    ...running,
    url,
    keys,
    async revoke(client) {
      await using store = createSqliteKeyStore({ path: keyStorePath(dataDir) });
      const [, , prefix = ''] = keys[client].split('_');
      if (!(await store.revoke(prefix, Date.now()))) throw new Error(`There is no key ${prefix}.`);
    },
    async send(event) {
      const status = await sendStripe(url, stripeBody(event), secret);
      if (status !== 200) throw new Error(`The delivery was answered ${status}.`);
    },
    async replay(vendor) {
      await using log = await openSqliteLog({ path: eventLogPath(dataDir) });
      return await log.replay({ filter: [{ vendor }] }, { principal: 'cli:test' });
    },
    async emit(vendor, type, count = 1) {
      // As its contract says.
      const { deliveries } = (await running.control('POST', '/emit', { vendor, type, count })) as {
        deliveries: { status?: number }[];
      };
      if (deliveries.some(({ status }) => status !== 200)) throw new Error(JSON.stringify(deliveries));
    },
    async callsOf(work) {
      const before = await running.calls();
      await work();
      const made = Object.entries(await running.calls()).map(
        ([name, count]) => [name, count - (before[name] ?? 0)] as const,
      );
      return Object.fromEntries(made.filter(([, count]) => count > 0));
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function writeFolder(dir: string, { clients = [], issuers, operations = [] }: EventsGatewayOptions): void {
  copyGraphInto(dir);
  mkdirSync(join(dir, 'schema/operations'), { recursive: true });
  for (const [index, text] of operations.entries())
    writeFileSync(join(dir, `schema/operations/test-${index}.graphql`), text);
  const own = Object.entries(CLIENTS).map(([id, client]) => ({ id, proof: 'key', ...client }));
  const all = { clients: [...own, ...clients], ...(issuers && { issuers }) };
  writeFileSync(join(dir, 'clients.yaml'), stringify(all, { aliasDuplicateObjects: false }));
}

async function issueKeys(dataDir: string): Promise<Record<ClientName, string>> {
  mkdirSync(dataDir, { recursive: true });
  await using store = createSqliteKeyStore({ path: keyStorePath(dataDir) });
  const made: Partial<Record<ClientName, string>> = {};
  // The names are those of the table.
  for (const client of Object.keys(CLIENTS) as ClientName[]) {
    const { key, prefix, digest } = makeKey();
    await store.add({ prefix, client, digest, createdAt: Date.now() });
    made[client] = key;
  }
  // Each name was given a key.
  return made as Record<ClientName, string>;
}
