/** What happens to every result before it leaves, whichever way it goes: errors masked and logged, the explanation added. */
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { GraphContext } from './context.ts';
import { explain } from './explain.ts';
import { maskError } from './mask.ts';

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
  const errors = result.errors?.map((error) => maskAndTell(error, requestId, { log, metrics }));
  if (context)
    metrics.operation(transport, errors?.length ? 'errors' : 'ok', (performance.now() - context.startedAt) / 1000);
  const explained = context?.explain ? { extensions: { ...result.extensions, explain: explain(context.calls) } } : {};
  return { ...result, ...(errors ? { errors } : {}), ...explained };
}

function maskAndTell(error: GraphQLError, requestId: string, { log, metrics }: Finisher): GraphQLError {
  const masked = maskError(error, requestId);
  const code = String(masked.error.extensions['code']);
  metrics.error(code);
  if (masked.cause !== undefined) {
    const { vendor, operation } = masked.error.extensions;
    const fields = { requestId, code, vendor, operation, path: error.path?.join('.') };
    if (code === 'INTERNAL') log.error({ ...fields, err: masked.cause }, 'operation failed');
    else log.warn({ ...fields, reason: masked.error.message }, 'vendor failed a field');
  }
  return masked.error;
}
