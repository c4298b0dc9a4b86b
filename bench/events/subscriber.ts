/**
 * The subscribers, a process of its own, and their book: what each received, whether its cursors rose, and how long it took.
 * `POST /open`, `/begin`, `/balance` and `/close` take and answer what the interfaces say; any failure is a 500.
 */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { serve } from '../joins/serve.ts';
import { nowMs, readMark } from './delivery.ts';
import { Follower } from './follower.ts';
import { Times } from './times.ts';

export interface OpenTask {
  /** Of the gateway. */
  url: string;
  key: string;
  count: number;
  /** How many texts they send among them: what one text asks for is shared. @default 1 */
  documents?: number | undefined;
  /** More of them, which read nothing once they stand, and are in no book. @default 0 */
  stalled?: number | undefined;
}

/** A run of deliveries begins: numbers from 0. */
export interface BeginTask {
  run: string;
  deliveries: number;
}

/** What was answered 2xx must be there; waits for it. */
export interface BalanceTask {
  answered: readonly number[];
  timeoutMs: number;
}

/** Sums over all subscribers. */
export interface Balance {
  received: number;
  missing: number;
  doubled: number;
  /** Cursors that did not rise. */
  backwards: number;
  /** Subscriptions that ended with an error: the first in words. */
  refusals: number;
  refusal: string | undefined;
  connections: number;
  /** From when a delivery was due to its event, milliseconds. */
  p50Ms: number;
  p99Ms: number;
}

class Book {
  readonly followers: Follower[] = [];
  #received = new Map<Follower, Uint8Array>();
  #run = '';
  #deliveries = 0;
  #times = new Times();
  #counts = { received: 0, doubled: 0, backwards: 0 };

  begin({ run, deliveries }: BeginTask): void {
    this.#run = run;
    this.#deliveries = deliveries;
    this.#times = new Times();
    this.#counts = { received: 0, doubled: 0, backwards: 0 };
    this.#received = new Map(this.followers.map((follower) => [follower, new Uint8Array(deliveries)]));
  }

  note(follower: Follower, answer: string, cursor: string): void {
    const mark = readMark(answer);
    const seen = this.#received.get(follower);
    if (mark?.run !== this.#run || !seen || mark.number >= this.#deliveries) return;
    this.#times.add(nowMs() - mark.dueMs);
    this.#counts.received += 1;
    if (seen[mark.number] === 1) this.#counts.doubled += 1;
    seen[mark.number] = 1;
    const place = placeOf(cursor);
    if (place <= follower.place) this.#counts.backwards += 1;
    follower.place = place;
  }

  missing(answered: readonly number[]): number {
    let missing = 0;
    for (const seen of this.#received.values()) for (const number of answered) if (seen[number] !== 1) missing += 1;
    return missing;
  }

  balance(answered: readonly number[]): Balance {
    const refusals = this.followers.flatMap((follower) => follower.refusals);
    return {
      ...this.#counts,
      missing: this.missing(answered),
      refusals: refusals.length,
      refusal: refusals[0],
      connections: this.followers.reduce((sum, { connections }) => sum + connections, 0),
      p50Ms: this.#times.quantile(0.5),
      p99Ms: this.#times.quantile(0.99),
    };
  }
}

/** All subscribers have one principal: an event has one cursor. */
const places = new Map<string, string>();
const MOST_PLACES = 5_000;

/** A greater one lies further on. */
function placeOf(cursor: string): string {
  const known = places.get(cursor);
  if (known !== undefined) return known;
  if (places.size === MOST_PLACES) places.clear();
  const place = Buffer.from(cursor, 'base64url').subarray(0, -16).toString('hex');
  places.set(cursor, place);
  return place;
}

/** Opened at the same time: no more than a gateway takes of callers it does not know yet. */
const AT_ONCE = 200;

/** So much in each answer that the system cannot keep for long what a reader leaves lying. */
const BULK = Array.from({ length: 25 }, (_, number) => `more${number}: cursor`).join(' ');

let book = new Book();
let stalled: Follower[] = [];

async function open({ url, key, count, documents = 1, stalled: idle = 0 }: OpenTask): Promise<void> {
  close();
  const present = new Book();
  book = present;
  const onEvent = present.note.bind(present);
  const follower = (index: number) => new Follower({ url, key, operationName: `Follow${index % documents}`, onEvent });
  present.followers.push(...Array.from({ length: count }, (_, index) => follower(index)));
  await startAll(present.followers);
  stalled = Array.from({ length: idle }, () => new Follower({ url, key, operationName: 'Stall', more: BULK, onEvent }));
  await startAll(stalled);
  for (const one of stalled) one.stall();
}

async function startAll(followers: readonly Follower[]): Promise<void> {
  for (let first = 0; first < followers.length; first += AT_ONCE)
    await Promise.all(followers.slice(first, first + AT_ONCE).map((follower) => follower.start()));
}

async function balance({ answered, timeoutMs }: BalanceTask): Promise<Balance> {
  const until = nowMs() + timeoutMs;
  while (book.missing(answered) > 0 && nowMs() < until) await wait(200);
  return book.balance(answered);
}

function close(): void {
  for (const follower of [...book.followers, ...stalled]) follower.stop();
  stalled = [];
  book = new Book();
}

const TASKS: Readonly<Record<string, (task: never) => unknown>> = {
  '/open': open,
  '/begin': (task: BeginTask) => book.begin(task),
  '/balance': balance,
  '/close': close,
};

const server = createServer(async (request, response) => {
  try {
    const task = TASKS[request.url ?? ''];
    // What each path takes is what its caller gives: `programs.ts`.
    response.end(JSON.stringify((await task?.(JSON.parse(await text(request)) as never)) ?? null));
  } catch (error) {
    response.writeHead(500).end(error instanceof Error ? error.message : String(error));
  }
});

serve(server);
