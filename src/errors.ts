/** The one table of codes a caller can see, and the error that carries them. */

export const ERROR_CODES = [
  'UNAUTHENTICATED',
  'SCOPE_MISSING',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'LIMIT_EXCEEDED',
  'QUOTA_EXCEEDED',
  'VENDOR_TIMEOUT',
  'VENDOR_DOWN',
  'VENDOR_RATE_LIMITED',
  'VENDOR_REJECTED',
  'VENDOR_BAD_RESPONSE',
  'NOT_FOUND',
  'CONNECTION_MISSING',
  'IDEMPOTENCY_CONFLICT',
  'IDEMPOTENCY_IN_PROGRESS',
  'CURSOR_INVALID',
  'CURSOR_EXPIRED',
  'STREAM_GAP',
  'SLOW_CONSUMER',
  'SCOPE_REVOKED',
  'SUBSCRIPTION_SCHEMA_RELOAD',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What a caller may learn besides code and message. Everything else of a failure belongs in `cause`. */
export interface ErrorDetails {
  vendor?: string;
  operation?: string;
  /** Whether the same request may succeed later. */
  retryable?: boolean;
  retryAfterMs?: number;
  /** For SCOPE_MISSING: the scopes that would allow it. */
  scopes?: readonly string[];
  /** For LIMIT_EXCEEDED: which limit. */
  limit?: string;
  /** For a subscription that ended: its last good cursor, to resume with. */
  cursor?: string;
  /** For CURSOR_EXPIRED: the cursor at which what is still kept begins. */
  earliest?: string;
}

/** A failure whose code and message are written for the caller; `cause` (vendor URLs, bodies, stacks) is for the log only. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: ErrorDetails & { cause?: unknown } = {}) {
    const { cause, ...details } = options;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}
