/** How many named consumers a principal may have. */
import { GatewayError } from '../errors.ts';

/** Of one principal: whoever makes names up must not fill the disk. */
export const MOST_CONSUMERS = 1_000;

export function tooManyConsumers(): GatewayError {
  const message = `There are ${MOST_CONSUMERS} named consumers of this principal already. Use one of those names.`;
  return new GatewayError('LIMIT_EXCEEDED', message, { retryable: false, limit: 'consumers' });
}
