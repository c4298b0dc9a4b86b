/** Resend's errors: one form everywhere, `{statusCode, message, name}`. */
import type { EmulatorResponse } from '../../src/sandbox/emulator.ts';

export function refused(statusCode: number, name: string, message: string): EmulatorResponse {
  return { status: statusCode, json: { statusCode, message, name } };
}

export const missingKey = () => refused(401, 'missing_api_key', 'Missing API Key');
export const invalidKey = () => refused(401, 'validation_error', 'API key is invalid');
export const notFound = (what: string) => refused(404, 'not_found', `${what} not found`);
export const unknownEndpoint = () => refused(404, 'not_found', 'The requested endpoint does not exist');
export const invalid = (message: string) => refused(422, 'validation_error', message);
export const missingField = (field: string) => refused(422, 'missing_required_field', `Missing \`${field}\` field.`);
export const badId = (field: string) => invalid(`The \`${field}\` must be a valid UUID.`);

/** Resend's edge answers callers without a User-Agent before its API sees them. */
export const forbiddenClient = (): EmulatorResponse => ({ status: 403, text: 'error code: 1010' });

export const tooManyRequests = (limit: number) =>
  refused(
    429,
    'rate_limit_exceeded',
    `Too many requests. You can only make ${limit} requests per second. See rate limit response headers for more information.`,
  );

export const idempotencyConflict = () =>
  refused(
    409,
    'invalid_idempotent_request',
    'This idempotency key has been used with a different request payload. Please use a different key or the original payload.',
  );

export const idempotencyKeyInvalid = () =>
  refused(400, 'invalid_idempotency_key', 'The idempotency key must be between 1 and 256 characters.');

const FAILURES: Record<number, [name: string, message: string]> = {
  400: ['validation_error', 'The request body is not valid JSON.'],
  405: ['method_not_allowed', 'Method is not allowed for the requested path.'],
  413: ['validation_error', 'The request body is too large.'],
};

export function failed(status: number): EmulatorResponse {
  const [name, message] = FAILURES[status] ?? [
    'internal_server_error',
    'Something went wrong. Please try again later.',
  ];
  return refused(status, name, message);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isUuid = (text: string): boolean => UUID.test(text);
