/**
 * Subscribers that read nothing for over a minute, one over SSE and one over a WebSocket: each is ended with SLOW_CONSUMER and
 * a cursor, which it finds behind what it had not read, and goes on behind what it took.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { API_KEY, type RunningGateway, STRIPE_SECRET, startRunningGateway } from '../running-gateway.ts';
import { readServerSentEvents, type SseBlock } from '../server-sent-events.ts';
import { sendStripe, stripeBody } from '../stripe-deliveries.ts';
import { overWebSocket } from '../subscription.ts';
import { until } from '../until.ts';

const EVENTS = 1_000;
const EVENT_BYTES = 20_000;
/** After 60 s the gateway takes it for stalled. */
const STALLED_MS = 65_000;
const QUERY = 'subscription ($after: String) { invoiceEvents(after: $after) { changedFields } }';

/** Waits until then, and returns which events the subscriber has received in all. */
type Stalled = (isOver: Promise<void>) => Promise<string[]>;

export async function stalledForLong({ env }: { env: Record<string, string> }): Promise<void> {
  await using gateway = await startRunningGateway(env);
  const stalled = [await stallSse(gateway), await stallWebSocket(gateway)];
  const ids = Array.from({ length: EVENTS }, (_, index) => `evt-stalled-${Date.now()}-${index}`);
  for (const id of ids) {
    const body = stripeBody({ id, changed: `${id} ${'.'.repeat(EVENT_BYTES)}` });
    assert.equal(await sendStripe(gateway.url, body, STRIPE_SECRET), 200);
  }
  const isOver = pause(STALLED_MS);
  for (const received of await Promise.all(stalled.map((one) => one(isOver)))) assert.deepEqual(received, ids);
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
