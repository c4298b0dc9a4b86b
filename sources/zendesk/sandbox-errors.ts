/** Zendesk's error bodies. Each part of its API has a form of its own; these are copied from life, inconsistencies included. */
import type { EmulatorResponse } from '../../src/sandbox/emulator.ts';

export const unauthenticated = (): EmulatorResponse => ({ status: 401, json: { error: "Couldn't authenticate you" } });

export const recordNotFound = (): EmulatorResponse => ({
  status: 404,
  json: { error: 'RecordNotFound', description: 'Not found' },
});

export const endpointNotFound = (): EmulatorResponse => ({
  status: 404,
  json: { error: 'InvalidEndpoint', description: 'Not found' },
});

export const tooManyRequests = (retryAfterSeconds: number): EmulatorResponse => ({
  status: 429,
  headers: { 'retry-after': String(retryAfterSeconds) },
  json: { error: 'APIRateLimitExceeded', description: 'Number of allowed API requests per minute exceeded' },
});

export const tooManyUpdates = (retryAfterSeconds: number): EmulatorResponse => ({
  ...tooManyRequests(retryAfterSeconds),
  json: {
    error: 'Rate limit for ticket updates exceeded, please wait before updating this ticket again',
    description: 'Rate limit for ticket updates exceeded, please wait before updating this ticket again',
  },
});

export const badRequest = (code: string, title: string, detail: string): EmulatorResponse => ({
  status: 400,
  json: { errors: [{ code, title, detail }] },
});

export const tooManyValues = (given: number, limit: number): EmulatorResponse => ({
  status: 400,
  json: { error: 'TooManyValues', description: `Number of values ${given} exceeds limit ${limit}` },
});

export const searchInvalid = (reason: string): EmulatorResponse => ({
  status: 422,
  json: { error: 'invalid', description: `Invalid search: ${reason}` },
});

/** What is wrong with which property. */
export interface Violation {
  property: string;
  description: string;
  error: 'BlankValue' | 'InvalidValue' | 'DuplicateValue' | 'RecordInvalid';
}

export function recordInvalid(violations: readonly Violation[]): EmulatorResponse {
  const details: Record<string, unknown> = {};
  for (const { property, description, error } of violations) details[property] = [{ description, error }];
  return { status: 422, json: { error: 'RecordInvalid', description: 'Record validation errors', details } };
}

export const updateConflict = (): EmulatorResponse => ({
  status: 409,
  json: {
    error: 'UpdateConflict',
    description:
      'Safe Update prevented the update due to outdated ticket data. Please fetch the latest ticket data and try again.',
  },
});

export const idempotencyConflict = (): EmulatorResponse => ({
  status: 400,
  json: {
    error: 'IdempotentRequestError',
    description: 'Request parameters do not match those of the first request with this idempotency key',
  },
});

const FAILURES: Record<number, { error: string; description: string }> = {
  400: { error: 'UnprocessableEntity', description: 'Invalid JSON in request body' },
  413: { error: 'RequestEntityTooLarge', description: 'The request is too large' },
  500: { error: 'InternalError', description: 'We are sorry, something went wrong' },
  503: { error: 'ServiceUnavailable', description: 'Database collision' },
};

export function failed(status: number): EmulatorResponse {
  return { status, json: FAILURES[status] ?? { error: 'InternalError', description: `Failed with status ${status}` } };
}
