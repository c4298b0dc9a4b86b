/** From a tool's name and what it is called with to its answer. Whatever is refused is on record, as on every transport. */
import { GatewayError } from '../errors.ts';
import { finishResult } from '../graph/finish.ts';
import { formatError } from '../graph/mask.ts';
import { type AgentCaller, type AgentOptions, asGraphQLError, type HttpNeeds } from './agent-call.ts';
import { answerDescribe } from './describe-tool.ts';
import { answerQuery } from './query-tool.ts';
import type { ToolAnswer } from './tool-answer.ts';
import { describeArguments, parseArguments, queryArguments } from './tool-arguments.ts';
import { TOOL_NAMES, type ToolName, toolsFor } from './tool-list.ts';

/** `http`: absent where the protocol's own will do. */
export type CallAnswer = ToolAnswer & { http?: HttpNeeds };

type CallTool = (given: unknown, caller: AgentCaller, options: AgentOptions) => CallAnswer | Promise<CallAnswer>;

const CALLS: Readonly<Record<ToolName, CallTool>> = {
  graph_describe: (given, ...rest) =>
    answerDescribe(parseArguments(describeArguments, 'graph_describe', given), ...rest),
  graph_query: (given, ...rest) => answerQuery(parseArguments(queryArguments, 'graph_query', given), ...rest),
};

/** What a tool's answer always has: clients check that even of an error. */
const REQUIRED: Readonly<Record<ToolName, object>> = { graph_describe: { sdl: '' }, graph_query: { data: null } };

export async function callTool(
  name: ToolName,
  given: unknown,
  caller: AgentCaller,
  options: AgentOptions,
): Promise<CallAnswer> {
  try {
    return await CALLS[name](given, caller, options);
  } catch (error) {
    const errors = recordRefusal(error, caller, options).map(formatError);
    return { output: { ...REQUIRED[name], errors, meta: { auditId: caller.requestId } }, isError: true };
  }
}

/** Undefined for a tool that this caller is not shown; that it was asked for is on record. */
export function toolNamed(name: string, caller: AgentCaller, options: AgentOptions): ToolName | undefined {
  const known = TOOL_NAMES.find((one) => one === name);
  if (known && toolsFor(caller.principal).some((tool) => tool.name === known)) return known;
  recordRefusal(new GatewayError('BAD_USER_INPUT', 'There is no such tool.', { retryable: false }), caller, options);
  return undefined;
}

function recordRefusal(error: unknown, { requestId, principal }: AgentCaller, options: AgentOptions) {
  const caller = { principal, transport: 'mcp' } as const;
  return finishResult(options, { errors: [asGraphQLError(error)] }, { requestId, caller }).errors ?? [];
}
