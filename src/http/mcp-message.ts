/** The body of a `POST /mcp`: one message of JSON-RPC, read within bounds. */
import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import { GatewayError } from '../errors.ts';
import { ByteBudget, type RawBodyFault, readRawBody } from '../webhooks/raw-body.ts';
import { MOST_BODY } from './graphql.ts';

/** Of all messages that are being read. */
const MOST_BODIES = 64 * MOST_BODY;
/** As long as the server waits for a whole request. */
const READ_TIMEOUT_MS = 12_000;
const JSON_TYPE = /^application\/json\s*(;|$)/i;

const FAULTS: Readonly<Record<RawBodyFault, [status: number, message: string]>> = {
  too_large: [413, `The body is larger than ${MOST_BODY} bytes.`],
  too_slow: [408, 'The body did not come in time.'],
  budget_used_up: [503, 'Too many messages are being read. Try again in a moment.'],
  left: [400, 'The body did not come whole.'],
};

/** Reads messages, all of them together within one bound. An error says what is wrong, and its status in HTTP. */
export function createMessageReader(): (request: IncomingMessage) => Promise<{ message: unknown } | GraphQLError> {
  const budget = new ByteBudget(MOST_BODIES);
  return async (request) => {
    if (request.method !== 'POST')
      return refusal(405, 'Messages come by POST; no stream is kept open.', { allow: 'POST' });
    if (!JSON_TYPE.test(request.headers['content-type'] ?? ''))
      return refusal(415, 'The body of a message is JSON: send "content-type: application/json".');
    const raw = await readRawBody(request, { maxBytes: MOST_BODY, timeoutMs: READ_TIMEOUT_MS, budget });
    // What is still to come is not waited for.
    if (typeof raw === 'string') return refusal(...FAULTS[raw], { connection: 'close' });
    try {
      const message: unknown = JSON.parse(raw.toString());
      // A list would be many calls for one request of the quota; the protocol has none since 2025-06-18.
      if (Array.isArray(message)) return refusal(400, 'One message at a time: a list of them is not taken.');
      return { message };
    } catch {
      return refusal(400, 'The body is no JSON.');
    } finally {
      budget.give(raw.length);
    }
  };
}

function refusal(status: number, message: string, headers: Readonly<Record<string, string>> = {}): GraphQLError {
  return new GraphQLError('', {
    originalError: new GatewayError('BAD_USER_INPUT', message, { retryable: status === 503 }),
    extensions: { http: { status, headers } },
  });
}
