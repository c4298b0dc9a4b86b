/** Names what went wrong below HTTP. The original error, which may hold addresses, stays in `cause` for the log. */
import { type ErrorCode, GatewayError } from '../errors.ts';
import type { VendorRequest } from './call-scope.ts';

type Fault = readonly [code: ErrorCode, problem: string, retryable: boolean];

const DOWN: Fault = ['VENDOR_DOWN', 'could not be reached', true];
const SLOW: Fault = ['VENDOR_TIMEOUT', 'did not answer in time', true];
const TOO_LARGE: Fault = ['VENDOR_BAD_RESPONSE', 'sent an answer larger than 10 MB', false];
const BROKEN: Fault = ['VENDOR_BAD_RESPONSE', 'sent an answer that cannot be read', false];

/** By `error.code` (or its name), of undici, zlib and the socket; everything unknown means the vendor could not be reached. */
const FAULTS: Readonly<Record<string, Fault>> = {
  UND_ERR_CONNECT_TIMEOUT: SLOW,
  UND_ERR_HEADERS_TIMEOUT: SLOW,
  UND_ERR_BODY_TIMEOUT: SLOW,
  ETIMEDOUT: SLOW,
  UND_ERR_RES_EXCEEDED_MAX_SIZE: TOO_LARGE,
  ERR_BUFFER_TOO_LARGE: TOO_LARGE,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: BROKEN,
  UND_ERR_HEADERS_OVERFLOW: BROKEN,
  HTTPParserError: BROKEN,
  UND_ERR_INVALID_ARG: ['INTERNAL', 'could not be asked', false],
};

/** The connection never came about, so a write cannot have happened. */
const NEVER_SENT: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

export function transportFault(error: unknown, title: string, request: VendorRequest): GatewayError {
  const { vendor, operation } = request;
  const [code, problem, mayPass] = FAULTS[codeOf(error)] ?? DOWN;
  const retryable = mayPass && (isRepeatable(request) || NEVER_SENT.has(codeOf(error)));
  // The parser's error carries the bytes it choked on: no log should.
  const cause = error instanceof Error && 'data' in error ? new Error(error.message) : error;
  return new GatewayError(code, `${title} ${problem} (${operation}).`, { vendor, operation, retryable, cause });
}

/** For bytes that arrived but could not be decompressed. */
export function bodyFault(error: unknown, title: string, { vendor, operation }: VendorRequest): GatewayError {
  const [code, problem, retryable] = codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? TOO_LARGE : BROKEN;
  return new GatewayError(code, `${title} ${problem} (${operation}).`, { vendor, operation, retryable, cause: error });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : error.name;
}

/** For time that ran out on our side. */
export function timedOut(problem: string, request: VendorRequest): GatewayError {
  const { vendor, operation } = request;
  const details = { vendor, operation, retryable: isRepeatable(request) };
  return new GatewayError('VENDOR_TIMEOUT', `${problem} (${operation}).`, details);
}

/** A write without an answer may have happened: whoever repeats it must look first. */
function isRepeatable({ access }: VendorRequest): boolean {
  return access === 'read';
}
