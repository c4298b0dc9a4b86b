/**
 * `Idempotency-Key`: the first result of a POST is kept and answered again. What was refused before it began (4xx) is not
 * kept. https://docs.stripe.com/api/idempotent_requests
 */
import { createHash } from 'node:crypto';
import type { EmulatorRequest, EmulatorResponse } from '../../src/sandbox/emulator.ts';
import { invalid, StripeFault } from './sandbox-faults.ts';

const MAX_KEY_LENGTH = 255;

interface Kept {
  path: string;
  fingerprint: string;
  requestId: string;
  response: EmulatorResponse;
}

export interface Idempotency {
  /** Runs the request, or answers as the first one with its key was answered. Throws a `StripeFault` for a key used otherwise. */
  once(request: EmulatorRequest, requestId: string, run: () => EmulatorResponse): EmulatorResponse;
}

export function createIdempotency(): Idempotency {
  const results = new Map<string, Kept>();
  return {
    once(request, requestId, run) {
      const key = request.headers['idempotency-key'];
      if (key === undefined || request.method !== 'POST') return run();
      if (key === '' || key.length > MAX_KEY_LENGTH) {
        throw invalid(`Invalid idempotency key: it must be between 1 and ${MAX_KEY_LENGTH} characters long.`);
      }
      const kept = results.get(key);
      if (kept !== undefined) return replay(key, kept, request);
      const response = run();
      if (response.status < 400 || response.status >= 500) {
        results.set(key, { path: request.path, fingerprint: fingerprint(request), requestId, response });
      }
      return response;
    },
  };
}

function replay(
  key: string,
  { path, fingerprint: first, requestId, response }: Kept,
  request: EmulatorRequest,
): EmulatorResponse {
  if (path !== request.path) {
    throw conflict(
      `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${request.path}' vs '${path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
    );
  }
  if (first !== fingerprint(request)) {
    throw conflict(
      `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    );
  }
  return {
    ...response,
    headers: { ...response.headers, 'idempotent-replayed': 'true', 'original-request': requestId },
  };
}

function conflict(message: string): StripeFault {
  return new StripeFault(400, { type: 'idempotency_error', message });
}

/** Parameters count in any order, as a form has none. */
function fingerprint({ rawBody }: EmulatorRequest): string {
  const pairs = [...new URLSearchParams(rawBody.toString())].map(([name, value]) => JSON.stringify([name, value]));
  return createHash('sha256').update(pairs.toSorted().join('\n')).digest('hex');
}
