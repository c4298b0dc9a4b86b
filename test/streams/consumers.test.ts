/** Named consumers: the gateway keeps the place of an application that keeps none. */
import { expect, it } from 'vitest';
import { API_KEY, type RunningGateway, STRIPE_SECRET, startRunningGateway } from './running-gateway.ts';
import { sendStripe, stripeBody } from './stripe-deliveries.ts';
import { type Item, overSsePost, overWebSocket, type Subscription } from './subscription.ts';
import { PATIENT } from './until.ts';

const CONSUME = 'subscription ($consumer: String) { invoiceEvents(consumer: $consumer) { changedFields } }';
const ACK = `mutation ($consumer: String!, $cursor: String!) {
  ackEvents(consumer: $consumer, cursor: $cursor) { consumer cursor }
}`;

const consume = ({ url }: RunningGateway, subscribe = overWebSocket, consumer = 'billing-sync'): Subscription =>
  subscribe(url, { query: CONSUME, key: API_KEY, variables: { consumer } });

interface Acked {
  data: { ackEvents: { cursor: string } } | null;
  errors?: { extensions: { code: string } }[];
}

async function ack({ url }: RunningGateway, cursor: string, consumer = 'billing-sync'): Promise<Acked> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: ACK, variables: { consumer, cursor } }),
  });
  // What the mutation selects.
  return (await response.json()) as Acked;
}

async function send({ url }: RunningGateway, ...ids: string[]): Promise<void> {
  for (const id of ids) expect(await sendStripe(url, stripeBody({ id }), STRIPE_SECRET)).toBe(200);
}

const idOf = ({ data }: Item): unknown => data['invoiceEvents']?.['changedFields']?.[0];
const receives = ({ items }: Subscription, ids: string[]) => expect.poll(() => items.map(idOf), PATIENT).toEqual(ids);

it('begins at what it acknowledged, after a kill too, and gives what it did not once more', async () => {
  await using gateway = await startRunningGateway();
  {
    await using stream = consume(gateway);
    await stream.opened;
    await send(gateway, 'evt_1', 'evt_2', 'evt_3');
    await receives(stream, ['evt_1', 'evt_2', 'evt_3']);
    const [first, second] = stream.items.map(({ cursor }) => cursor);
    expect((await ack(gateway, second ?? '')).data?.ackEvents).toEqual({ consumer: 'billing-sync', cursor: second });
    // Never back.
    expect((await ack(gateway, first ?? '')).data?.ackEvents).toEqual({ consumer: 'billing-sync', cursor: second });
  }
  await gateway.kill('SIGKILL');
  await gateway.start();
  for (const subscribe of [overWebSocket, overSsePost]) {
    await using again = consume(gateway, subscribe);
    await receives(again, ['evt_3']);
  }
  await using another = consume(gateway, overWebSocket, 'another');
  await another.opened;
  await send(gateway, 'evt_4');
  await receives(another, ['evt_4']);
});

it('keeps its place before its first acknowledgement, however often the gateway dies', async () => {
  await using gateway = await startRunningGateway();
  {
    await using stream = consume(gateway);
    await stream.opened;
  }
  await send(gateway, 'evt_1');
  await gateway.kill('SIGKILL');
  await gateway.start();
  await send(gateway, 'evt_2');
  await using stream = consume(gateway);
  await receives(stream, ['evt_1', 'evt_2']);
});

it('goes over to a second connection, and the first completes', async () => {
  await using gateway = await startRunningGateway();
  await using first = consume(gateway);
  await first.opened;
  await send(gateway, 'evt_1');
  await receives(first, ['evt_1']);
  await using second = consume(gateway, overSsePost);
  await receives(second, ['evt_1']);
  expect(await first.ended).toMatchObject({ how: 'completed' });
  await using third = consume(gateway);
  await receives(third, ['evt_1']);
  expect(await second.ended).toMatchObject({ how: 'completed' });
  expect((await ack(gateway, third.items[0]?.cursor ?? '')).errors).toBeUndefined();
  await send(gateway, 'evt_2');
  await receives(third, ['evt_1', 'evt_2']);
});

it('takes no acknowledgement with what is no cursor', async () => {
  await using gateway = await startRunningGateway();
  expect((await ack(gateway, 'first')).errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
});
