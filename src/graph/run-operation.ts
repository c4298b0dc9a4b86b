/**
 * The way of every query and mutation, whichever transport brought it, from a valid document to an answer its caller may have:
 * the gate, the record of a write, execution, masks. Whatever is refused here is refused before a vendor is called.
 */
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Admission } from '../quota/quota.ts';
import { auditEntry } from './audit-entry.ts';
import { vendorCallsOf } from './context.ts';
import { guardAnswer } from './guard-answer.ts';
import type { Checked, GateOptions, OperationArgs, OperationGate } from './operation-gate.ts';
import type { Execute } from './planned-execution.ts';

export interface RunOptions extends Pick<GateOptions, 'graph' | 'visible'> {
  gate: OperationGate;
  audit: AuditLog;
  execute: Execute;
}

/** `data` is undefined exactly when nothing was executed; a refusal takes one request of the quota, and nothing else. */
export type RunOperation = (args: OperationArgs) => ExecutionResult | Promise<ExecutionResult>;

export function createRunOperation(options: RunOptions): RunOperation {
  const { gate } = options;
  return (args) => {
    const checked = gate.check(args);
    if (!('facts' in checked)) return gate.refuse(checked, args.contextValue);
    const admission = gate.ask(checked);
    return admission instanceof Promise
      ? admission.then((one) => enter(one, checked, options))
      : enter(admission, checked, options);
  };
}

function enter(
  admission: Admission,
  checked: Checked,
  options: RunOptions,
): ExecutionResult | Promise<ExecutionResult> {
  const { contextValue: context } = checked.args;
  const refusal = options.gate.enter(admission, checked);
  if (refusal || !admission.admitted) return { errors: refusal ? [refusal] : [] };
  const settle = () => admission.settle(vendorCallsOf(context));
  try {
    const isWrite = checked.facts.operation.operation === 'mutation';
    const result = isWrite ? write(checked, options) : execute(checked, options);
    if (result instanceof Promise) return afterwards(result, settle);
    settle();
    return result;
  } catch (error) {
    settle();
    throw error;
  }
}

/** As `finally` does it, for less. */
function afterwards<Value>(result: Promise<Value>, settle: () => void): Promise<Value> {
  return result.then(
    (value) => {
      settle();
      return value;
    },
    (error: unknown) => {
      settle();
      throw error;
    },
  );
}

/** On record before a vendor hears of it: what cannot be recorded is not done. */
async function write(checked: Checked, options: RunOptions): Promise<ExecutionResult> {
  const { contextValue: context } = checked.args;
  try {
    await options.audit.commit(auditEntry(options.graph.schema, context, { kind: 'write-opened', outcome: 'opened' }));
  } catch (error) {
    return {
      errors: [new GraphQLError('', { originalError: error instanceof Error ? error : new Error(String(error)) })],
    };
  }
  context.isWriteOpen = true;
  // Who left while it was put on record is told nothing, and no vendor hears of it.
  if (context.scope.signal.aborted) return { data: null };
  return execute(checked, options);
}

function execute(checked: Checked, { execute: run, graph, visible }: RunOptions) {
  const { args, plan } = checked;
  const schema = plan.introspects ? visible.schemaFor(args.contextValue.principal.scopes) : graph.schema;
  const result = run({ ...args, schema, document: plan.document });
  return result instanceof Promise ? result.then((one) => guarded(one, checked)) : guarded(result, checked);
}

function guarded(result: ExecutionResult, { plan, estimated, args: { contextValue } }: Checked): ExecutionResult {
  const cost = { estimated, actual: vendorCallsOf(contextValue) };
  if (!plan.guard || !result.data) return { ...result, extensions: { ...result.extensions, cost } };
  const { data, errors, redacted } = guardAnswer(result.data, plan.guard);
  const all = [...(result.errors ?? []), ...errors];
  const extensions = { ...result.extensions, cost, ...(redacted.length > 0 && { redacted }) };
  return { ...result, data, ...(all.length > 0 && { errors: all }), extensions };
}
