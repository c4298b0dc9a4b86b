/** Where a stream starts: behind a cursor, at what a named consumer acknowledged, at what is still kept, or now. */
import { randomUUID } from 'node:crypto';
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

export interface StreamStart {
  position: Position;
  /** Of a named consumer: that it is ours still, as far as can be told. Undefined: it has no name. */
  isOurs: (() => Promise<boolean>) | undefined;
}

/** Throws the codes of cursors, and BAD_USER_INPUT for what cannot go together. Never another start than the one asked for. */
export async function startPosition(request: StartRequest, options: StartOptions): Promise<StreamStart> {
  const consumer = request.consumer ?? undefined;
  refuseBoth(request);
  if (consumer !== undefined) return openConsumer(consumer, request.from ?? 'LATEST', options);
  return { position: await unnamedPosition(request, options), isOurs: undefined };
}

async function unnamedPosition({ after, from }: StartRequest, options: StartOptions): Promise<Position> {
  const { eventLog, cursors, principal, field, vendors, sign } = options;
  if (typeof after !== 'string') return from === 'EARLIEST' ? earliestOf(eventLog, vendors) : eventLog.head();
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
async function openConsumer(
  name: string,
  from: 'EARLIEST' | 'LATEST',
  { eventLog, principal, field, vendors, sign }: StartOptions,
): Promise<StreamStart> {
  checkConsumerName(name);
  const key = consumerKey(name, field);
  const owner = randomUUID();
  // Of a time when one place counted for all fields.
  const known = (await eventLog.consumer(principal, key)) ?? (await eventLog.consumer(principal, name));
  const first = known?.position ?? (await (from === 'EARLIEST' ? earliestOf(eventLog, vendors) : eventLog.head()));
  const { position } = await eventLog.openConsumer(principal, key, { start: first, owner });
  await checkContinuity({ epoch: await eventLog.epoch(), position }, { log: eventLog, vendors, sign });
  // A log that does not answer tells nothing; who reads it waits.
  const isOurs = async (): Promise<boolean> => {
    const present = await eventLog.consumer(principal, key).catch(() => undefined);
    return (present?.owner ?? owner) === owner;
  };
  return { position, isOurs };
}

/** A place for each field: what is done of one says nothing of another. No name has a slash. */
export const consumerKey = (name: string, field: string): string => `${name}/${field}`;

/** The field in a key; undefined for one of a time when a place counted for all. */
export function fieldOf(key: string): string | undefined {
  const [, field] = key.split('/');
  return field;
}

/** Throws BAD_USER_INPUT. */
export function checkConsumerName(name: string): void {
  if (CONSUMER_NAME.test(name)) return;
  const message = 'A consumer is named by up to 100 letters, digits, and the characters _ . : -';
  throw new GatewayError('BAD_USER_INPUT', message, { retryable: false });
}
