/** What every `vendorgraph events …` command works with: the log, whose it may be, and who works on it. */
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { readMeshFile } from '../config/mesh-file.ts';
import { readSettings } from '../config/settings.ts';
import type { VendorConfig } from '../config/vendor.ts';
import type { VendorName } from '../config/vendor-name.ts';
import type { EventLog, Operator } from '../events/log.ts';

export interface PlaceOptions {
  graph: string;
  dataDir?: string;
  json?: true;
}

/**
 * The log a gateway with the same settings writes, also while it does. Makes none: throws ConfigError where none is. Postgres
 * gets its tables, should the database be new.
 */
export async function openOperatorLog(
  { dataDir }: Pick<PlaceOptions, 'dataDir'>,
  env: NodeJS.ProcessEnv,
): Promise<EventLog> {
  const { databaseUrl, ...settings } = readSettings(env);
  if (databaseUrl !== undefined) {
    const { openPostgresLog } = await import('../events/postgres-log.ts');
    return openPostgresLog({ url: databaseUrl, readers: 1 });
  }
  const { eventLogPath, openSqliteLog } = await import('../events/sqlite-log.ts');
  const path = eventLogPath(resolve(dataDir ?? settings.dataDir));
  if (existsSync(path)) return openSqliteLog({ path });
  const message =
    'Found no event log. Name the data folder of the gateway with --data-dir or VENDORGRAPH_DATA_DIR, or its database with DATABASE_URL.';
  throw new ConfigError({ file: path, message });
}

/** The graph's vendors, or the one asked for. Throws ConfigError for one the graph does not have. */
export function vendorsOf({ graph }: Pick<PlaceOptions, 'graph'>, wanted: string | undefined): VendorName[] {
  const vendors = readMeshFile(resolve(graph)).config.sources.map(({ name }) => name);
  if (wanted === undefined) return vendors;
  if (vendors.includes(wanted)) return [wanted];
  throw wrongOption('--vendor', `Found "${wanted}", expected one of ${vendors.join(', ')}.`);
}

/** What vendor.yaml says of each vendor of the graph. */
export async function configsOf({
  graph,
}: Pick<PlaceOptions, 'graph'>): Promise<(vendor: VendorName) => VendorConfig | undefined> {
  const { readGraphFolder } = await import('../config/graph-folder.ts');
  const configs = new Map(readGraphFolder(graph).sources.map(({ vendor, config }) => [vendor, config]));
  return (vendor) => configs.get(vendor);
}

/** For the log's own record. */
export function operatorOf(reason: string | undefined): Operator {
  return { principal: `cli:${userName()}`, reason };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no name.
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

export function wrongOption(option: string, message: string): ConfigError {
  return new ConfigError({ file: 'command line', subject: option, message });
}
