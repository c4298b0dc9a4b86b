/**
 * The way of every operation, whichever transport brought it, from a valid document to an answer its caller may have: rows,
 * scopes, cost, quota, the record of a write, execution, masks. Whatever is refused here is refused before a vendor is called.
 */
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import type { AuditLog } from '../audit/audit-log.ts';
import type { LimitsByKind } from '../config/limits.ts';
import { DEFAULT_QUOTAS } from '../config/quota-limits.ts';
import { GatewayError } from '../errors.ts';
import type { Admission, Quota } from '../quota/quota.ts';
import { rateLimitHeaders } from '../quota/rate-limit-headers.ts';
import type { AccessRules } from '../rules/access-rules.ts';
import type { AccessPlan } from './access-plan.ts';
import { auditEntry } from './audit-entry.ts';
import { type Execute, variableErrors } from './compiled-execution.ts';
import { type GraphContext, vendorCallsOf } from './context.ts';
import { checkFound, checkShape } from './document-limits.ts';
import { guardAnswer, scopeMissing } from './guard-answer.ts';
import { createOperationFacts, type OperationFacts } from './operation-facts.ts';
import { checkRowLimit } from './row-limit.ts';
import type { Graph } from './schema.ts';
import { withVisibleSuggestion } from './suggestions.ts';
import type { VisibleSchemas } from './visible-schema.ts';

export interface RunOptions {
  graph: Graph;
  rules: AccessRules;
  visible: VisibleSchemas;
  limits: LimitsByKind;
  quota: Quota;
  audit: AuditLog;
  execute: Execute;
}

export interface OperationArgs extends ExecutionArgs {
  contextValue: GraphContext;
}

/** `data` is undefined exactly when nothing was executed; a refusal leaves no trace in any quota. */
export type RunOperation = (args: OperationArgs) => ExecutionResult | Promise<ExecutionResult>;

interface Admitted {
  args: OperationArgs;
  facts: OperationFacts;
  plan: AccessPlan;
  estimated: number;
}

export function createRunOperation(options: RunOptions): RunOperation {
  const factsOf = createOperationFacts(options.graph.schema, options.rules);
  return (args) => {
    const { document, operationName, contextValue: context } = args;
    const facts = factsOf(document, operationName);
    // graphql-js says what is wrong with the operation's name.
    if (!facts) return options.execute(args);
    context.asked = { document, operationName, variables: args.variableValues ?? {}, facts };
    const errors = variableErrors(args);
    if (errors) return { errors: errors.map((error) => withoutHidden(error, context, options)) };
    const plan = facts.planFor(context.principal.scopes);
    const estimated = facts.cost(args.variableValues ?? {});
    const refusal = refusalOf(plan, estimated, args, options);
    if (refusal) return refused(refusal);
    context.estimatedCost = estimated;
    const admitted = { args, facts, plan, estimated };
    const admission = askQuota(admitted, options.quota);
    return admission instanceof Promise
      ? admission.then((one) => enter(one, admitted, options))
      : enter(admission, admitted, options);
  };
}

/** graphql-js proposes values of enums and fields of inputs as well. */
function withoutHidden(error: GraphQLError, { principal }: GraphContext, { visible }: RunOptions): GraphQLError {
  return withVisibleSuggestion(error, (name) => visible.isVisible(name, principal.scopes));
}

/** The first of what stands in the operation's way. */
function refusalOf(
  plan: AccessPlan,
  estimated: number,
  { document, operationName, variableValues, contextValue: { principal } }: OperationArgs,
  { graph, limits }: RunOptions,
): GraphQLError | undefined {
  const most = limits[principal.kind];
  try {
    checkShape(document, operationName, most, limits.mode);
    if (plan.isBeyond) return beyond(plan);
    checkFound({ cost: estimated }, most, limits.mode);
  } catch (error) {
    if (error instanceof GatewayError) return tooLarge(error);
    throw error;
  }
  const rows =
    limits.mode === 'enforce' && checkRowLimit(graph.schema, document, operationName, variableValues, most.rows);
  return rows ? tooLarge(rows) : undefined;
}

