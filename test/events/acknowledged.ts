/** A process that writes an event log and dies in the middle of it, and the check that nothing it acknowledged is gone. */
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { FAILPOINT_VARIABLE } from '../../src/events/failpoint.ts';
import type { LoggedEvent } from '../../src/events/log.ts';
import { openSqliteLog } from '../../src/events/sqlite-log.ts';
import { printedUntilKilled } from './killed-process.ts';
import { readAll } from './log.contract.ts';
import { deliveryNamed } from './numbered-delivery.ts';

const PROGRAM = fileURLToPath(new URL('sqlite-appending-process.ts', import.meta.url));

export interface Killed {
  path: string;
  /** Names its deliveries: another one for each process that writes one file. */
  run: string;
  /** Killed from outside when it has acknowledged so many. Absent: it ends by itself, at a failpoint. */
  after?: number;
  failpoint?: string;
  env?: NodeJS.ProcessEnv;
}

/** Returns the ids of the deliveries it acknowledged. */
export function appendUntilKilled({ path, run, after, failpoint, env }: Killed): Promise<string[]> {
  const faulty = failpoint === undefined ? {} : { [FAILPOINT_VARIABLE]: failpoint };
  return printedUntilKilled({ program: PROGRAM, args: [path, run], after, env: { ...env, ...faulty } });
}

/** Opens the log and fails unless all deliveries are there whole, once and in order, and the file is sound. */
export async function expectWhole(path: string, acknowledged: readonly string[]): Promise<void> {
  const stored = await readStored(path);
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  for (const [id, events] of stored) {
    expect(events.map(({ eventId }) => eventId)).toEqual(deliveryNamed(id).events.map(({ eventId }) => eventId));
  }
  expectSound(path);
}

/** Events by the delivery they came in. */
export async function readStored(path: string): Promise<Map<string, LoggedEvent[]>> {
  await using log = await openSqliteLog({ path });
  const events = await readAll(log, { limit: 1_000 });
  return Map.groupBy(events, ({ deliveryId }) => deliveryId);
}

export function expectSound(path: string): void {
  using db = new DatabaseSync(path);
  expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
}
