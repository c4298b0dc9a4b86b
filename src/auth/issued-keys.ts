/**
 * The issued keys that are in force, in memory, so that asking for one waits for no disk. Follows the store: what another
 * process issues or revokes counts within a second. When the store cannot be read any more, the last good state stays.
 */
import { timingSafeEqual } from 'node:crypto';
import type { ClientConfig } from '../config/clients.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Logger } from '../observe/log.ts';
import { clientPrincipal } from './client-principal.ts';
import { type Digest, digestBytes } from './digest.ts';
import { prefixOf } from './issued-key.ts';
import type { Principal } from './principal.ts';

/** Keys in force that one gateway holds: 40 MB of them, read in half a second. */
export const MAX_LIVE_KEYS = 100_000;
const FLUSH_MS = 60_000;
const MINUTE_MS = 60_000;
/** Compared with when there is no such prefix, so that this takes the same steps. No key has it for a digest. */
const NO_DIGEST: Digest = '\0'.repeat(32);

export interface LiveKey {
  prefix: string;
  client: string;
  /** SHA-256 of the key. */
  digest: Uint8Array;
  /** Epoch milliseconds; absent: never. */
  expiresAt?: number | undefined;
}

/** Where keys are kept. `KeyStore` of `store/` is one. */
export interface KeySource {
  /** What the person calls it, for messages: its path. */
  readonly name: string;
  /** Keys in force at that time, at most so many. */
  live(now: number, limit: number): Promise<readonly LiveKey[]>;
  /** Prefix → epoch milliseconds. */
  recordUses(uses: ReadonlyMap<string, number>): Promise<void>;
  /** Calls back within a second when keys were issued, revoked or ended elsewhere. */
  watch(onChange: () => void): Promise<Disposable>;
}

export interface IssuedKeysOptions {
  source: KeySource;
  clients: readonly ClientConfig[];
  log: Logger;
  now: () => number;
  /** How often the times of last use are written. @default 60_000 */
  flushMs?: number | undefined;
}

export interface IssuedKeys extends AsyncDisposable {
  /** `digest`: the token's, as bytes. */
  find(token: string, digest: Buffer): Principal | null;
}

interface Entry {
  digest: Digest;
  expiresAt: number;
  /** Null when clients.yaml has no such client any more. */
  principal: Principal | null;
  /** Minutes since the epoch. */
  usedMinute: number;
}

/** Throws `ConfigError` for more keys than a gateway holds. */
export async function createIssuedKeys(options: IssuedKeysOptions): Promise<IssuedKeys> {
  const { source, clients, log, now, flushMs = FLUSH_MS } = options;
  const principalOf = keyPrincipals(clients);
  let entries: ReadonlyMap<string, Entry> = new Map();
  let uses = new Map<string, number>();

  const load = async (): Promise<void> => {
    const keys = await source.live(now(), MAX_LIVE_KEYS + 1);
    if (keys.length > MAX_LIVE_KEYS) throw tooMany(source.name);
    entries = new Map(
      keys.map((key) => [key.prefix, entryOf(key, principalOf(key), entries.get(key.prefix)?.usedMinute)]),
    );
  };
  const follow = followChanges(load, (error) => {
    const reason = error instanceof Error ? error.message : String(error);
    log.error({ store: source.name, reason }, 'API keys cannot be read: those known stay');
  });
  // Before the first load, so that no change falls between the two.
  const watching = await source.watch(follow.changed);
  await load().catch((error: unknown) => {
    watching[Symbol.dispose]();
    throw error;
  });

  const flush = async (): Promise<void> => {
    if (uses.size === 0) return;
    const batch = uses;
    uses = new Map();
    // Not tried again: the next use writes a later time.
    await source.recordUses(batch).catch(() => log.warn({ store: source.name }, 'last use of API keys not written'));
  };
  const timer = setInterval(flush, flushMs).unref();

  return {
    find(token, digest) {
      const prefix = prefixOf(token);
      const entry = prefix === undefined ? undefined : entries.get(prefix);
      const matches = timingSafeEqual(digest, digestBytes(entry?.digest ?? NO_DIGEST));
      const at = now();
      if (!matches || prefix === undefined || entry === undefined || entry.expiresAt <= at) return null;
      const minute = Math.floor(at / MINUTE_MS);
      if (entry.principal && entry.usedMinute < minute) {
        entry.usedMinute = minute;
        uses.set(prefix, minute * MINUTE_MS);
      }
      return entry.principal;
    },
    async [Symbol.asyncDispose]() {
      watching[Symbol.dispose]();
      clearInterval(timer);
      await follow.settled();
      await flush();
    },
  };
}

/** Loads after each change, one load at a time; changes while it runs make one more. Failures in a row are told once. */
function followChanges(load: () => Promise<void>, onFailure: (error: unknown) => void) {
  let running: Promise<void> | undefined;
  let again = false;
  let failed = false;
  const attempt = async (): Promise<void> => {
    try {
      await load();
      failed = false;
    } catch (error) {
      if (!failed) onFailure(error);
      failed = true;
    }
  };
  const run = async (): Promise<void> => {
    do {
      again = false;
      await attempt();
    } while (again);
    running = undefined;
  };
  return {
    changed: (): void => {
      again = true;
      running ??= run();
    },
    settled: async (): Promise<void> => running,
  };
}

function keyPrincipals(clients: readonly ClientConfig[]): (key: LiveKey) => Principal | null {
  const withKeys = clients.filter(({ proof }) => proof === 'key');
  // Once for each client, because there may be many keys.
  const byId = new Map(withKeys.map((client) => [client.id, clientPrincipal(client, { scopes: client.scopes })]));
  return ({ prefix, client, expiresAt }) => {
    const principal = byId.get(client);
    if (principal === undefined) return null;
    return { ...principal, id: `key:${prefix}`, ...(expiresAt !== undefined && { expiresAt }) };
  };
}

function entryOf({ digest, expiresAt }: LiveKey, principal: Principal | null, usedMinute = 0): Entry {
  const text = Buffer.from(digest).toString('latin1');
  return { digest: text, expiresAt: expiresAt ?? Number.POSITIVE_INFINITY, principal, usedMinute };
}

function tooMany(file: string): ConfigError {
  const message = `Found more than ${MAX_LIVE_KEYS} keys in force, expected at most that many. Revoke those that nobody uses.`;
  return new ConfigError({ file, message });
}
