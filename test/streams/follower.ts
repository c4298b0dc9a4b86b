/**
 * An application that follows events for good: it keeps the last cursor with what it received, and when its subscription
 * ends it goes on there, like any client that wants to miss nothing. The subscriber's book of the ledger.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { API_KEY } from './running-gateway.ts';
import { type Ending, overSsePost, overWebSocket, type Subscription } from './subscription.ts';

export interface FollowerOptions {
  /** Asked for each connection. */
  url: () => string;
  over: 'WebSocket' | 'SSE';
  /** @default that of the operator */
  key?: string;
  /** @default EARLIEST, where it has no cursor yet */
  from?: 'EARLIEST' | 'LATEST';
}

export interface Follower extends AsyncDisposable {
  /** What `changedFields` told, in order. */
  received: string[];
  cursors: string[];
  /** How its connections ended. */
  endings: Ending[];
  /** Where it would go on. */
  cursor(): string | undefined;
  /** The connection it has now. */
  subscription(): Subscription;
}

const FOLLOW = `subscription ($after: String, $from: EventStart) {
  invoiceEvents(after: $after, from: $from) { cursor changedFields }
}`;

/** Between two connections, milliseconds: doubled while nobody answers, with jitter. */
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 500;
/** These end every further connection as well. */
const TERMINAL = new Set<unknown>([
  'CURSOR_INVALID',
  'CURSOR_EXPIRED',
  'STREAM_GAP',
  'SCOPE_MISSING',
  'BAD_USER_INPUT',
]);

export function follow({ url, over, key = API_KEY, from = 'EARLIEST' }: FollowerOptions): Follower {
  const received: string[] = [];
  const cursors: string[] = [];
  const endings: Ending[] = [];
  const stop = new AbortController();
  let cursor: string | undefined;
  let current: Subscription;

  const connect = (): Subscription => {
    // A browser repeats its first variables and says in a header where it stands.
    const resumesByHeader = over === 'SSE' && cursor !== undefined;
    const start = cursor === undefined || resumesByHeader ? { from } : { after: cursor };
    const subscribe = over === 'SSE' ? overSsePost : overWebSocket;
    return subscribe(url(), {
      ...{ query: FOLLOW, key, variables: start },
      lastEventId: resumesByHeader ? cursor : undefined,
      onItem(item) {
        // What the selection asks for.
        const event = item.data['invoiceEvents'] as unknown as { cursor: string; changedFields: string[] };
        received.push(...event.changedFields);
        cursors.push(event.cursor);
        cursor = event.cursor;
      },
    });
  };
  const run = async (): Promise<void> => {
    let waitMs = FIRST_WAIT_MS;
    while (!stop.signal.aborted) {
      const ending = await current.ended;
      waitMs = current.position() === undefined ? Math.min(2 * waitMs, LONGEST_WAIT_MS) : FIRST_WAIT_MS;
      // A position is worth keeping though no event came with it. That of an ending may lie one event before.
      cursor = current.position() ?? cursor;
      endings.push(ending);
      if (TERMINAL.has(ending.code)) return;
      await pause(waitMs * (0.5 + Math.random()), undefined, { signal: stop.signal }).catch(() => {});
      if (!stop.signal.aborted) current = connect();
    }
  };

  current = connect();
  const running = run();
  return {
    received,
    cursors,
    endings,
    cursor: () => cursor,
    subscription: () => current,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await current[Symbol.asyncDispose]();
      await running;
    },
  };
}

/** A greater one lies further on; cursors of one stream only. */
export const placeOf = (cursor: string): string => Buffer.from(cursor, 'base64url').subarray(0, -16).toString('hex');
