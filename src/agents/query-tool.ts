/** `graph_query`: one query of an agent, the way every operation goes; only how it is asked and answered is the tool's own. */
import { type DocumentNode, type ExecutionResult, GraphQLError } from 'graphql';
import { GatewayError } from '../errors.ts';
import type { GraphContext } from '../graph/context.ts';
import { finishResult } from '../graph/finish.ts';
import { formatError } from '../graph/mask.ts';
import type { OperationArgs } from '../graph/operation-gate.ts';
import {
  type AgentCaller,
  type AgentOptions,
  asGraphQLError,
  contextFor,
  type HttpNeeds,
  httpNeedsOf,
} from './agent-call.ts';
import { fewErrors, type ToolAnswer, tokensOf, tooManyTokens } from './tool-answer.ts';
import type { QueryArguments } from './tool-arguments.ts';
import { TOKENS } from './tool-list.ts';

/** Never rejects. The record has the reason, whatever becomes of the query. */
export async function answerQuery(
  asked: QueryArguments,
  caller: AgentCaller,
  options: AgentOptions,
): Promise<ToolAnswer & { http: HttpNeeds }> {
  const context = contextFor(caller, asked.reason, options);
  const result = finishResult(options, await execute(asked, context, options), {
    requestId: caller.requestId,
    context,
  });
  return { ...bounded(answerOf(result, caller), asked, caller, options), http: httpNeedsOf(result, context, options) };
}

async function execute(
  asked: QueryArguments,
  contextValue: GraphContext,
  options: AgentOptions,
): Promise<ExecutionResult> {
  try {
    const { documents, graph, run } = options;
    const { kind, scopes } = contextValue.principal;
    const document = documents.parse(textOf(asked, contextValue, options), kind);
    const errors = documents.validate(document, scopes);
    if (errors.length > 0) return { errors: errors.map(invalid) };
    requireQuery(document);
    const args = { schema: graph.schema, document, contextValue, variableValues: asked.variables };
    return asked.check ? price(args, options) : await run(args);
  } catch (error) {
    return { errors: [asGraphQLError(error)] };
  }
}

/** A saved operation is meant by its name or by its id. Throws what refuses a text of who may send none. */
function textOf(
  { query, saved }: QueryArguments,
  { principal }: GraphContext,
  { saved: documents, savedIds }: AgentOptions,
): string {
  const documentId = saved === undefined ? undefined : (savedIds.get(saved) ?? saved);
  const text = documents.textOf({ query, documentId }, principal);
  if (text !== undefined) return text;
  throw new GatewayError(
    'BAD_USER_INPUT',
    'Give a GraphQL text as "query", or the name of a saved operation as "saved".',
    {
      retryable: false,
    },
  );
}

/** A host lets this tool run without asking a person, because it says that it only reads. */
function requireQuery({ definitions }: DocumentNode): void {
  for (const definition of definitions) {
    if (definition.kind !== 'OperationDefinition' || definition.operation === 'query') continue;
    const message = `graph_query runs queries only; this is a ${definition.operation}, and nothing of it was run.`;
    throw new GatewayError('BAD_USER_INPUT', message, { retryable: false });
  }
}

/** What it would take, and whether it would be let through: nothing runs, and the quota of cost is not touched. */
function price(args: OperationArgs, { gate }: AgentOptions): ExecutionResult | Promise<ExecutionResult> {
  const checked = gate.check(args);
  if (!('facts' in checked)) return gate.refuse(checked, args.contextValue);
  return { data: null, extensions: { cost: { estimated: checked.estimated, actual: 0 } } };
}

/** The validator's own errors have no code. */
function invalid({ message, nodes, extensions, originalError }: GraphQLError): GraphQLError {
  const code = { code: 'GRAPHQL_VALIDATION_FAILED', ...extensions };
  return new GraphQLError(message, { nodes: nodes ?? null, originalError: originalError ?? null, extensions: code });
}

function answerOf({ data, errors = [], extensions = {} }: ExecutionResult, { requestId }: AgentCaller): ToolAnswer {
  const hasData = data !== undefined && data !== null;
  const output = fewErrors({
    data: data ?? null,
    ...(errors.length > 0 && { errors: errors.map(formatError) }),
    meta: { auditId: requestId, ...extensions, ...(hasData && errors.length > 0 && { partial: true }) },
  });
  return { output, isError: errors.length > 0 && !hasData };
}

function bounded(
  answer: ToolAnswer,
  { maxTokens }: QueryArguments,
  { requestId, principal }: AgentCaller,
  { metrics }: AgentOptions,
): ToolAnswer {
  const tokens = tokensOf(JSON.stringify(answer.output));
  if (tokens <= maxTokens) return answer;
  metrics.limitExceeded('maxTokens', principal.kind);
  const raise = maxTokens < TOKENS.most ? `, or raise maxTokens (to ${TOKENS.most} at most)` : '';
  const advice = `Select fewer fields, or ask for fewer rows by "first"${raise}.`;
  const { auditId, cost } = answer.output.meta;
  const errors = [tooManyTokens(tokens, maxTokens, requestId, advice)];
  return { output: { data: null, errors, meta: { auditId, ...(cost !== undefined && { cost }) } }, isError: true };
}
