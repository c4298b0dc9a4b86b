/** Where a stream starts: behind a cursor, at what a named consumer acknowledged, at what is still kept, or now. */

import type { VendorName } from '../config/vendor-name.ts';
import { GatewayError } from '../errors.ts';
import type { EventLog, Position } from '../events/log.ts';
import { checkContinuity, earliestOf } from './continuity.ts';
import type { Cursors, SignPlace } from './cursor.ts';

/** As the caller gave it. */
export interface StartRequest {
  /** A cursor. */
  after?: string | null | undefined;
  /** @default LATEST */
  from?: 'EARLIEST' | 'LATEST' | null | undefined;
  /** A name whose position the gateway keeps; `from` then counts for its first time only. */
  consumer?: string | null | undefined;
}

export interface StartOptions {
  eventLog: EventLog;
  cursors: Cursors;
  principal: string;
  field: string;
  vendors: readonly VendorName[];
  /** Makes the cursor that goes with an error. */
  sign: SignPlace;
}

const CONSUMER_NAME = /^[\w.:-]{1,100}$/;

/** Throws the codes of cursors, and BAD_USER_INPUT for what cannot go together. Never another start than the one asked for. */
export async function startPosition(request: StartRequest, options: StartOptions): Promise<Position> {
  const { eventLog, cursors, principal, field, vendors, sign } = options;
  const after = request.after ?? undefined;
  const consumer = request.consumer ?? undefined;
  refuseBoth(request);
  if (consumer !== undefined) return consumerPosition(consumer, request.from ?? 'LATEST', options);
  if (after === undefined) return request.from === 'EARLIEST' ? earliestOf(eventLog, vendors) : eventLog.head();
  const place = cursors.open(after, principal, [field]);
  await checkContinuity(place, { log: eventLog, vendors, sign });
  return place.position;
}

function refuseBoth({ after, from, consumer }: StartRequest): void {
  if (typeof after !== 'string') return;
  const other = typeof from === 'string' ? 'from' : typeof consumer === 'string' ? 'consumer' : undefined;
  if (other === undefined) return;
  throw new GatewayError('BAD_USER_INPUT', `Give \`after\` or \`${other}\`, not both.`, { retryable: false });
}

/** The first time it is given a position at once: what comes before its first acknowledgement must not get lost. */
async function consumerPosition(
  name: string,
  from: 'EARLIEST' | 'LATEST',
  { eventLog, principal, vendors, sign }: StartOptions,
): Promise<Position> {
  checkConsumerName(name);
  const known = await eventLog.consumer(principal, name);
  if (known === undefined) {
    const start = from === 'EARLIEST' ? await earliestOf(eventLog, vendors) : await eventLog.head();
    return eventLog.commitConsumer(principal, name, start);
  }
  const place = { epoch: await eventLog.epoch(), position: known.position };
  await checkContinuity(place, { log: eventLog, vendors, sign });
  return known.position;
}

/** Throws BAD_USER_INPUT. */
export function checkConsumerName(name: string): void {
  if (CONSUMER_NAME.test(name)) return;
  const message = 'A consumer is named by up to 100 letters, digits, and the characters _ . : -';
  throw new GatewayError('BAD_USER_INPUT', message, { retryable: false });
}
