/** Who may call a gateway, and what it tells those it does not know. */
import { type ApiKey, allScopes, demoKeys, isDemoKey, operatorKey } from './auth/api-keys.ts';
import { type Authenticator, createAuthenticator } from './auth/authenticator.ts';
import type { ClientsConfig } from './config/clients.ts';
import { readClientsFile } from './config/clients-file.ts';
import { ConfigError } from './config/config-error.ts';
import type { GraphFolder } from './config/graph-folder.ts';
import type { Settings } from './config/settings.ts';
import { GRAPHQL_PATH } from './http/graphql.ts';
import { MCP_PATH } from './http/mcp.ts';
import { describeProtectedResource, type ProtectedResource } from './http/protected-resource.ts';
import type { Logger } from './observe/log.ts';
import { createSqliteKeyStore, keyStorePath } from './store/sqlite-key-store.ts';

export interface Callers extends Authenticator {
  clients: ClientsConfig;
  /** No client and no key: every caller is refused. */
  isNobody: boolean;
  /** `publicUrl`: where callers reach the gateway. */
  resourceAt(publicUrl: string): ProtectedResource;
}

export interface CallersOptions {
  folder: GraphFolder;
  graphDir: string;
  settings: Settings;
  /** Takes the demo keys. */
  sandbox: boolean;
  log: Logger;
}

/** Throws `ConfigError` for a wrong clients.yaml, a key store that cannot be read, a demo key as the operator's. */
export async function createCallers({ folder, graphDir, settings, sandbox, log }: CallersOptions): Promise<Callers> {
  const vendors = folder.sources.map(({ vendor }) => vendor);
  const scopes = allScopes(vendors);
  const clients = readClientsFile(graphDir, scopes);
  const keySource = createSqliteKeyStore({ path: keyStorePath(settings.dataDir) });
  const keys = keysOf(vendors, settings, sandbox);
  const { authenticate, [Symbol.asyncDispose]: end } = await createAuthenticator({ keys, clients, keySource, log });
  return {
    authenticate,
    clients,
    isNobody: keys.length === 0 && clients.clients.length === 0,
    resourceAt: (publicUrl) =>
      describeProtectedResource({
        publicUrl,
        issuers: clients.issuers.map(({ issuer }) => issuer),
        scopes,
        paths: [GRAPHQL_PATH, MCP_PATH],
      }),
    async [Symbol.asyncDispose]() {
      await end();
      await keySource[Symbol.asyncDispose]();
    },
  };
}

function keysOf(vendors: readonly string[], { apiKey }: Settings, sandbox: boolean): readonly ApiKey[] {
  if (!sandbox && apiKey !== undefined && isDemoKey(apiKey))
    throw new ConfigError({
      file: 'environment',
      subject: 'VENDORGRAPH_API_KEY',
      message: 'Found a demo key, which everybody knows, outside the sandbox. Set a random text of your own.',
    });
  return [...(sandbox ? demoKeys(vendors) : []), ...(apiKey === undefined ? [] : [operatorKey(apiKey, vendors)])];
}
