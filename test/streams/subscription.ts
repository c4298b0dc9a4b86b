/**
 * One subscription over a real socket: every item with its cursor, and how it ended. Two ways in that look alike to a test;
 * both ask for positions too, so that a test knows when the stream stands.
 */
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { readServerSentEvents } from './server-sent-events.ts';

export interface Ask {
  query: string;
  key: string;
  variables?: Record<string, unknown>;
  /** Sent instead of the text. */
  documentId?: string;
  /** Of SSE alone. */
  lastEventId?: string | undefined;
  /** Called with each item as it comes. */
  onItem?: (item: Item) => void;
}

export interface Item {
  // Tests look into answers freely; each states what it expects.
  data: Record<string, never>;
  errors: TestError[];
  cursor: string;
  extensions: Record<string, unknown>;
}

export interface TestError {
  message: string;
  path?: (string | number)[];
  extensions: Record<string, unknown>;
}

export interface Ending {
  /** `left`: by the test itself; `lost`: the connection broke; `closed`: by the gateway, with a code of WebSockets. */
  how: 'completed' | 'error' | 'lost' | 'closed' | 'left';
  errors: TestError[];
  /** Of the first error. */
  code?: unknown;
  cursor?: unknown;
  /** Of an SSE answer. */
  status?: number;
  /** Of a WebSocket. */
  closeCode?: number;
}

export interface Subscription extends AsyncDisposable {
  items: Item[];
  /** The newest durable position. */
  position(): string | undefined;
  /** Resolves with the first position; rejects when there was none. */
  opened: Promise<string>;
  ended: Promise<Ending>;
  /** Reads nothing more until `resume`; over SSE, no further than the block that comes next. */
  pause(): void;
  resume(): void;
}

export type Subscribe = (url: string, ask: Ask) => Subscription;

/** What both ways write down. */
class Book {
  readonly items: Item[] = [];
  readonly opened = Promise.withResolvers<string>();
  readonly ended = Promise.withResolvers<Ending>();
  position: string | undefined;
  /** Errors that came instead of a stream, or as the last of it. */
  refusal: TestError[] | undefined;
  readonly #onItem: ((item: Item) => void) | undefined;

  constructor({ onItem }: Ask) {
    this.#onItem = onItem;
    // Whoever does not ask for it must not hear of it.
    this.opened.promise.catch(() => {});
  }

  place(cursor: string): void {
    this.position = cursor;
    this.opened.resolve(cursor);
  }

  answer({ data, errors = [], extensions = {} }: Partial<Item>): void {
    const { cursor } = extensions;
    // Only what a stream is refused or ended with has none.
    if (typeof cursor !== 'string') {
      this.refusal = errors;
      return;
    }
    this.place(cursor);
    if (!data && errors.length === 0) return;
    const item = { data: data ?? {}, errors, extensions, cursor };
    this.items.push(item);
    this.#onItem?.(item);
  }

  end(ending: Omit<Ending, 'errors' | 'code' | 'cursor'> & { errors?: TestError[] }): void {
    const { refusal: errors = [] } = this;
    const whole: Ending = {
      errors,
      ...ending,
      ...(errors.length > 0 && ending.how === 'completed' && { how: 'error' }),
    };
    const { code, cursor } = whole.errors[0]?.extensions ?? {};
    Object.assign(whole, { code, cursor });
    this.ended.resolve(whole);
    this.opened.reject(new Error(`It ended without a position: ${JSON.stringify(whole)}`));
  }
}

const POSITION_FRAMES = { 'delivery-guarantee': {} };

