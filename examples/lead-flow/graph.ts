/** One question to the gateway, and what a refusal means for whoever asked: try again, give this one up, or stop. */
import { settings } from './settings.ts';

/** Longer than the gateway itself takes for an operation, so that its own word comes first. */
const TIMEOUT_MS = 40_000;

/** The vendor, or the graph, will never take this: asking again changes nothing. */
const REFUSED: ReadonlySet<string> = new Set(['VENDOR_REJECTED', 'BAD_USER_INPUT', 'NOT_FOUND']);
/** Nothing will work until somebody changes a setting, or decides about a gap. */
const BROKEN: ReadonlySet<string> = new Set([
  'UNAUTHENTICATED',
  'SCOPE_MISSING',
  'SCOPE_REVOKED',
  'CONNECTION_MISSING',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'CURSOR_INVALID',
  'CURSOR_EXPIRED',
  'STREAM_GAP',
]);

export class GraphError extends Error {
  /** Of the gateway's table; `UNREACHABLE` when it did not answer in GraphQL. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }

  get isRefusal(): boolean {
    return REFUSED.has(this.code);
  }

  get isFinal(): boolean {
    return BROKEN.has(this.code);
  }
}

interface Answer {
  data?: unknown;
  errors?: GraphqlError[];
}

export interface GraphqlError {
  message: string;
  extensions?: { code?: string };
}

/** `Data` is the shape of the document. Throws `GraphError` when any part of the answer is missing. */
export async function ask<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
  const { data, errors } = await post({ query, variables });
  if (errors?.[0]) throw graphError(errors[0]);
  // The gateway answers in the shape of the document, which stands beside each use of `Data`.
  return data as Data;
}

export function graphError({ message, extensions }: GraphqlError): GraphError {
  return new GraphError(extensions?.code ?? 'INTERNAL', message);
}

async function post(body: unknown): Promise<Answer> {
  try {
    const response = await fetch(`${settings.gatewayUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${settings.key}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    // GraphQL over HTTP; what is not, fails here or has neither part.
    const answer = (await response.json()) as Answer;
    if (answer.data === undefined && answer.errors === undefined) throw new Error(`HTTP ${response.status}`);
    return answer;
  } catch (error) {
    throw new GraphError('UNREACHABLE', `The gateway at ${settings.gatewayUrl} gave no answer (${reason(error)}).`);
  }
}

/** `fetch` says only "fetch failed"; the useful part is the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
