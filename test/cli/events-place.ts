/** A data folder with an event log that tests fill, and `vendorgraph events …` as a person runs it on that folder. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readGraphFolder } from '../../src/config/graph-folder.ts';
import type { WebhookConfig } from '../../src/config/webhook.ts';
import type { EventLog } from '../../src/events/log.ts';
import { eventLogPath, openSqliteLog } from '../../src/events/sqlite-log.ts';
import { resolveWebhook } from '../../src/webhooks/resolved-webhook.ts';
import { splitDelivery } from '../../src/webhooks/split.ts';
import { ROOT, runCommand } from '../start/running-command.ts';

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export async function runEvents(args: readonly string[], env: Record<string, string>): Promise<Ran> {
  await using command = runCommand(['events', ...args], { env });
  const { code } = await command.ended;
  return { code, stdout: command.stdout(), stderr: command.stderr() };
}

export interface EventsPlace extends AsyncDisposable {
  dataDir: string;
  log: EventLog;
  run(...args: string[]): Promise<Ran>;
  /** What `--json` prints, line by line; fails when there are complaints. */
  json(...args: string[]): Promise<Record<string, unknown>[]>;
  /** The log's own record of what was done to it. */
  record(): { principal: string; action: string; reason: string | null; detail: string }[];
}

export async function makeEventsPlace(): Promise<EventsPlace> {
  const dataDir = mkdtempSync(join(tmpdir(), 'events-command-'));
  const path = eventLogPath(dataDir);
  const log = await openSqliteLog({ path });
  const run = (...args: string[]) => runEvents(args, { VENDORGRAPH_DATA_DIR: dataDir });
  return {
    ...{ dataDir, log, run },
    json: (...args) => jsonLines(run(...args, '--json')),
    record() {
      using db = new DatabaseSync(path, { readOnly: true });
      // The columns of the statement; their types are those of the schema.
      return db.prepare('SELECT principal, action, reason, detail FROM audit ORDER BY number').all() as never;
    },
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true });
    },
  };
}

export async function jsonLines(running: Promise<Ran>): Promise<Record<string, unknown>[]> {
  const { stdout, stderr } = await running;
  if (stderr !== '') throw new Error(stderr);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => JSON.parse(line));
}

export interface Arrival {
  vendor: string;
  body: unknown;
  /** What of the vendor's webhook block was wrong when it came. */
  wrong?: Partial<WebhookConfig>;
  receivedAt?: number;
}

/** As the receiver stores it, with the reference graph's webhook blocks. Returns the delivery's id. */
export async function arrive(
  log: EventLog,
  { vendor, body, wrong, receivedAt = Date.now() }: Arrival,
): Promise<string> {
  const config = readGraphFolder(ROOT).sources.find((source) => source.vendor === vendor)?.config.webhook;
  if (config === undefined) throw new Error(`${vendor} has no webhook block.`);
  const raw = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const id = randomUUID();
  const split = splitDelivery(resolveWebhook(vendor, { ...config, ...wrong }, []), { raw, headers: {}, receivedAt });
  await log.append({ id, vendor, receivedAt, headers: {}, raw, verifiedBy: 'main', ...split });
  return id;
}

export const invoiceEvent = (id: string, type = 'invoice.paid', more: object = {}) => ({
  id,
  object: 'event',
  type,
  created: 1_795_000_000,
  data: { object: { id: `in_of_${id}`, customer_email: 'ada.lindqvist@example.com', customer_name: 'Ada Lindqvist' } },
  ...more,
});
