/** `Idempotency-Key` on the two calls that send: for 24 hours the same key and body have one effect and one answer. */
import { isDeepStrictEqual } from 'node:util';
import type { EmulatorRequest, EmulatorResponse, Route } from '../../src/sandbox/emulator.ts';
import { idempotencyConflict, idempotencyKeyInvalid } from './sandbox-errors.ts';

const KEPT_MS = 24 * 60 * 60 * 1_000;
const MAX_LENGTH = 256;

export function once(handle: (request: EmulatorRequest) => EmulatorResponse, now: () => number): Route['handle'] {
  const first = new Map<string, { body: unknown; response: EmulatorResponse; at: number }>();
  return (request) => {
    const key = request.headers['idempotency-key'];
    if (key === undefined) return handle(request);
    if (key === '' || key.length > MAX_LENGTH) return idempotencyKeyInvalid();
    const known = first.get(key);
    if (known !== undefined && now() - known.at < KEPT_MS) {
      return isDeepStrictEqual(known.body, request.body) ? known.response : idempotencyConflict();
    }
    const response = handle(request);
    if (response.status === 200) first.set(key, { body: request.body, response, at: now() });
    return response;
  };
}
