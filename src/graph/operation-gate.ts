/** What every operation passes before anything of it runs, and before a vendor is called: variables, limits, scopes, cost, quota. */
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import type { Principal } from '../auth/principal.ts';
import type { LimitName, LimitsByKind } from '../config/limits.ts';
import { GatewayError } from '../errors.ts';
import type { Admission, Quota } from '../quota/quota.ts';
import { rateLimitHeaders } from '../quota/rate-limit-headers.ts';
import type { AccessRules } from '../rules/access-rules.ts';
import type { AccessPlan } from './access-plan.ts';
import type { GraphContext } from './context.ts';
import { checkFound, checkShape } from './document-limits.ts';
import { scopeMissing } from './guard-answer.ts';
import { createOperationFacts, type OperationFacts } from './operation-facts.ts';
import { variableErrors } from './planned-execution.ts';
import { type Counted, createCountRequest, quotaExceeded, quotaOf } from './request-count.ts';
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
  /** Told of each limit that an operation is over and that is only measured. */
  onMeasured?: (limit: LimitName, kind: Principal['kind']) => void;
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
  /** A list: it is refused. */
  check(args: OperationArgs): Checked | readonly GraphQLError[];
  /** The answer to what `check` refused: it takes a request all the same, and is told so when none is left. */
  refuse(errors: readonly GraphQLError[], context: GraphContext): ExecutionResult | Promise<ExecutionResult>;
  /** Asks the quota for it. */
  ask(checked: Checked): Admission | Promise<Admission>;
  /** The context learns what is left of the quota. An error: it is refused. */
  enter(admission: Admission, checked: Checked): GraphQLError | undefined;
}

export function createOperationGate(options: GateOptions): OperationGate {
  const factsOf = createOperationFacts(options.graph.schema, options.rules);
  const countRequest = createCountRequest(options.quota);
  return {
    check(args) {
      const { document, operationName, contextValue: context } = args;
      const facts = factsOf(document, operationName);
      if (!facts) return [unknownOperation(operationName)];
      context.asked = { document, operationName, variables: args.variableValues ?? {}, facts };
      try {
        return checkOperation(args, facts, options);
      } catch (error) {
        if (error instanceof GatewayError) return [tooLarge(error)];
        throw error;
      }
    },
    refuse(errors, context) {
      if (context.isCounted) return { errors };
      const told = ({ headers, refusal }: Counted): ExecutionResult => {
        context.quotaHeaders = headers;
        return { errors: refusal ? [refusal] : errors };
      };
      const counted = countRequest(context.principal);
      return counted instanceof Promise ? counted.then(told) : told(counted);
    },
    ask({ args, facts, estimated }) {
      const { principal, isCounted } = args.contextValue;
      const write = facts.operation.operation === 'mutation';
      return options.quota.admit(principal.client, quotaOf(principal), { cost: estimated, write, isCounted });
    },
    enter(admission, { args: { contextValue: context } }) {
      const headers = rateLimitHeaders(admission);
      context.quotaHeaders = headers;
      return admission.admitted ? undefined : quotaExceeded(admission, headers);
    },
  };
}

/** An estimate may be wrong: whoever is looked for is taken to be found, and of whom nobody knows every system is asked. */
const OVER_ESTIMATE = 2;

/** The first of what stands in the operation's way, what costs least to find out first. Throws what is over a limit. */
function checkOperation(
  args: OperationArgs,
  facts: OperationFacts,
  options: GateOptions,
): Checked | readonly GraphQLError[] {
  const { document, operationName, contextValue: context } = args;
  const { mode, [context.principal.kind]: limits } = options.limits;
  // What comes after takes the time of the fields written out.
  const exceeded = checkShape(document, operationName, limits, mode);
  const errors = variableErrors(args);
  if (errors) return errors.map((error) => withoutHidden(error, context, options));
  const variables = args.variableValues ?? {};
  const plan = facts.planFor(context.principal.scopes);
  if (plan.isBeyond) return [beyond(plan, options.challenge ?? bareChallenge)];
  const estimated = facts.cost(variables, mode === 'enforce' ? limits.cost : undefined);
  exceeded.push(...checkFound({ cost: estimated }, limits, mode));
  const rows = checkRowLimit(options.graph.schema, document, operationName, variables, limits.rows);
  if (mode === 'measure') tellMeasured(rows ? [...exceeded, 'rows'] : exceeded, args, options);
  else if (rows) return [tooLarge(rows)];
  context.estimatedCost = estimated;
  if (mode === 'enforce') context.scope.mostCalls = OVER_ESTIMATE * limits.cost;
  return { args, facts, plan, estimated };
}

/** What enforced limits would have refused, the text's own included: whoever parsed it let it pass. */
function tellMeasured(
  exceeded: readonly LimitName[],
  { document, contextValue: { principal } }: OperationArgs,
  { limits, onMeasured }: GateOptions,
): void {
  const text = { characters: document.loc?.source.body.length ?? 0, tokens: document.tokenCount ?? 0 };
  for (const limit of [...checkFound(text, limits[principal.kind], 'measure'), ...exceeded])
    onMeasured?.(limit, principal.kind);
}

/** As graphql-js words it. */
function unknownOperation(name: string | null | undefined): GraphQLError {
  return new GraphQLError(
    name == null
      ? 'Must provide operation name if query contains multiple operations.'
      : `Unknown operation named "${name}".`,
  );
}

/** graphql-js proposes values of enums and fields of inputs as well. */
function withoutHidden(
  error: GraphQLError,
  { principal }: GraphContext,
  { visible }: Pick<GateOptions, 'visible'>,
): GraphQLError {
  return withVisibleSuggestion(error, (name) => visible.isVisible(name, principal.scopes));
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
