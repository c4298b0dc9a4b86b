/**
 * One subscription: an iterator that gives each event with the cursor behind it. It pulls: nothing is read before it is asked
 * for, and to ask for the next item says that the last one was taken. It ends by itself only with an error that carries the
 * last good cursor, or, without one, when another stream took over its consumer's name, here or in another gateway.
 */
import { GatewayError } from '../errors.ts';
import type { EventFilter, LoggedEvent, Position } from '../events/log.ts';
import type { LeaveSignal } from '../vendors/leave-signal.ts';
import type { Cursors } from './cursor.ts';
import type { EventHub } from './event-hub.ts';
import { createHandover } from './handover.ts';
import { type Authorize, openPermission, type Permission } from './permission.ts';
import { consumerKey, type StartRequest, type StreamStart, startPosition } from './start-position.ts';
import { endError, isStreamEndCode, type StreamEndCode } from './stream-end.ts';
import { createStreamReader, type ReaderItem } from './stream-reader.ts';

export interface StreamItem {
  /** Null: a position frame. The first item is one, and so is one now and then while nothing matches. */
  event: LoggedEvent | null;
  cursor: string;
}

export interface EventStream extends AsyncIterableIterator<StreamItem, undefined, undefined>, AsyncDisposable {
  next(): Promise<IteratorResult<StreamItem, undefined>>;
  /**
   * The next item without a promise, if it is at hand; undefined: ask `next`. Means, as `next` does, that the last one was
   * taken. Most items of a stream that is busy come this way.
   */
  ready(): StreamItem | undefined;
  /** What was given last is still being made ready for its reader: until that is done, he is not slow. */
  whileMaking<Made>(making: Promise<Made>): Promise<Made>;
  /** Ends it as one who leaves; never waits for anything. */
  return(): Promise<IteratorResult<StreamItem, undefined>>;
  /** Resolves when it is over: with the error it ended with, also when nobody asks for an item, or with nothing. */
  readonly ended: Promise<GatewayError | undefined>;
  /** Asks at once what the caller may see: a key was revoked, scopes changed. Never rejects. */
  recheck(): Promise<void>;
}

/** Figures for /metrics. */
export interface StreamMeasures {
  streams(change: 1 | -1): void;
  sent(field: string): void;
  /** From receipt to hand-over, of events that did not come from the past. */
  lag(field: string, ms: number): void;
  ended(code: StreamEndCode): void;
}

export interface StreamOptions extends StartRequest {
  hub: EventHub;
  cursors: Cursors;
  /** `Principal.id`. */
  principal: string;
  /** The subscription's root field. */
  field: string;
  /** The caller's filter within his present rights. */
  authorize: Authorize;
  /** The caller left: the stream completes. */
  signal?: LeaveSignal | undefined;
  /** SLOW_CONSUMER when an item is not taken for so long. @default 60_000 */
  stalledAfterMs?: number;
  /**
   * SLOW_CONSUMER when the reader, once at the head, has spent so long on events without getting there again. What the
   * gateway itself was late does not count. @default never
   */
  maxLagMs?: number | undefined;
  /** A position frame when the position moved for so long without an event. @default 15_000 */
  positionEveryMs?: number;
  /** How old an answer of `authorize` may be when an event is given. @default 2_000 */
  authorizeEveryMs?: number;
  measures?: StreamMeasures;
}

/**
 * Resolves when the start is fixed: everything that arrives from then on will be delivered. Rejects with the codes of cursors,
 * BAD_USER_INPUT, or SCOPE_REVOKED.
 */
