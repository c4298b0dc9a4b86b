/**
 * One subscriber of `events` that goes on behind its last cursor when its connection ends. It speaks graphql-transport-ws by
 * itself: a thousand of these must not take longer to read than the gateway takes to write, so an answer is looked at as
 * bytes, never parsed.
 */
import { setTimeout as wait } from 'node:timers/promises';
import WebSocket from 'ws';
import { SELECTION } from './delivery.ts';

export interface FollowerOptions {
  /** Of the gateway. */
  url: string;
  key: string;
  /** Of its operation: those of one name send the same text. */
  operationName: string;
  /** Asked for besides: names of fields. */
  more?: string;
  onEvent(follower: Follower, text: string, cursor: string): void;
}

const queryOf = (name: string, more = ''): string =>
  `subscription ${name}($after: String) { events(after: $after) { ${SELECTION} ${more} } }`;
/** Answers that tell only a position: a subscriber knows then that it stands. */
const EXTENSIONS = { 'delivery-guarantee': {} };
/** The last of an answer stands in its extensions. */
const CURSOR = '"cursor":"';
/** Between two tries; not all at the same moment. */
const TRY_AGAIN_MS = 100;

export class Follower {
  readonly #options: FollowerOptions;
  #socket: WebSocket | undefined;
  #cursor: string | undefined;
  #isOver = false;
  #standing = Promise.withResolvers<void>();
  /** Errors that ended its subscription. */
  readonly refusals: string[] = [];
  /** The place of the last event, for the one who keeps the book. */
  place = '';
  connections = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Resolves when the subscription stands. Goes on by itself from then on. */
  start(): Promise<void> {
    this.#connect();
    return this.#standing.promise;
  }

  /** Reads nothing more, and keeps its connection. */
  stall(): void {
    this.#socket?.pause();
  }

  stop(): void {
    this.#isOver = true;
    this.#socket?.terminate();
  }

  #connect(): void {
    const { url, key } = this.#options;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('open', () => {
      const payload = { authorization: `Bearer ${key}` };
      socket.send(JSON.stringify({ type: 'connection_init', payload }));
    });
    // ws gives messages as buffers.
    socket.on('message', (data) => this.#take(socket, (data as Buffer).toString('latin1')));
    socket.once('close', () => void this.#goOn());
  }

  async #goOn(): Promise<void> {
    await wait(TRY_AGAIN_MS * (0.5 + Math.random()));
    if (!this.#isOver) this.#connect();
  }

  #take(socket: WebSocket, text: string): void {
    const at = text.lastIndexOf(CURSOR);
    if (at >= 0 && !text.includes('"type":"error"')) this.#takeAnswer(text, at + CURSOR.length);
    else if (text.includes('"type":"connection_ack"')) this.#subscribe(socket);
    else {
      this.refusals.push(text);
      socket.terminate();
    }
  }

  #subscribe(socket: WebSocket): void {
    const variables = this.#cursor === undefined ? {} : { after: this.#cursor };
    const payload = {
      query: queryOf(this.#options.operationName, this.#options.more),
      variables,
      extensions: EXTENSIONS,
    };
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
  }

  #takeAnswer(text: string, start: number): void {
    const cursor = text.slice(start, text.indexOf('"', start));
    const isPosition = text.includes('"data":null');
    this.#cursor = cursor;
    if (!isPosition) this.#options.onEvent(this, text, cursor);
    else {
      this.connections += 1;
      this.#standing.resolve();
    }
  }
}
