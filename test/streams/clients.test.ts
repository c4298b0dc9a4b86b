/** The clients that applications use, as they use them: each receives, goes on where it stood, and learns how its stream ended. */
import { CombinedGraphQLErrors, gql } from '@apollo/client/core';
import { subscriptionExchange, Client as Urql } from '@urql/core';
import type { ExecutionResult } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { wsClient } from '../clients/apollo-client.ts';
import { openEventSource } from './event-source.ts';
import { type EventsGateway, startEventsGateway } from './events-gateway.ts';
import { readServerSentEvents, type SseBlock } from './server-sent-events.ts';
import { PATIENT } from './until.ts';

const QUERY = 'subscription ($after: String) { invoiceEvents(after: $after) { cursor changedFields } }';
const CURSOR = /^[\w-]{46}$/;

let gateway: EventsGateway;
beforeAll(async () => {
  gateway = await startEventsGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

let last = 0;
/** Ids of new events, stored. */
async function send(count = 1): Promise<string[]> {
  const ids = Array.from({ length: count }, () => `evt_${++last}`);
  for (const id of ids) await gateway.send({ id });
  return ids;
}

/** Of the subscriptions that are open now. */
async function openStreams(): Promise<number> {
  const response = await fetch(`${gateway.url}/metrics`, { headers: { authorization: 'Bearer vg_demo_admin' } });
  return Number(/^vendorgraph_subscriptions (\d+)$/m.exec(await response.text())?.[1]);
}

interface Shown {
  invoiceEvents: { cursor: string; changedFields: string[] };
}

interface Received {
  ids: string[];
  cursors: string[];
  error?: unknown;
}

const note = (received: Received, { invoiceEvents: { cursor, changedFields } }: Shown): void => {
  received.ids.push(...changedFields);
  received.cursors.push(cursor);
};

const CURSOR_INVALID: object = [{ extensions: { code: 'CURSOR_INVALID', requestId: expect.any(String) } }];

interface Way {
  /** Its error for a cursor that is none. */
  refusal?: object;
  /** Returns what stops it. */
  follow(received: Received, after?: string): () => void;
}

const key = (): string => gateway.keys.reader;
const socketClient = () =>
  createClient({
    url: `${gateway.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${key()}` },
  });

const WAYS: Record<string, Way> = {
  'graphql-ws': {
    follow(received, after) {
      const client = socketClient();
      client.subscribe<Shown>(
        { query: QUERY, variables: { after } },
        {
          next: ({ data, errors }) => {
            if (data) note(received, data);
            if (errors) received.error = errors;
          },
          error: (error) => {
            received.error = error;
          },
          complete: () => {},
        },
      );
      return () => void client.dispose();
    },
  },
  'Apollo Client': {
    follow(received, after) {
      const its = wsClient(gateway, key());
      const subscription = its.client.subscribe<Shown>({ query: gql(QUERY), variables: { after } }).subscribe({
        next: ({ data, error }) => {
          if (data) note(received, data);
          if (error) received.error = CombinedGraphQLErrors.is(error) ? error.errors : error;
        },
      });
      return () => {
        subscription.unsubscribe();
        void its[Symbol.asyncDispose]();
      };
    },
  },
  urql: {
    follow(received, after) {
      const client = socketClient();
      const exchange = subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: ({ next, error, complete }) => ({
            unsubscribe: client.subscribe(
              { query, ...(variables && { variables }) },
              // graphql-ws' type leaves the data open.
              { next: (result) => next(result as ExecutionResult), error, complete },
            ),
          }),
        }),
      });
      const urql = new Urql({ url: `${gateway.url}/graphql`, exchanges: [exchange], preferGetMethod: false });
      const { unsubscribe } = urql.subscription<Shown>(QUERY, { after }).subscribe(({ data, error }) => {
        if (data) note(received, data);
        if (error) received.error = error.graphQLErrors;
      });
      return () => {
        unsubscribe();
        void client.dispose();
      };
    },
  },
  'graphql-sse': {
    // It reads no body but a stream's.
    refusal: { response: { status: 400 } },
    follow(received, after) {
      const client = createSseClient({
        url: `${gateway.url}/graphql`,
        retryAttempts: 0,
        headers: { authorization: `Bearer ${key()}` },
      });
      client.subscribe<Shown>(
        { query: QUERY, variables: { after } },
        {
          next: ({ data, errors }) => {
            if (data) note(received, data);
            if (errors) received.error = errors;
          },
          error: (error) => {
            received.error = error;
          },
          complete: () => {},
        },
      );
      return () => client.dispose();
    },
  },
};

