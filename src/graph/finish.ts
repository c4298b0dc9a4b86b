/** What happens to every result before it leaves, whichever way it goes: errors masked and logged, its use recorded, the explanation added. */
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Principal } from '../auth/principal.ts';
import type { ErrorCode } from '../errors.ts';
import type { Logger } from '../observe/log.ts';
import { loggedError } from '../observe/logged-error.ts';
import type { Metrics } from '../observe/metrics.ts';
import { SecretError } from '../secrets/secret.ts';
import { blameFor } from './blame.ts';
import type { GraphContext, Transport } from './context.ts';
import { explain } from './explain.ts';
import { type MaskedError, maskError } from './mask.ts';
import { recordUse } from './record-use.ts';
import type { Graph } from './schema.ts';

export interface Finisher {
  graph: Graph;
  audit: AuditLog;
  log: Logger;
  metrics: Metrics;
}

export interface Finishing {
  requestId: string;
  /** Undefined for a caller nobody knows: such requests are answered before there is an operation. */
  caller?: { principal: Principal; transport: Transport } | undefined;
  /** Undefined when the operation never ran. */
  context?: GraphContext | undefined;
}

/** Its errors as callers may have them, told to the log and counted. */
export function maskResult<Result extends ExecutionResult>(
  { graph, log, metrics }: Pick<Finisher, 'graph' | 'log' | 'metrics'>,
  result: Result,
  { requestId, context }: Pick<Finishing, 'requestId' | 'context'>,
): Result {
  if (!result.errors) return result;
  // What ended because its caller left is nobody's failure: masked like all, but not told.
  const left = context?.scope.signal.aborted ?? false;
  const errors = result.errors.map((error) => {
    const masked = maskError(error, requestId, ({ path }) => blameIn(graph, context, path));
    if (!left) tell(masked, requestId, { log, metrics });
    return masked.error;
  });
  return { ...result, errors };
}

export function finishResult<Result extends ExecutionResult>(
  finisher: Finisher,
  unmasked: Result,
  { requestId, caller, context }: Finishing,
): Result {
  // A stream finishes its answers itself: they are many, and each has a context of its own.
  if (context?.stream) return unmasked;
  const { graph, audit, metrics } = finisher;
  const left = context?.scope.signal.aborted ?? false;
  const result = maskResult(finisher, unmasked, { requestId, context });
  const { errors } = result;
  if (context) {
    const seconds = (performance.now() - context.startedAt) / 1000;
    const { transport: by } = context;
    const transport = by === 'ws' || by === 'mcp' ? by : 'http';
    metrics.operation(transport, left ? 'left' : errors?.length ? 'errors' : 'ok', seconds);
  }
  const known = context ?? caller;
  if (known && errors) for (const limit of limitsIn(errors)) metrics.limitExceeded(limit, known.principal.kind);
  if (known) recordUse({ graph, audit }, result, { requestId, known, context, left });
  const explained = context?.explain ? { extensions: { ...result.extensions, explain: explain(context.calls) } } : {};
  return { ...result, ...explained };
}

/** Limits the result was refused for, each once. */
function limitsIn(errors: readonly GraphQLError[]): ReadonlySet<string> {
  const refused = errors.filter(({ extensions }) => extensions.code === 'LIMIT_EXCEEDED');
  return new Set(refused.map(({ extensions }) => String(extensions['limit'])));
}

function blameIn({ schema, operations }: Graph, context: GraphContext | undefined, path: GraphQLError['path']) {
  return context?.asked && path ? blameFor(path, { schema, operations, ...context.asked }) : undefined;
}

/** What callers bring upon themselves is worth a line only to those who look for it. */
const CALLERS_OWN: ReadonlySet<unknown> = new Set<ErrorCode>([
  'BAD_USER_INPUT',
  'CURSOR_INVALID',
  'LIMIT_EXCEEDED',
  'NOT_FOUND',
  'QUOTA_EXCEEDED',
  'SCOPE_MISSING',
]);

function tell(
  { error, cause }: MaskedError,
  requestId: string,
  { log, metrics }: Pick<Finisher, 'log' | 'metrics'>,
): void {
  const { code, vendor, operation } = error.extensions;
  metrics.error(String(code));
  if (cause === undefined) return;
  const fields = { requestId, code, vendor, operation, path: error.path?.join('.') };
  if (code === 'INTERNAL') log.error({ ...fields, err: loggedError(cause) }, 'operation failed');
  else if (CALLERS_OWN.has(code)) log.debug({ ...fields, reason: error.message }, 'field refused');
  // A secret's name is for operators; what vendors said stays out of the log.
  else if (cause instanceof SecretError) log.warn({ ...fields, reason: cause.message }, 'credential missing');
  else log.warn({ ...fields, reason: error.message }, 'vendor failed a field');
}
