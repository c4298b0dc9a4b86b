/** Why a stream ends that its reader did not leave, and what the reader is told. */
import { GatewayError } from '../errors.ts';

export type StreamEndCode = keyof typeof MESSAGES;

const MESSAGES = {
  STREAM_GAP: 'Continuity can no longer be shown. Read your state anew, then go on from the cursor.',
  SLOW_CONSUMER: 'Events were not taken for too long. Resume from the cursor when you can keep up.',
  SCOPE_REVOKED: 'The right to this subscription ended. Resume from the cursor with a new credential.',
  SUBSCRIPTION_SCHEMA_RELOAD: 'The gateway ends its subscriptions. Resume from the cursor at once.',
  INTERNAL: 'Something went wrong on our side. Resume from the cursor.',
} as const satisfies Partial<Record<GatewayError['code'], string>>;

/** Without them the same subscription would end the same way at once. */
const NOT_RETRYABLE: ReadonlySet<StreamEndCode> = new Set<StreamEndCode>(['STREAM_GAP', 'SCOPE_REVOKED']);

/** `cursor`: the last good one, undefined before the stream had a place. */
export function endError(code: StreamEndCode, cursor?: string, cause?: unknown): GatewayError {
  return new GatewayError(code, MESSAGES[code], {
    retryable: !NOT_RETRYABLE.has(code),
    ...(cursor !== undefined && { cursor }),
    ...(cause !== undefined && { cause }),
  });
}

export function isStreamEndCode(code: string): code is StreamEndCode {
  return code in MESSAGES;
}
