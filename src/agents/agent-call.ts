/** One message of an agent that is let in: who it is, and what its tools may use. */
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Principal } from '../auth/principal.ts';
import { createGraphContext, type GraphContext } from '../graph/context.ts';
import type { Documents } from '../graph/documents.ts';
import type { Finisher } from '../graph/finish.ts';
import type { OperationGate } from '../graph/operation-gate.ts';
import { reasonOf } from '../graph/reason.ts';
import type { RunOperation } from '../graph/run-operation.ts';
import type { SavedDocuments } from '../graph/saved-documents.ts';
import type { VisibleSchemas } from '../graph/visible-schema.ts';
import type { Identity } from '../joins/identity.ts';
import type { RestExecutor } from '../rest/executor.ts';

/** What every transport uses, and so do agents. */
export interface AgentOptions extends Finisher {
  documents: Documents;
  saved: SavedDocuments;
  /** Ids of saved operations by name. */
  savedIds: ReadonlyMap<string, string>;
  visible: VisibleSchemas;
  gate: OperationGate;
  run: RunOperation;
  rest: RestExecutor;
  identity: Identity;
  /** Milliseconds a whole call may take. */
  operationTimeoutMs: number;
  /** The `WWW-Authenticate` of a 403 that these scopes would undo. */
  challenge(scopes: readonly string[]): string;
}

export interface AgentCaller {
  requestId: string;
  principal: Principal;
  /** Aborts when the caller leaves. */
  signal: AbortSignal;
}

/** What an answer needs in HTTP, beside what the protocol says in its body. */
export interface HttpNeeds {
  /** Absent: the protocol's own. */
  status?: number;
  headers: Readonly<Record<string, string>>;
}

/** `isCounted`: whoever let the message in has taken a request of the quota for it. */
export function contextFor(caller: AgentCaller, reason: string | undefined, options: AgentOptions): GraphContext {
  const { rest, identity, operationTimeoutMs: timeoutMs } = options;
  const operation = { ...caller, transport: 'mcp', explain: false, isCounted: true, timeoutMs } as const;
  return createGraphContext(rest, { ...operation, reason: reasonOf(reason) }, identity);
}

export function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError('', { originalError: error instanceof Error ? error : new Error(String(error)) });
}

/**
 * A quota that is used up is a real 429, because clients slow down for nothing else; what wants more scopes is a 403 that names
 * them, which is how clients ask for more. Everything else is told to the model, in an answer like any other.
 */
export function httpNeedsOf(
  { errors: [first] = [] }: Pick<ExecutionResult, 'errors'>,
  { quotaHeaders: headers = {} }: Pick<GraphContext, 'quotaHeaders'>,
  { challenge }: Pick<AgentOptions, 'challenge'>,
): HttpNeeds {
  const { http, scopes } = first?.extensions ?? {};
  const status = typeof http === 'object' && http !== null && 'status' in http ? http.status : undefined;
  if (status === 429) return { status, headers };
  if (status === 403 && Array.isArray(scopes))
    return { status, headers: { ...headers, 'www-authenticate': challenge(scopes.map(String)) } };
  return { headers };
}
