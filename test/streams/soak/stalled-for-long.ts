/**
 * A subscriber over SSE that reads nothing for over a minute: it is ended with SLOW_CONSUMER and a cursor, and goes on
 * behind what it took. (A WebSocket that reads nothing answers no ping and is closed sooner.)
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { API_KEY, STRIPE_SECRET, startRunningGateway } from '../running-gateway.ts';
import { readServerSentEvents, type SseBlock } from '../server-sent-events.ts';
import { sendStripe, stripeBody } from '../stripe-deliveries.ts';

const EVENTS = 1_000;
const EVENT_BYTES = 20_000;
/** After 60 s the gateway takes it for stalled. */
const STALLED_MS = 65_000;

export async function stalledForLong({ env }: { env: Record<string, string> }): Promise<void> {
  await using gateway = await startRunningGateway(env);
  const query = 'subscription { invoiceEvents(from: LATEST) { changedFields } }';
  const connect = async (lastEventId?: string): Promise<AsyncGenerator<SseBlock>> => {
    const headers = {
      accept: 'text/event-stream',
      authorization: `Bearer ${API_KEY}`,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    };
    const { body } = await fetch(`${gateway.url}/graphql?${new URLSearchParams({ query })}`, { headers });
    assert.ok(body);
    return readServerSentEvents(body);
  };
  const stalled = await connect();
  const start = await stalled.next();
  assert.match(String(start.value?.id), /^[\w-]+$/);
  const ids = Array.from({ length: EVENTS }, (_, index) => `evt-stalled-${Date.now()}-${index}`);
  for (const id of ids) {
    const body = stripeBody({ id, changed: `${id} ${'.'.repeat(EVENT_BYTES)}` });
    assert.equal(await sendStripe(gateway.url, body, STRIPE_SECRET), 200);
  }
  await pause(STALLED_MS);

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
  assert.deepEqual(received, ids);
}

function idsOf(data: string | undefined): string[] {
  return data === undefined ? [] : (/evt-stalled-[\d-]+/.exec(data)?.slice(0, 1) ?? []);
}
