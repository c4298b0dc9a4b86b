/** What happens to every result before it leaves, whichever way it goes: errors masked and logged, the explanation added. */
import type { ExecutionResult } from 'graphql';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { GraphContext } from './context.ts';
import { explain } from './explain.ts';
import { type MaskedError, maskError } from './mask.ts';

export interface Finisher {
  log: Logger;
  metrics: Metrics;
}

export interface Finishing {
  requestId: string;
  /** Undefined when the operation never ran. */
  context?: GraphContext | undefined;
  transport: 'http' | 'ws';
}

export function finishResult<Result extends ExecutionResult>(
  { log, metrics }: Finisher,
  result: Result,
  { requestId, context, transport }: Finishing,
): Result {
  // What ended because its caller left is nobody's failure: masked like all, but not told.
  const left = context?.scope.signal.aborted ?? false;
  const errors = result.errors?.map((error) => {
    const masked = maskError(error, requestId);
    if (!left) tell(masked, requestId, { log, metrics });
    return masked.error;
  });
  if (context) {
    const seconds = (performance.now() - context.startedAt) / 1000;
    metrics.operation(transport, left ? 'left' : errors?.length ? 'errors' : 'ok', seconds);
  }
  const explained = context?.explain ? { extensions: { ...result.extensions, explain: explain(context.calls) } } : {};
  return { ...result, ...(errors ? { errors } : {}), ...explained };
}

function tell({ error, cause }: MaskedError, requestId: string, { log, metrics }: Finisher): void {
  const { code, vendor, operation } = error.extensions;
  metrics.error(String(code));
  if (cause === undefined) return;
  const fields = { requestId, code, vendor, operation, path: error.path?.join('.') };
  if (code === 'INTERNAL') log.error({ ...fields, err: cause }, 'operation failed');
  else log.warn({ ...fields, reason: error.message }, 'vendor failed a field');
}
