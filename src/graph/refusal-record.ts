/**
 * Which refusals stand in the record. A client that goes on after its quota is used up would fill the disk with them, and a full
 * disk stops everybody's writes: of its refusals one a second is recorded. All of them are counted by the metrics.
 */
import type { AuditLog } from '../audit/audit-log.ts';
import type { Ending } from './audit-entry.ts';

const EVERY_MS = 1_000;

/** When a client's refusal was recorded last, milliseconds of the monotonic clock. Clients are those of clients.yaml: few. */
const recordedAt = new WeakMap<AuditLog, Map<string, number>>();

export function isForTheRecord(
  audit: AuditLog,
  client: string,
  { kind, codes }: Ending,
  now = performance.now(),
): boolean {
  if (kind !== 'refused' || codes?.length !== 1 || codes[0] !== 'QUOTA_EXCEEDED') return true;
  const clients = recordedAt.get(audit) ?? new Map<string, number>();
  recordedAt.set(audit, clients);
  const last = clients.get(client);
  if (last !== undefined && now - last < EVERY_MS) return false;
  clients.set(client, now);
  return true;
}
