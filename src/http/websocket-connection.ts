/** What one WebSocket keeps while it is open. */

import type { Duplex } from 'node:stream';
import type { SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Principal } from '../auth/principal.ts';
import type { GraphContext } from '../graph/context.ts';
import type { REASON_HEADER } from '../graph/reason.ts';
import type { Outbox } from './outbox.ts';

export interface ConnectionParams extends Record<string, unknown> {
  authorization?: unknown;
  'x-vendorgraph-explain'?: unknown;
  [REASON_HEADER]?: unknown;
}

/** What it knows from the moment it is let in. */
export interface Connection {
  principal?: Principal;
  authorization?: string | null;
  reason?: string | undefined;
  explain?: boolean;
  /** By what started each: a client may use an id again as soon as it has completed it. */
  running?: Map<SubscribePayload, Running>;
  outbox?: Outbox;
}

export interface Running {
  abort: AbortController;
  requestId: string;
  /** Once it has one. */
  context?: GraphContext;
}

/** graphql-ws hands it to every hook. */
export interface OpenSocket extends Partial<Connection> {
  readonly socket: WebSocket;
  /** What carries it. */
  readonly stream: Duplex;
}
