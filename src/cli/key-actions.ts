/** What each `vendorgraph keys` command does. A key itself is printed when it is made and nowhere else. */
import { join } from 'node:path';
import { allScopes } from '../auth/api-keys.ts';
import { makeKey, prefixFrom } from '../auth/issued-key.ts';
import { MAX_LIVE_KEYS } from '../auth/issued-keys.ts';
import type { ClientConfig } from '../config/clients.ts';
import { CLIENTS_FILE, readClientsFile } from '../config/clients-file.ts';
import { ConfigError } from '../config/config-error.ts';
import { readMeshFile } from '../config/mesh-file.ts';
import type { StoredKey } from '../store/key-store.ts';
import { createSqliteKeyStore, keyStorePath } from '../store/sqlite-key-store.ts';
import { parseDuration } from './duration.ts';
import { keyRow, keyTable } from './key-table.ts';

const SHORTEST_MS = 60_000;
const LONGEST_NAME = 100;

export interface KeyActionsOptions {
  graphDir: string;
  dataDir: string;
  /** Prints JSON instead of words. */
  json: boolean;
  print(text: string): void;
  now(): number;
}

export interface KeyActions extends AsyncDisposable {
  create(options: { client: string; expires?: string | undefined; name?: string | undefined }): Promise<void>;
  list(): Promise<void>;
  revoke(prefix: string): Promise<void>;
  rotate(prefix: string, overlap: string): Promise<void>;
}

/** Each action throws `ConfigError` for what a person can mend. */
export function createKeyActions({ graphDir, dataDir, json, print, now }: KeyActionsOptions): KeyActions {
  const store = createSqliteKeyStore({ path: keyStorePath(dataDir) });
  const say = (value: unknown, words: string): void => print(json ? JSON.stringify(value, null, 2) : words);

  const make = async (
    about: Pick<StoredKey, 'client' | 'name' | 'expiresAt'>,
    keep: (key: StoredKey) => Promise<boolean>,
  ) => {
    if ((await store.live(now(), MAX_LIVE_KEYS)).length === MAX_LIVE_KEYS) throw tooMany(store.name);
    const { key, prefix, digest } = makeKey();
    const stored: StoredKey = { ...about, prefix, digest, createdAt: now() };
    if (!(await keep(stored))) throw new ConfigError({ file: store.name, message: 'Found the key taken. Try again.' });
    return { key, ...keyRow(stored, now()) };
  };
  const known = async (text: string): Promise<StoredKey> => {
    const prefix = prefixFrom(text);
    const key = await store.find(prefix);
    // What was typed may be half a key: it is not repeated.
    if (!key) throw new ConfigError({ file: 'PREFIX', message: 'Found no such key. See vendorgraph keys list.' });
    return key;
  };

  return {
    async create({ client, expires, name }) {
      keyClient(graphDir, client);
      if (name !== undefined && (name.length > LONGEST_NAME || /\p{Cc}/u.test(name))) throw oddName();
      const expiresAt = expires === undefined ? undefined : now() + parseDuration(expires, '--expires', SHORTEST_MS);
      const made = await make({ client, name, expiresAt }, store.add);
      say(made, `${shown(made)}\nIt is valid ${until(made.expiresAt)}.`);
    },
    async list() {
      const rows = (await store.list()).map((key) => keyRow(key, now()));
      say(rows, rows.length === 0 ? 'There are no keys. See vendorgraph keys create --help.' : keyTable(rows));
    },
    async revoke(text) {
      const { prefix, revokedAt } = await known(text);
      if (revokedAt !== undefined || !(await store.revoke(prefix, now()))) throw notInForce(prefix, 'revoked before');
      say({ prefix, state: 'revoked' }, `${prefix} is revoked. Running gateways refuse it within a second.`);
    },
    async rotate(text, overlap) {
      const { prefix, client, name, createdAt, expiresAt, revokedAt } = await known(text);
      const overlapMs = parseDuration(overlap, '--overlap');
      if (revokedAt !== undefined) throw notInForce(prefix, 'revoked');
      if (expiresAt !== undefined && expiresAt <= now()) throw notInForce(prefix, 'expired');
      keyClient(graphDir, client);
      const endsAt = Math.min(expiresAt ?? Number.MAX_SAFE_INTEGER, now() + overlapMs);
      const lifetime = expiresAt === undefined ? undefined : now() + expiresAt - createdAt;
      const made = await make({ client, name, expiresAt: lifetime }, (key) => store.replace(prefix, endsAt, key));
      const replaces = { prefix, expiresAt: new Date(endsAt).toISOString() };
      say(
        { ...made, replaces },
        `${shown(made)}\nIt is valid ${until(made.expiresAt)}; ${prefix} ${until(replaces.expiresAt)}.`,
      );
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

/** The client, which must be one that proves itself by keys. */
function keyClient(graphDir: string, id: string): ClientConfig {
  const vendors = readMeshFile(graphDir).config.sources.map(({ name }) => name);
  const { clients } = readClientsFile(graphDir, allScopes(vendors));
  const file = join(graphDir, CLIENTS_FILE);
  const withKeys = clients.filter(({ proof }) => proof === 'key').map((client) => client.id);
  if (withKeys.length === 0) {
    const message = 'Found no client with "proof: key", expected at least one. Add it to clients.yaml.';
    throw new ConfigError({ file, message });
  }
  const client = clients.find((one) => one.id === id);
  if (client?.proof === 'key') return client;
  const found = client ? 'which proves itself by tokens of an issuer' : 'which is not in clients.yaml';
  const message = `Found client "${id}", ${found}; expected one of ${withKeys.join(', ')}.`;
  throw new ConfigError({ file, subject: '--client', message });
}

function shown({ key, client }: { key: string; client: string }): string {
  return `Key of ${client}, shown this once:\n\n  ${key}\n`;
}

function until(expiresAt: string | null): string {
  return expiresAt === null ? 'until it is revoked' : `until ${expiresAt}`;
}

function notInForce(prefix: string, state: string): ConfigError {
  return new ConfigError({ file: 'PREFIX', message: `Found ${prefix}, which is ${state}; expected a key in force.` });
}

function oddName(): ConfigError {
  return new ConfigError({
    file: '--name',
    message: `Found a name that is too long or has line breaks, expected one line of at most ${LONGEST_NAME} characters.`,
  });
}

function tooMany(file: string): ConfigError {
  const message = `Found ${MAX_LIVE_KEYS} keys in force, which is as many as there may be. Revoke those that nobody uses.`;
  return new ConfigError({ file, message });
}
