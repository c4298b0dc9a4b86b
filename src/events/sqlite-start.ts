/** The start of the embedded log: its file is made, brought to the present version, and looked at before anybody relies on it. */
import type { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '../config/config-error.ts';
import type { Logger } from '../observe/log.ts';
import type { Failpoints } from './failpoint.ts';
import { openForWriting } from './sqlite-connection.ts';
import { beginEpoch } from './sqlite-epoch.ts';

export interface SqliteFileOptions {
  path: string;
  log?: Logger | undefined;
  failpoints: Failpoints;
  /** @default false */
  beginsEpoch?: boolean | undefined;
}

/** Throws ConfigError when the file cannot keep the log. */
export function startSqliteFile(options: SqliteFileOptions): void {
  const { path, failpoints, beginsEpoch } = options;
  try {
    const db = openForWriting(path, failpoints);
    if (beginsEpoch) tryToBegin(db, options);
    db.close();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `Found a file that cannot be used as event log: ${reason}. Restore it, or move it away; what it holds can then not be resumed.`;
    throw new ConfigError({ file: path, message });
  }
}

/** Where the disk takes nothing, webhooks are refused until it does; that is no reason not to start. */
function tryToBegin(db: DatabaseSync, { log }: SqliteFileOptions): void {
  try {
    beginEpoch(db);
  } catch (error) {
    const reason = error instanceof Error ? error.message : typeof error;
    log?.warn({ reason }, 'no epoch could be begun: a restore of the log before this start goes unnoticed');
  }
}
