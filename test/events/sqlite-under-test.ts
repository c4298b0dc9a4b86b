/** A folder of its own with an embedded event log; what a test opened in it is ended with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '../../src/events/log.ts';
import { openSqliteLog, type SqliteLogOptions } from '../../src/events/sqlite-log.ts';
import type { LogPlace } from './log.contract.ts';

export interface SqlitePlace extends LogPlace {
  path: string;
  openWith(options: Partial<SqliteLogOptions>): Promise<EventLog>;
}

export async function makeSqlitePlace(): Promise<SqlitePlace> {
  const folder = await mkdtemp(join(tmpdir(), 'events-'));
  const path = join(folder, 'data', 'events.db');
  const logs: EventLog[] = [];
  const openWith = async (options: Partial<SqliteLogOptions>): Promise<EventLog> => {
    const log = await openSqliteLog({ path, ...options });
    logs.push(log);
    return log;
  };
  return {
    path,
    openWith,
    open: (now) => openWith({ now }),
    async [Symbol.asyncDispose]() {
      await Promise.all(logs.map((log) => log[Symbol.asyncDispose]()));
      await rm(folder, { recursive: true });
    },
  };
}
