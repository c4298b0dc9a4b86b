/**
 * One try at a vendor: the credential, the clock, the network, the unpacking. What goes wrong on the way is its outcome;
 * it rejects only when there is no credential to go with.
 */
import type { VendorConfig } from '../config/vendor.ts';
import { GatewayError } from '../errors.ts';
import { decodeBody } from './answer-body.ts';
import { createCallHeaders } from './call-headers.ts';
import type { CallScope, VendorAnswer, VendorCallRecord, VendorRequest } from './call-scope.ts';
import type { NoteAnswer } from './clock-skew.ts';
import { startDeadline } from './deadline.ts';
import type { VendorPool } from './pool.ts';
import type { Outcome } from './retry.ts';
import { scrubCredential } from './scrub.ts';
import { bodyFault, timedOut, transportFault } from './transport-fault.ts';

export interface AttemptOptions {
  config: Pick<VendorConfig, 'title' | 'headers' | 'errors'>;
  authorize: () => Record<string, string>;
  pool: VendorPool;
}

export interface AttemptCall {
  request: VendorRequest;
  /** Path and query, checked. */
  path: string;
  scope: CallScope;
  record: (call: VendorCallRecord) => void;
  /** Shown every answer of the vendor that stands, as it came. */
  onAnswer?: NoteAnswer | undefined;
}

export interface AttemptTime {
  /** 1 for the first try. */
  number: number;
  /** When it was wanted, by performance.now. */
  askedAt: number;
  /** Milliseconds it may take. */
  ms: number;
}

export type Attempt = (call: AttemptCall, time: AttemptTime) => Promise<Outcome>;

export function createAttempt({ config, authorize, pool }: AttemptOptions): Attempt {
  const { title } = config;
  // A vendor with an envelope fails with status 200.
  const hasEnvelope = config.errors.envelope !== undefined;
  const headersOf = createCallHeaders(config.headers);

  return async ({ request, path, scope, record }, { number, askedAt, ms }) => {
    const credential = authorizeOrRefuse(authorize, title, request);
    const headers = headersOf(request.headers, credential);
    const startedAt = performance.now();
    const deadline = startDeadline({
      caller: scope.signal,
      ms,
      expired: () => timedOut(`${title} did not answer within ${Math.max(0, Math.round(ms))} ms`, request),
    });
    try {
      const packed = await pool.exchange(
        { method: request.method, path, headers, body: request.body ?? null },
        deadline,
      );
      const answer = isPlain(packed) ? packed : await unpack(packed, title, request);
      record(recordOf(request, answer.status, number, askedAt, startedAt));
      return { answer: scrubCredential(answer, credential, hasEnvelope || answer.status >= 400) };
    } catch (error) {
      const failure =
        deadline.reason() ?? (error instanceof GatewayError ? error : transportFault(error, title, request));
      const ended = recordOf(request, null, number, askedAt, startedAt);
      record(failure instanceof GatewayError ? { ...ended, error: failure.code } : ended);
      return { failure };
    } finally {
      // `using` does the same, at the price of a stack of things to dispose of for each call.
      deadline[Symbol.dispose]();
    }
  };
}

function recordOf(
  { vendor, operation, method, keys = 1 }: VendorRequest,
  status: number | null,
  attempt: number,
  askedAt: number,
  startedAt: number,
): VendorCallRecord {
  const endedAt = performance.now();
  return { vendor, operation, method, status, askedAt, startedAt, endedAt, keys, cached: false, attempt };
}

function isPlain({ headers, body }: VendorAnswer): boolean {
  const encoding = headers['content-encoding'];
  return encoding === undefined || encoding === 'identity' || body.length === 0;
}

async function unpack(answer: VendorAnswer, title: string, request: VendorRequest): Promise<VendorAnswer> {
  const encoding = answer.headers['content-encoding'] ?? '';
  try {
    return { ...answer, body: await decodeBody(answer.body, encoding) };
  } catch (error) {
    throw bodyFault(error, title, request);
  }
}

function authorizeOrRefuse(
  authorize: () => Record<string, string>,
  title: string,
  { vendor, operation }: VendorRequest,
): Record<string, string> {
  try {
    return authorize();
  } catch (cause) {
    const reason = cause instanceof GatewayError ? `: ${cause.message}` : '.';
    const details = { vendor, operation, retryable: false, cause };
    throw new GatewayError('CONNECTION_MISSING', `There is no credential for ${title}${reason}`, details);
  }
}