export const overWebSocket: Subscribe = (url, ask) => {
  const book = new Book(ask);
  let socket: WebSocket | undefined;
  let isLeft = false;
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${ask.key}` },
    // It is the class given above.
    on: { opened: (opened) => (socket = opened as WebSocket) },
  });
  const { query, documentId, variables = {} } = ask;
  const named = documentId === undefined ? { query } : { query: '', documentId };
  client.subscribe(
    { ...named, variables, extensions: POSITION_FRAMES },
    {
      // What the socket carries is JSON of our own gateway.
      next: (answer) => book.answer(answer as Partial<Item>),
      error: (error) => book.end(socketEnding(error)),
      complete: () => book.end({ how: isLeft ? 'left' : 'completed' }),
    },
  );
  return {
    ...{ items: book.items, opened: book.opened.promise, ended: book.ended.promise },
    position: () => book.position,
    pause: () => socket?.pause(),
    resume: () => socket?.resume(),
    async [Symbol.asyncDispose]() {
      isLeft = true;
      socket?.resume();
      await client.dispose();
      await book.ended.promise;
    },
  };
};

/** graphql-ws tells errors as a list, and a connection that ended as an event or an error. */
function socketEnding(error: unknown): Pick<Ending, 'how' | 'closeCode'> & { errors?: TestError[] } {
  // Those are the things it tells.
  if (Array.isArray(error)) return { how: 'error', errors: error as TestError[] };
  const { code } = error as { code?: unknown };
  return typeof code === 'number' && code !== 1006 ? { how: 'closed', closeCode: code } : { how: 'lost' };
}

function overSse(method: 'GET' | 'POST'): Subscribe {
  return (url, ask) => {
    const book = new Book(ask);
    const leave = new AbortController();
    let paused: PromiseWithResolvers<void> | undefined;
    const mayRead = () => paused?.promise;
    const resume = (): void => {
      paused?.resolve();
      paused = undefined;
    };
    void read(`${url}/graphql`, { method, ask, book, mayRead, signal: leave.signal }).catch(() =>
      book.end({ how: leave.signal.aborted ? 'left' : 'lost' }),
    );
    return {
      ...{ items: book.items, opened: book.opened.promise, ended: book.ended.promise },
      position: () => book.position,
      pause() {
        paused ??= Promise.withResolvers();
      },
      resume,
      async [Symbol.asyncDispose]() {
        resume();
        leave.abort();
        await book.ended.promise;
      },
    };
  };
}

export const overSsePost = overSse('POST');
export const overSseGet = overSse('GET');

interface Reading {
  method: string;
  ask: Ask;
  book: Book;
  /** To be waited for before each block. */
  mayRead(): Promise<void> | undefined;
  signal: AbortSignal;
}

async function read(url: string, { method, ask, book, mayRead, signal }: Reading): Promise<void> {
  const response = await send(url, method, ask, signal);
  const { status, body } = response;
  if (status !== 200 || !body) {
    // One line of it is JSON, whether it is a stream or not.
    const [, text = ''] = /^(?:data: )?(\{.+\})$/m.exec(await response.text()) ?? [];
    const { errors }: { errors: TestError[] } = JSON.parse(text);
    return book.end({ how: 'error', status, errors });
  }
  for await (const { id, event, data } of readServerSentEvents(body)) {
    await mayRead();
    if (event === 'complete') return book.end({ how: 'completed', status });
    if (id !== undefined) book.place(id);
    if (data !== undefined) book.answer(JSON.parse(data));
  }
  book.end({ how: 'lost', status });
}

function send(url: string, method: string, ask: Ask, signal: AbortSignal): Promise<Response> {
  const { query, documentId, variables = {}, key, lastEventId } = ask;
  const named = documentId === undefined ? { query } : { documentId };
  const headers = {
    accept: 'text/event-stream',
    authorization: `Bearer ${key}`,
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  };
  if (method === 'GET') {
    const parameters = new URLSearchParams({ ...named, variables: JSON.stringify(variables) });
    return fetch(`${url}?${parameters}`, { headers, signal });
  }
  const body = JSON.stringify({ ...named, variables });
  return fetch(url, { method, headers: { ...headers, 'content-type': 'application/json' }, body, signal });
}