/** The status of what is refused before it runs, in GraphQL over HTTP: 200 for callers that take application/json, else 400. */
function tooLarge(error: GatewayError): GraphQLError {
  return new GraphQLError('', { originalError: error, extensions: { http: { spec: true, status: 400 } } });
}

/** RFC 6750: 403, and a challenge that names every scope. */
function beyond({ refused }: AccessPlan): GraphQLError {
  const scopes = [...new Set(refused.flatMap((field) => field.scopes))];
  const coordinates = refused.map(({ coordinate }) => coordinate).join(', ');
  const challenge = `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`;
  return new GraphQLError('', {
    originalError: scopeMissing(`${coordinates} ${refused.length === 1 ? 'needs' : 'need'}`, scopes),
    extensions: { http: { status: 403, headers: { 'www-authenticate': challenge } } },
  });
}

function refused(error: GraphQLError): ExecutionResult {
  return { errors: [error] };
}

function askQuota({ args, facts, estimated }: Admitted, quota: Quota): Admission | Promise<Admission> {
  const { client, kind, quota: limits = DEFAULT_QUOTAS[kind] } = args.contextValue.principal;
  return quota.admit(client, limits, { cost: estimated, write: facts.operation.operation === 'mutation' });
}

function enter(
  admission: Admission,
  admitted: Admitted,
  options: RunOptions,
): ExecutionResult | Promise<ExecutionResult> {
  const { contextValue: context } = admitted.args;
  context.quotaHeaders = rateLimitHeaders(admission);
  if (!admission.admitted) return refused(quotaExceeded(admission, context.quotaHeaders));
  const settle = () => admission.settle(vendorCallsOf(context));
  try {
    const isWrite = admitted.facts.operation.operation === 'mutation';
    const result = isWrite ? write(admitted, options) : execute(admitted, options);
    if (result instanceof Promise) return settled(result, settle);
    settle();
    return result;
  } catch (error) {
    settle();
    throw error;
  }
}

/** As `finally` does it, for less. */
async function settled(result: Promise<ExecutionResult>, settle: () => void): Promise<ExecutionResult> {
  try {
    return await result;
  } finally {
    settle();
  }
}

function quotaExceeded(
  { refusal: { quota, retryAfterMs } }: Extract<Admission, { admitted: false }>,
  headers: Readonly<Record<string, string>>,
): GraphQLError {
  const advice = retryAfterMs === undefined ? 'Waiting does not help: ask for less.' : 'Try again later.';
  const message = `The client's quota of ${quota} is used up. ${advice}`;
  const retryable = retryAfterMs !== undefined;
  return new GraphQLError('', {
    originalError: new GatewayError('QUOTA_EXCEEDED', message, { retryable, ...(retryable && { retryAfterMs }) }),
    extensions: { http: { status: 429, headers } },
  });
}

/** On record before a vendor hears of it: what cannot be recorded is not done. */
async function write(admitted: Admitted, options: RunOptions): Promise<ExecutionResult> {
  const { contextValue: context } = admitted.args;
  try {
    await options.audit.commit(auditEntry(options.graph.schema, context, { kind: 'write-opened', outcome: 'opened' }));
  } catch (error) {
    return refused(new GraphQLError('', { originalError: error instanceof Error ? error : new Error(String(error)) }));
  }
  context.isWriteOpen = true;
  return execute(admitted, options);
}

function execute(admitted: Admitted, { execute: run, graph, visible }: RunOptions) {
  const { args, plan } = admitted;
  const schema = plan.introspects ? visible.schemaFor(args.contextValue.principal.scopes) : graph.schema;
  const result = run({ ...args, schema, document: plan.document });
  return result instanceof Promise ? result.then((one) => guarded(one, admitted)) : guarded(result, admitted);
}

function guarded(result: ExecutionResult, { plan, estimated, args: { contextValue } }: Admitted): ExecutionResult {
  const cost = { estimated, actual: vendorCallsOf(contextValue) };
  if (!plan.guard || !result.data) return { ...result, extensions: { ...result.extensions, cost } };
  const { data, errors, redacted } = guardAnswer(result.data, plan.guard);
  const all = [...(result.errors ?? []), ...errors];
  const extensions = { ...result.extensions, cost, ...(redacted.length > 0 && { redacted }) };
  return { ...result, data, ...(all.length > 0 && { errors: all }), extensions };
}
