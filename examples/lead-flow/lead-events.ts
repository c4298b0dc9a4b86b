/**
 * Follows `contactEvents` from a cursor on, and goes on from the last one whatever breaks the connection. An event counts as
 * passed when it was handled; one that came incomplete is asked for again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import { GraphError, type GraphqlError, graphError } from './graph.ts';
import { LEAD_FIELDS, type Lead } from './lead.ts';
import { settings } from './settings.ts';

const PAUSE_MS = 1_000;
/** A gateway that answers no ping for so long is gone, though its socket may not know it. */
const PING_MS = 10_000;
const FORBIDDEN = 4403;

const SUBSCRIPTION = `subscription Leads($after: String) {
  contactEvents(after: $after) { type contact { ${LEAD_FIELDS} } }
}`;

export interface ContactEvent {
  type: string;
  /** Null when it is gone by now. */
  contact: Lead | null;
}

export interface Follower {
  /** Where to begin; undefined: with what comes from now on. */
  cursor(): string | undefined;
  handle(event: ContactEvent): Promise<void>;
  /** Everything before it has been handled. */
  moveTo(cursor: string): void;
}

/** Throws `GraphError` when going on would lose something unseen, or makes no sense; else never ends. */
export async function followContacts(follower: Follower): Promise<never> {
  for (;;) {
    try {
      await followOnce(follower);
    } catch (error) {
      const failure = asGraphError(error);
      if (failure.isFinal) throw failure;
      process.stderr.write(`following again after ${failure.code}\n`);
    }
    await sleep(PAUSE_MS);
  }
}

async function followOnce({ cursor, handle, moveTo }: Follower): Promise<void> {
  const client = connect();
  const after = cursor();
  try {
    const results = client.iterate<{ contactEvents: ContactEvent }, { cursor?: string }>({
      query: SUBSCRIPTION,
      variables: after === undefined ? {} : { after },
      // Positions without an event too: the first one is where a new follower stands.
      extensions: { 'delivery-guarantee': {} },
    });
    for await (const { data, errors, extensions } of results) {
      if (errors?.[0]) throw graphError(errors[0] as GraphqlError);
      if (data) await handle(data.contactEvents);
      if (extensions?.cursor !== undefined) moveTo(extensions.cursor);
    }
  } finally {
    await client.dispose();
  }
}

/** Resuming is ours, not the client's: it would repeat the old cursor. */
function connect(): Client {
  let silence: NodeJS.Timeout | undefined;
  const client = createClient({
    url: `${settings.gatewayUrl.replace(/^http/, 'ws')}/graphql`,
    connectionParams: { authorization: `Bearer ${settings.key}` },
    retryAttempts: 0,
    keepAlive: PING_MS,
    on: {
      ping(received) {
        if (!received) silence = setTimeout(() => client.terminate(), PING_MS);
      },
      pong: () => clearTimeout(silence),
      closed: () => clearTimeout(silence),
    },
  });
  return client;
}

/** graphql-ws throws the list of errors of an operation, and for a lost connection its close event. */
function asGraphError(error: unknown): GraphError {
  if (error instanceof GraphError) return error;
  if (Array.isArray(error)) return graphError(error[0] as GraphqlError);
  if (typeof error === 'object' && error !== null && 'code' in error) {
    return error.code === FORBIDDEN
      ? new GraphError('UNAUTHENTICATED', 'The gateway does not take VENDORGRAPH_KEY.')
      : new GraphError('UNREACHABLE', `The connection was closed with ${error.code}.`);
  }
  if (error instanceof Event || error instanceof Error) return new GraphError('UNREACHABLE', 'No connection.');
  throw error;
}
