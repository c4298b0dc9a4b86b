/** With NODE_ENV=production a gateway starts with real credentials or not at all: no demo key, no vendor that cannot be called. */
import type { ClientsConfig } from './config/clients.ts';
import { ConfigError, type ConfigProblem, throwProblems } from './config/config-error.ts';
import type { Settings } from './config/settings.ts';
import type { VendorName } from './config/vendor-name.ts';
import { GatewayError } from './errors.ts';
import { SecretError } from './secrets/secret.ts';
import type { VendorConnection } from './vendors/door.ts';

export interface ProductionParts {
  settings: Settings;
  sandbox: boolean;
  clients: ClientsConfig;
  connections: ReadonlyMap<VendorName, VendorConnection>;
}

/** Throws `ConfigError` with everything that is missing. */
export function requireRealCredentials({ settings, sandbox, clients, connections }: ProductionParts): void {
  const problem = (subject: string, message: string): ConfigProblem => ({ file: 'environment', subject, message });
  if (sandbox) {
    const message =
      'Found the sandbox switched on with NODE_ENV=production: its demo keys are public. Switch one of the two off.';
    throw new ConfigError(problem('VENDORGRAPH_SANDBOX', message));
  }
  const message = 'Found no client in clients.yaml and no VENDORGRAPH_API_KEY: nobody could call. Add one of the two.';
  const nobody = settings.apiKey === undefined && clients.clients.length === 0;
  throwProblems([
    ...(nobody ? [problem('VENDORGRAPH_API_KEY', message)] : []),
    ...[...connections].flatMap(([vendor, connection]) => credentialProblem(vendor, connection) ?? []),
  ]);
}

function credentialProblem(vendor: VendorName, { authorize }: VendorConnection): ConfigProblem | undefined {
  try {
    authorize();
    return undefined;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    // Callers are told no path of a file; who starts a gateway is.
    const problem = error.cause instanceof SecretError ? error.cause.message : error.message;
    const message = `${problem} In production every vendor of .meshrc.yaml needs its credential; set it, or take the vendor out.`;
    return { file: 'environment', subject: vendor, message };
  }
}
