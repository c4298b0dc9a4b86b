/** Puts the end of an operation on record, or that it was refused. */
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AuditEntry } from '../audit/entry.ts';
import type { Principal } from '../auth/principal.ts';
import { auditEntry, refusedEntry } from './audit-entry.ts';
import type { GraphContext, Transport } from './context.ts';
import { isForTheRecord } from './refusal-record.ts';
import type { Graph } from './schema.ts';

export interface Use {
  requestId: string;
  known: { principal: Principal; transport: Transport };
  /** Undefined when the operation never ran. */
  context: GraphContext | undefined;
  /** Its caller did not wait for the end. */
  left: boolean;
}

/** The result with its errors as the caller was given them. */
export function recordUse(
  { graph, audit }: { graph: Graph; audit: AuditLog },
  { data, errors = [] }: ExecutionResult,
  { requestId, known, context, left }: Use,
): void {
  const codes = errors.length === 0 ? NO_CODES : [...new Set(errors.map(({ extensions }) => String(extensions.code)))];
  const isWrite = context?.isWriteOpen ?? false;
  const outcome = left ? 'left' : outcomeOf(data, errors, isWrite);
  const kind = isWrite ? 'write-closed' : data === undefined ? 'refused' : 'operation';
  const ending = { kind, outcome, codes } as const;
  const { principal, transport } = known;
  if (!isForTheRecord(audit, principal.client, ending)) return;
  audit.record(
    context ? auditEntry(graph.schema, context, ending) : refusedEntry({ requestId, principal, transport }, ending),
  );
}

const NO_CODES: readonly string[] = [];

function outcomeOf(data: unknown, errors: readonly GraphQLError[], isWrite: boolean): AuditEntry['outcome'] {
  // A write that was begun was not refused, whatever became of it.
  if (data === undefined) return isWrite ? 'failed' : 'refused';
  if (errors.length === 0) return 'ok';
  return data === null ? 'failed' : 'partial';
}
