/** What every operation passes before anything of it runs, and before a vendor is called: variables, limits, scopes, cost, quota. */
import { type ExecutionArgs, GraphQLError } from 'graphql';
import type { LimitsByKind } from '../config/limits.ts';
import { DEFAULT_QUOTAS } from '../config/quota-limits.ts';
import { GatewayError } from '../errors.ts';
import type { Admission, Quota } from '../quota/quota.ts';
import { rateLimitHeaders } from '../quota/rate-limit-headers.ts';
import type { AccessRules } from '../rules/access-rules.ts';
import type { AccessPlan } from './access-plan.ts';
import { variableErrors } from './compiled-execution.ts';
import type { GraphContext } from './context.ts';
import { checkFound, checkShape } from './document-limits.ts';
import { scopeMissing } from './guard-answer.ts';
import { createOperationFacts, type OperationFacts } from './operation-facts.ts';
import { checkRowLimit } from './row-limit.ts';
import type { Graph } from './schema.ts';
import { withVisibleSuggestion } from './suggestions.ts';
import type { VisibleSchemas } from './visible-schema.ts';

export interface GateOptions {
  graph: Graph;
  rules: AccessRules;
  visible: VisibleSchemas;
  limits: LimitsByKind;
  quota: Quota;
  /** The `WWW-Authenticate` of a 403 that these scopes would undo. @default RFC 6750's, which says no more */
  challenge?: (scopes: readonly string[]) => string;
}

export interface OperationArgs extends ExecutionArgs {
  contextValue: GraphContext;
}

export interface Checked {
  args: OperationArgs;
  facts: OperationFacts;
  plan: AccessPlan;
  /** Calls to vendors. */
  estimated: number;
}

export interface OperationGate {
  /** Undefined when the document has no such operation: graphql-js says what is wrong with its name. A list: it is refused. */
  check(args: OperationArgs): Checked | readonly GraphQLError[] | undefined;
  /** Asks the quota for it. */
  ask(checked: Checked): Admission | Promise<Admission>;
  /** The context learns what is left of the quota. An error: it is refused. */
  enter(admission: Admission, checked: Checked): GraphQLError | undefined;
}

export function createOperationGate(options: GateOptions): OperationGate {
  const factsOf = createOperationFacts(options.graph.schema, options.rules);
  return {
    check(args) {
      const { document, operationName, contextValue: context } = args;
      const facts = factsOf(document, operationName);
      if (!facts) return undefined;
      context.asked = { document, operationName, variables: args.variableValues ?? {}, facts };
      const errors = variableErrors(args);
      if (errors) return errors.map((error) => withoutHidden(error, context, options));
      const plan = facts.planFor(context.principal.scopes);
      const estimated = facts.cost(args.variableValues ?? {});
      const refusal = refusalOf(plan, estimated, args, options);
      if (refusal) return [refusal];
      context.estimatedCost = estimated;
      return { args, facts, plan, estimated };
    },
    ask({ args, facts, estimated }) {
      const { client, kind, quota: limits = DEFAULT_QUOTAS[kind] } = args.contextValue.principal;
      return options.quota.admit(client, limits, { cost: estimated, write: facts.operation.operation === 'mutation' });
    },
    enter(admission, { args: { contextValue: context } }) {
      const headers = rateLimitHeaders(admission);
      context.quotaHeaders = headers;
      return admission.admitted ? undefined : quotaExceeded(admission, headers);
    },
  };
}

/** graphql-js proposes values of enums and fields of inputs as well. */
function withoutHidden(
  error: GraphQLError,
  { principal }: GraphContext,
  { visible }: Pick<GateOptions, 'visible'>,
): GraphQLError {
  return withVisibleSuggestion(error, (name) => visible.isVisible(name, principal.scopes));
}

/** The first of what stands in the operation's way. */
function refusalOf(
  plan: AccessPlan,
  estimated: number,
  { document, operationName, variableValues, contextValue: { principal } }: OperationArgs,
  { graph, limits, challenge = bareChallenge }: GateOptions,
): GraphQLError | undefined {
  const most = limits[principal.kind];
  try {
    checkShape(document, operationName, most, limits.mode);
    if (plan.isBeyond) return beyond(plan, challenge);
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
function beyond({ refused }: AccessPlan, challenge: NonNullable<GateOptions['challenge']>): GraphQLError {
  const scopes = [...new Set(refused.flatMap((field) => field.scopes))];
  const coordinates = refused.map(({ coordinate }) => coordinate).join(', ');
  return new GraphQLError('', {
    originalError: scopeMissing(`${coordinates} ${refused.length === 1 ? 'needs' : 'need'}`, scopes),
    extensions: { http: { status: 403, headers: { 'www-authenticate': challenge(scopes) } } },
  });
}

function bareChallenge(scopes: readonly string[]): string {
  return `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`;
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
