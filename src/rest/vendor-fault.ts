/** What a vendor's failing answer means for the caller. */
import type { AuthConfig, VendorConfig } from '../config/vendor.ts';
import { type ErrorCode, GatewayError } from '../errors.ts';
import { redactText } from '../observe/redact.ts';
import type { VendorAnswer } from '../vendors/call-scope.ts';
import { readRetryAfter } from '../vendors/retry-after.ts';
import { readJson, writeJson } from './json.ts';
import { parseJsonPath, readJsonPath } from './json-path.ts';
import type { RestOperation } from './operation.ts';
import { safeMessage } from './safe-message.ts';

interface Failure {
  operation: RestOperation;
  vendor: VendorConfig;
  answer: VendorAnswer;
  /** The parsed body; undefined when it is no JSON. */
  body: unknown;
}

/** For an answer outside 2xx. */
export function statusFault(operation: RestOperation, vendor: VendorConfig, answer: VendorAnswer): GatewayError {
  const failure: Failure = { operation, vendor, answer, body: tryJson(answer.body) };
  return toError(
    failure,
    codeFor(
      failure,
      vendor.errors.code.map((where) => readText(failure, where)),
    ),
  );
}

/** For an answer that says 200 and fails in its envelope; undefined when it does not. */
export function envelopeFault(
  operation: RestOperation,
  vendor: VendorConfig,
  answer: VendorAnswer,
  body: unknown,
): GatewayError | undefined {
  const { envelope } = vendor.errors;
  if (envelope === undefined || readJsonPath(body, parseJsonPath(envelope.ok)) !== false) return undefined;
  const failure: Failure = { operation, vendor, answer, body };
  const code = readText(failure, envelope.error);
  return toError(failure, codeFor(failure, [code]), code);
}

/** For one entry of a good answer that lists what it could not do. */
export function entryFault(
  operation: RestOperation,
  vendor: VendorConfig,
  answer: VendorAnswer,
  entry: unknown,
): GatewayError {
  const body = Buffer.from(writeJson(entry) ?? '');
  const failure: Failure = { operation, vendor, answer: { ...answer, body }, body: entry };
  return toError(
    failure,
    codeFor(
      failure,
      vendor.errors.code.map((where) => readText(failure, where)),
    ),
  );
}

/** For an answer that says it is good and is not. */
export function badResponse(
  operation: RestOperation,
  vendor: VendorConfig,
  problem: string,
  cause?: unknown,
): GatewayError {
  return new GatewayError('VENDOR_BAD_RESPONSE', `${vendor.title} answered ${operation.name} with ${problem}.`, {
    vendor: operation.vendor,
    operation: operation.name,
    retryable: false,
    ...(cause === undefined ? {} : { cause }),
  });
}

function codeFor(
  { vendor: { errors }, answer: { status } }: Failure,
  codes: readonly (string | undefined)[],
): ErrorCode {
  const says = (list: readonly string[]): boolean => codes.some((code) => code !== undefined && list.includes(code));
  if (status === 429 || says(errors.rateLimited)) return 'VENDOR_RATE_LIMITED';
  if (status === 401 || says(errors.unauthenticated)) return 'CONNECTION_MISSING';
  if (status === 404 || says(errors.notFound)) return 'NOT_FOUND';
  if (status >= 500) return 'VENDOR_DOWN';
  return status >= 300 && status < 400 ? 'VENDOR_BAD_RESPONSE' : 'VENDOR_REJECTED';
}

/** Request Timeout and Too Early are the only refusals that the same request may outlive. */
const PASSING_STATUSES: readonly number[] = [408, 425];

/** A write that met a 5xx may have been done all the same; only 503 says that it was not. */
function mayPass({ access }: RestOperation, code: ErrorCode, status: number): boolean {
  if (PASSING_STATUSES.includes(status)) return true;
  return code === 'VENDOR_DOWN' && (access === 'read' || status === 503);
}

function toError(failure: Failure, code: ErrorCode, ownWords?: string): GatewayError {
  const { operation, vendor, answer } = failure;
  const limited = code === 'VENDOR_RATE_LIMITED';
  const retryAfterMs = limited || code === 'VENDOR_DOWN' ? readRetryAfter(answer, Date.now()) : undefined;
  return new GatewayError(code, messageOf(failure, code, ownWords), {
    vendor: operation.vendor,
    operation: operation.name,
    retryable: limited || mayPass(operation, code, answer.status),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause: new Error(
      `HTTP ${answer.status} from ${vendor.vendor} ${operation.method} ${operation.path.text}: ` +
        redactText(answer.body.toString('utf8', 0, 1_000)),
    ),
  });
}

function messageOf(failure: Failure, code: ErrorCode, ownWords: string | undefined): string {
  const { operation, vendor, answer } = failure;
  switch (code) {
    case 'VENDOR_RATE_LIMITED':
      return `${vendor.title} takes no more calls for now (${operation.name}).`;
    case 'CONNECTION_MISSING':
      return `${vendor.title} refused our credential; check ${settingOf(vendor.auth)} of ${vendor.vendor}.`;
    case 'NOT_FOUND':
      return `${vendor.title} has no such object (${operation.name}).`;
    case 'VENDOR_DOWN':
      return `${vendor.title} failed with status ${answer.status} (${operation.name}).`;
    case 'VENDOR_BAD_RESPONSE':
      return `${vendor.title} answered ${operation.name} with a redirect, which is not followed.`;
    default: {
      const words = safeMessage(ownWords ?? firstMessage(failure) ?? '');
      return `${vendor.title} refused ${operation.name}${words === undefined ? ` with status ${answer.status}.` : `: ${words}`}`;
    }
  }
}

/** The setting's name and, of the environment, the variable's: never a value, never a path of the server. */
function settingOf(auth: AuthConfig): string {
  const [name, value] =
    auth.kind === 'bearer'
      ? ['auth.token', auth.token]
      : auth.kind === 'basic'
        ? ['auth.password', auth.password]
        : ['auth.key', auth.key];
  return value.startsWith('secret://env/') ? `${name} (${value})` : name;
}

function firstMessage(failure: Failure): string | undefined {
  for (const where of failure.vendor.errors.message) {
    const text = readText(failure, where);
    if (text !== undefined && text !== '') return text;
  }
  return undefined;
}

/** At a dotted path of the body, or in a header: `header:X-Message`. */
function readText({ answer, body }: Failure, where: string): string | undefined {
  const value = where.startsWith('header:')
    ? answer.headers[where.slice('header:'.length).toLowerCase()]
    : readJsonPath(body, parseJsonPath(where));
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function tryJson(body: Buffer): unknown {
  try {
    return readJson(body.toString());
  } catch {
    return undefined;
  }
}
