/** Every error a caller sees passes here: a code from the table, a message written for callers, nothing else. */
import { GraphQLError, type GraphQLErrorExtensions, type GraphQLFormattedError } from 'graphql';
import { ERROR_CODES, type ErrorCode, GatewayError } from '../errors.ts';
import type { Blame } from './blame.ts';

const CODES: ReadonlySet<unknown> = new Set(ERROR_CODES);

export interface MaskedError {
  error: GraphQLError;
  /** What really happened, for the log; undefined when the caller's own request is at fault. */
  cause?: unknown;
}

/** Finds whose value an error is about that no vendor call threw. */
export type FindBlame = (error: GraphQLError) => Blame | undefined;

/** Keeps path and locations. `extensions.http` stays too: yoga takes the HTTP status from it and removes it. */
export function maskError(error: unknown, requestId: string, findBlame: FindBlame = () => undefined): MaskedError {
  const located = error instanceof GraphQLError ? error : new GraphQLError('', { originalError: asError(error) });
  const origin = originOf(located);
  const original = origin instanceof GatewayError || !isRequestFault(located) ? origin : undefined;
  if (original instanceof GatewayError) {
    const { message, code, details } = original;
    return {
      error: rewritten(located, message, { code, ...definedOnly(details) }, requestId),
      cause: rootOf(original),
    };
  }
  if (original === undefined) {
    return { error: rewritten(located, located.message, { code: requestCode(located) }, requestId) };
  }
  return maskUnexpected(located, original, requestId, findBlame);
}

/** The first of a chain of our own errors: what really happened. */
function rootOf(error: GatewayError): unknown {
  const { cause } = error;
  if (cause instanceof GatewayError) return rootOf(cause);
  return cause ?? error;
}

/** As JSON would carry it, for transports that want plain objects. */
export function formatError(error: GraphQLError): GraphQLFormattedError {
  const { message, locations, path, extensions } = error.toJSON();
  const { http: _http, ...shown } = extensions ?? {};
  return { message, ...(locations && { locations }), ...(path && { path }), extensions: shown };
}

/** The error below graphql-js's wrappers; undefined when graphql-js itself found fault with the request. */
function originOf(error: GraphQLError): Error | undefined {
  const { originalError } = error;
  if (originalError === undefined || originalError === null) return undefined;
  if (originalError instanceof GraphQLError && originalError.originalError) return originOf(originalError);
  return originalError;
}

/**
 * How the executor's messages begin when it cannot complete a value. yoga's executor makes plain errors of those that scalars
 * and enums throw, and they quote the value: neither the caller nor the log may have it.
 */
const BAD_VALUE =
  /^(Cannot return null|Expected (Iterable|`|value of type)|Abstract type|Runtime Object type|(Enum ".+"|String|Int|Float|Boolean|ID) cannot represent)/;

/** What the executor throws while it completes a value is about the vendor's answer; anything else is our own fault. */
function maskUnexpected(located: GraphQLError, original: Error, requestId: string, findBlame: FindBlame): MaskedError {
  const badValue = original instanceof GraphQLError || BAD_VALUE.test(original.message);
  if (badValue && located.path) {
    const message = 'The vendor answered with a value its description does not allow.';
    return {
      error: rewritten(
        located,
        message,
        { code: 'VENDOR_BAD_RESPONSE', ...findBlame(located), retryable: false },
        requestId,
      ),
      cause: original,
    };
  }
  const http = located.path ? undefined : { status: 500 };
  const message = `Something went wrong on our side. Quote the request id ${requestId}.`;
  return {
    error: rewritten(located, message, { code: 'INTERNAL', ...(http && { http }) }, requestId),
    cause: original,
  };
}

/** yoga gives a 4xx status to what it refuses before GraphQL begins; a variable that does not fit is the caller's too. */
function isRequestFault({ message, path, extensions: { http } }: GraphQLError): boolean {
  if (!path && message.startsWith('Variable "$')) return true;
  const status = typeof http === 'object' && http !== null && 'status' in http ? Number(http.status) : 0;
  return status >= 400 && status < 500;
}

/** Faults of the request: yoga marks validation; what is left besides syntax are variables, arguments and HTTP parameters. */
function requestCode({ message, extensions: { code } }: GraphQLError): ErrorCode {
  if (message.startsWith('Syntax Error')) return 'GRAPHQL_PARSE_FAILED';
  return isErrorCode(code) ? code : 'BAD_USER_INPUT';
}

function isErrorCode(code: unknown): code is ErrorCode {
  return CODES.has(code);
}

function rewritten(
  { nodes, source, positions, path, extensions: originalExtensions }: GraphQLError,
  message: string,
  extensions: Record<string, unknown>,
  requestId: string,
): GraphQLError {
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions: { ...httpOf(originalExtensions), ...extensions, requestId },
  });
}

/**
 * yoga's HTTP status. `spec` means: 200 for callers that take application/json only, which is right for GraphQL's own
 * errors and wrong for a body that is no JSON.
 */
function httpOf({ http, code }: GraphQLErrorExtensions): GraphQLErrorExtensions {
  if (typeof http !== 'object' || http === null) return {};
  return { http: code === 'BAD_REQUEST' ? { ...http, spec: false } : http };
}

function definedOnly(details: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
