/**
 * Subscribers that read nothing until the gateway takes them for stalled, one over SSE and one over a WebSocket: each is ended
 * with SLOW_CONSUMER and a cursor, which it finds behind what it had not read, and goes on behind what it took. One more never
 * reads again: its connection is cut. Those who read meanwhile get everything in order, and none of them is ended.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { API_KEY, type RunningGateway, STRIPE_SECRET, startRunningGateway } from '../running-gateway.ts';
import { readServerSentEvents, type SseBlock } from '../server-sent-events.ts';
import { sendStripe, stripeBody } from '../stripe-deliveries.ts';
import { overSsePost, overWebSocket } from '../subscription.ts';
import { until } from '../until.ts';

const EVENTS = 1_000;
const EVENT_BYTES = 20_000;
const STALLED = 3;
const QUERY = 'subscription ($after: String) { invoiceEvents(after: $after) { changedFields } }';

export interface LongStall {
  env: Record<string, string>;
  /** When the gateway takes a subscriber for stalled. */
  stalledMs: number;
}

/** Waits until then, and returns which events the subscriber has received in all. */
type Stalled = (isOver: Promise<void>) => Promise<string[]>;

export async function stalledForLong({ env, stalledMs }: LongStall): Promise<void> {
  await using gateway = await startRunningGateway({ ...env, SUBSCRIPTION_STALLED_MS: String(stalledMs) });
  await using stack = new AsyncDisposableStack();
  const ask = { query: QUERY, key: API_KEY };
  const readers = [overSsePost, overWebSocket].map((over) => stack.use(over(gateway.url, ask)));
  let cut = 0;
  for (const { opened, ended } of readers) {
    await opened;
    void ended.then(() => (cut += 1));
  }
  const stalled = [await stallSse(gateway), await stallWebSocket(gateway)];
  const lost = stallForever(gateway);
  const ids = Array.from({ length: EVENTS }, (_, index) => `evt-stalled-${Date.now()}-${index}`);
  for (const id of ids) {
    const body = stripeBody({ id, changed: `${id} ${'.'.repeat(EVENT_BYTES)}` });
    assert.equal(await sendStripe(gateway.url, body, STRIPE_SECRET), 200);
  }
  const isOver = stalledEnded(gateway, stalledMs);
  for (const received of await Promise.all(stalled.map((one) => one(isOver)))) assert.deepEqual(received, ids);
  await until(
    () => !lost.isHeld(),
    () => 'The connection of one that reads nothing is still held.',
    stalledMs + 30_000,
  );
  lost.leave();
  assert.equal(cut, 0, 'One that reads was ended with those that do not.');
  for (const { items } of readers)
    assert.deepEqual(
      items.flatMap(({ data }) => idsOf(JSON.stringify(data))),
      ids,
    );
}

/** Resolves when all of them have ended for that. */
async function stalledEnded({ url }: RunningGateway, stalledMs: number): Promise<void> {
  let ended = 0;
  const look = async (): Promise<void> => {
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${API_KEY}` } });
    ended = Number(
      /^vendorgraph_subscriptions_ended_total\{code="SLOW_CONSUMER"\} (\d+)$/m.exec(await answer.text())?.[1] ?? 0,
    );
  };
  const timer = setInterval(() => void look().catch(() => {}), 200);
  try {
    await until(
      () => ended >= STALLED,
      () => `${ended} of ${STALLED} have ended.`,
      stalledMs + 30_000,
    );
  } finally {
    clearInterval(timer);
  }
}

/** Asks over SSE, and reads nothing of the answer. */
function stallForever({ url }: RunningGateway): { isHeld(): boolean; leave(): void } {
  const { port, host } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
  const head = [`GET /graphql?${new URLSearchParams({ query: QUERY })} HTTP/1.1`, `host: ${host}`];
  const headers = ['accept: text/event-stream', `authorization: Bearer ${API_KEY}`];
  socket.write(`${[...head, ...headers].join('\r\n')}\r\n\r\n`);
  return {
    // A socket that reads nothing does not notice: the system's table does. 01: established.
    isHeld() {
      const [ours, theirs] = [socket.localPort ?? 0, Number(port)].map((one) => one.toString(16).padStart(4, '0'));
      const line = new RegExp(`:${theirs} \\w+:${ours} 01 `, 'i');
      return line.test(readFileSync('/proc/net/tcp', 'utf8'));
    },
    leave: () => void socket.destroy(),
  };
}

async function stallSse({ url }: RunningGateway): Promise<Stalled> {
  const connect = async (lastEventId?: string): Promise<AsyncGenerator<SseBlock>> => {
    const headers = {
      accept: 'text/event-stream',
      authorization: `Bearer ${API_KEY}`,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    };
    const { body } = await fetch(`${url}/graphql?${new URLSearchParams({ query: QUERY })}`, { headers });
    assert.ok(body);
    return readServerSentEvents(body);
  };
  const stalled = await connect();
  const start = await stalled.next();
  assert.match(String(start.value?.id), /^[\w-]+$/);
  return async (isOver) => {
    await isOver;
    const received: string[] = [];
    let last = start.value?.id;
    let ending = '';
    for await (const { id, data } of stalled) {
      if (id === undefined) ending += data ?? '';
      else {
        last = id;
        received.push(...idsOf(data));
      }
    }
    assert.match(ending, /"SLOW_CONSUMER"/);
    assert.match(ending, /"cursor":"[\w-]+"/);
    assert.ok(received.length < EVENTS, 'It was given everything although it read nothing.');
    for await (const { data } of await connect(last)) {
      received.push(...idsOf(data));
      if (received.length >= EVENTS) break;
    }
    return received;
  };
}

async function stallWebSocket({ url }: RunningGateway): Promise<Stalled> {
  const stalled = overWebSocket(url, { query: QUERY, key: API_KEY });
  await stalled.opened;
  stalled.pause();
  return async (isOver) => {
    await isOver;
    stalled.resume();
    const { how, code, cursor } = await stalled.ended;
    assert.deepEqual({ how, code, cursor: typeof cursor }, { how: 'error', code: 'SLOW_CONSUMER', cursor: 'string' });
    assert.ok(stalled.items.length < EVENTS, 'It was given everything although it read nothing.');
    const variables = { after: stalled.position() };
    await using resumed = overWebSocket(url, { query: QUERY, key: API_KEY, variables });
    const received = () => [...stalled.items, ...resumed.items].flatMap(({ data }) => idsOf(JSON.stringify(data)));
    await until(
      () => received().length >= EVENTS,
      () => `It has received ${received().length} of ${EVENTS} events.`,
    );
    return received();
  };
}

function idsOf(data: string | undefined): string[] {
  return data === undefined ? [] : (/evt-stalled-[\d-]+/.exec(data)?.slice(0, 1) ?? []);
}