describe.each(Object.entries(WAYS))('%s', (_name, { follow, refusal = CURSOR_INVALID }) => {
  it('receives events, and goes on behind the last one it has', async () => {
    const open = await openStreams();
    const first: Received = { ids: [], cursors: [] };
    const stop = follow(first);
    await expect.poll(openStreams, PATIENT).toBe(open + 1);
    const live = await send(2);
    await expect.poll(() => first.ids, PATIENT).toEqual(live);
    stop();
    await expect.poll(openStreams, PATIENT).toBe(open);
    const missed = await send(2);
    const second: Received = { ids: [], cursors: [] };
    using _stopped = { [Symbol.dispose]: follow(second, first.cursors.at(-1)) };
    await expect.poll(() => second.ids, PATIENT).toEqual(missed);
    expect([...first.cursors, ...second.cursors].every((cursor) => CURSOR.test(cursor))).toBe(true);
    expect(first.error).toBeUndefined();
    expect(second.error).toBeUndefined();
  });

  it('is told why it is refused', async () => {
    const received: Received = { ids: [], cursors: [] };
    using _stopped = { [Symbol.dispose]: follow(received, 'no-cursor') };
    await expect.poll(() => received.error, PATIENT).toMatchObject(refusal);
  });
});

describe('a reader of server-sent events', () => {
  async function connect(headers: Record<string, string> = {}, variables = {}) {
    const leave = new AbortController();
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      signal: leave.signal,
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: `Bearer ${key()}`,
        ...headers,
      },
      body: JSON.stringify({ query: QUERY, variables }),
    });
    if (!response.body) throw new Error('There is no stream.');
    const blocks = readServerSentEvents(response.body);
    return {
      response,
      /** The next block. */
      async next(): Promise<SseBlock> {
        const { value } = await blocks.next();
        if (!value) throw new Error('The stream is over.');
        return value;
      },
      [Symbol.dispose]: () => leave.abort(),
    };
  }

  it('is sent an id first, and then events each with its own', async () => {
    using stream = await connect();
    expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream\b/);
    const { id: start, ...rest } = await stream.next();
    expect(start).toMatch(CURSOR);
    expect(rest).toEqual({});
    const [sent] = await send();
    const { id, event, data = '' } = await stream.next();
    expect({ event, data: JSON.parse(data) }).toEqual({
      event: 'next',
      data: {
        data: { invoiceEvents: { cursor: id, changedFields: [sent] } },
        extensions: { cursor: id },
      },
    });
  });

  it('goes on behind its Last-Event-ID, whatever `after` it began with', async () => {
    using first = await connect();
    const { id: start = '' } = await first.next();
    const [one, two] = await send(2);
    const { id = '' } = await first.next();
    using second = await connect({ 'last-event-id': id }, { after: start });
    await second.next();
    expect((await second.next()).data).toContain(`"${two}"`);
    using third = await connect({ 'last-event-id': start }, { after: id });
    await third.next();
    expect((await third.next()).data).toContain(`"${one}"`);
  });
});

describe('EventSource', () => {
  it('receives events as `next`, under their cursors', async () => {
    using source = openEventSource(gateway.url, { query: QUERY, key: key() });
    await expect.poll(source.isOpen, PATIENT).toBe(true);
    const [sent] = await send();
    await expect
      .poll(() => source.events, PATIENT)
      .toMatchObject([{ id: expect.stringMatching(CURSOR), data: expect.stringContaining(`"${sent}"`) }]);
  });

  it('gives up when it is refused', async () => {
    using source = openEventSource(gateway.url, { query: QUERY, key: key(), variables: { after: 'no-cursor' } });
    await expect.poll(source.isClosed, PATIENT).toBe(true);
  });
});
