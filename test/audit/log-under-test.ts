/** A data folder of its own for a test, and logs in it. Whoever makes one ends it: `await using`. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '../../src/audit/entry.ts';
import { exportAudit } from '../../src/audit/export.ts';
import { createFileAuditLog, type FileAuditLog, type FileAuditLogOptions } from '../../src/audit/file-audit-log.ts';
import { createLog } from '../../src/observe/log.ts';

export interface DataFolder extends AsyncDisposable {
  dataDir: string;
  auditDir: string;
  /** What the logs said, one object per line. */
  logged: Record<string, unknown>[];
  open(options?: Partial<FileAuditLogOptions>): FileAuditLog;
  /** Text of a file in the audit folder. */
  text(file: string): Promise<string>;
  /** Names of the segments. */
  segments(): Promise<string[]>;
  /** Request ids in the order of the log. */
  requestIds(): Promise<string[]>;
}

export async function makeDataFolder(): Promise<DataFolder> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vendorgraph-audit-'));
  const auditDir = join(dataDir, 'audit');
  const logged: Record<string, unknown>[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line) => void logged.push(JSON.parse(line)) } });
  return {
    dataDir,
    auditDir,
    logged,
    open: (options = {}) => createFileAuditLog({ dataDir, log, ...options }),
    text: (file) => readFile(join(auditDir, file), 'utf8'),
    segments: async () => (await readdir(auditDir)).filter((name) => name.endsWith('.jsonl')).sort(),
    requestIds: () => requestIdsIn(dataDir),
    [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true }),
  };
}

export async function requestIdsIn(dataDir: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const line of exportAudit({ dataDir })) ids.push(JSON.parse(line).requestId);
  return ids;
}

export function entryOf(requestId: string, more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    requestId,
    kind: 'operation',
    principal: 'key:vg_demo_app',
    client: 'demo-app',
    clientKind: 'app',
    transport: 'http',
    operationName: 'Customer360',
    vendors: { stripe: 2 },
    outcome: 'ok',
    ...more,
  };
}

/** `r1` to `r<count>`, in order; resolves when all are on disk. */
export async function commitMany(log: FileAuditLog, count: number, from = 1): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `r${from + index}`);
  await Promise.all(ids.map((id) => log.commit(entryOf(id))));
  return ids;
}