export async function openStream(options: StreamOptions): Promise<EventStream> {
  const { hub, cursors, principal, field, authorizeEveryMs = 2_000 } = options;
  const { eventLog, vendors, now } = hub;
  let isOurs: StreamStart['isOurs'];
  /** Whose consumer it is, is looked at together with what the caller may see. */
  const authorize = async (): Promise<EventFilter | null> => {
    if (isOurs !== undefined && !(await isOurs())) throw new TakenOver();
    return options.authorize();
  };
  const permission = await openPermission({ authorize, vendors, everyMs: authorizeEveryMs, now });
  const epoch = await eventLog.epoch();
  const sign = cursors.signer({ principal, field });
  const place = { eventLog, cursors, principal, field, vendors: permission.interest.vendors, sign };
  const signAt = (position: Position): string => sign({ epoch, position });
  // A connection that lives on may subscribe anew while the gateway ends: it takes no consumer over any more.
  if (hub.endedWith !== undefined && options.consumer) throw endError(hub.endedWith);
  const start = await startPosition(options, place);
  ({ isOurs } = start);
  if (hub.endedWith !== undefined) throw endError(hub.endedWith, signAt(start.position));
  return createStream(options, { permission, start: start.position, signAt });
}

/** Another gateway serves the consumer now. */
class TakenOver extends Error {}

interface StreamParts {
  permission: Permission;
  start: Position;
  signAt: (position: Position) => string;
}

function createStream(options: StreamOptions, { permission, start, signAt }: StreamParts): EventStream {
  const { hub, principal, field, consumer, signal, measures } = options;
  const { stalledAfterMs = 60_000, maxLagMs = Number.POSITIVE_INFINITY, positionEveryMs = 15_000 } = options;
  const reader = createStreamReader({ hub, start, permission, positionEveryMs, maxLagMs });
  const handover = createHandover<StreamItem>();
  const ended = Promise.withResolvers<GatewayError | undefined>();

  const finish = (error?: GatewayError): void => {
    if (handover.isOver) return;
    handover.close(error);
    reader.stop();
    clearTimeout(stalled);
    signal?.removeEventListener('abort', leave);
    takeOut();
    measures?.streams(-1);
    if (error && isStreamEndCode(error.code)) measures?.ended(error.code);
    ended.resolve(error);
  };
  const leave = (): void => finish();
  const end = (code: StreamEndCode, cause?: unknown): void => finish(endError(code, signAt(reader.safe), cause));
  const fail = (error: unknown): void => {
    const isEnd = error instanceof GatewayError && isStreamEndCode(error.code);
    if (error instanceof TakenOver) finish();
    else end(isEnd ? error.code : 'INTERNAL', isEnd ? error.cause : error);
  };
  const give = (item: ReaderItem): void => {
    if (handover.give(itemOf(item))) noteGiven(item);
  };
  const itemOf = ({ event, position }: ReaderItem): StreamItem => ({ event, cursor: signAt(position) });
  const noteGiven = ({ event, isLive }: ReaderItem): void => {
    stalled.refresh();
    if (event) measures?.sent(field);
    if (event && isLive) measures?.lag(field, hub.now() - event.receivedAt);
  };

  let isMaking = false;
  // What was asked for is the log's to bring; only what was given can be left lying.
  const stalled = setTimeout(() => handover.isAsked || isMaking || end('SLOW_CONSUMER'), stalledAfterMs).unref();
  const takeOut = hub.streams.add(
    { end, complete: leave },
    consumer ? [principal, consumerKey(consumer, field)] : undefined,
  );
  measures?.streams(1);
  signal?.addEventListener('abort', leave);
  if (signal?.aborted) leave();

  return {
    ended: ended.promise,
    next: () => handover.ask(() => void reader.next().then(give, fail)),
    ready() {
      const item = reader.ready();
      if (item) noteGiven(item);
      return item && itemOf(item);
    },
    async whileMaking(making) {
      isMaking = true;
      try {
        return await making;
      } finally {
        isMaking = false;
        reader.giveNow();
        stalled.refresh();
      }
    },
    async return() {
      finish();
      return { done: true, value: undefined };
    },
    async recheck() {
      const before = permission.interest;
      await permission.check().catch(fail);
      if (permission.interest !== before) reader.renew();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      finish();
    },
  };
}
