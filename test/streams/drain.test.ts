/** A gateway that is told to end: every stream learns where it stands, and goes on there at the next one. */
import { expect, it } from 'vitest';
import { placeInCursor } from '../../src/subscriptions/cursor.ts';
import { openEventSource } from './event-source.ts';
import { type Follower, follow } from './follower.ts';
import { copyGraphFolder } from './graph-folder.ts';
import { expectBalanced, expectSound } from './ledger.ts';
import { API_KEY, STRIPE_SECRET, startRunningGateway } from './running-gateway.ts';
import { startSender } from './sender.ts';
import { sendStripe, stripeBody } from './stripe-deliveries.ts';
import { overSsePost, overWebSocket } from './subscription.ts';
import { PATIENT } from './until.ts';

const DRAINED = { how: 'error', code: 'SUBSCRIPTION_SCHEMA_RELOAD' };

it('ends every stream with its cursor, under load, and whoever goes on there has everything once', async () => {
  await using gateway = await startRunningGateway();
  const url = () => gateway.url;
  await using bySocket = follow({ url, over: 'WebSocket' });
  await using bySse = follow({ url, over: 'SSE' });
  await using sender = startSender({ url, name: 'evt' });
  await expect.poll(() => Math.min(bySocket.received.length, bySse.received.length), PATIENT).toBeGreaterThan(50);
  expect(await gateway.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  await gateway.start();
  await sender.finish();
  await expectBalanced(bySocket, [sender]);
  await expectBalanced(bySse, [sender]);
  for (const { endings } of [bySocket, bySse]) {
    expect(endings[0]).toMatchObject({ ...DRAINED, cursor: expect.any(String) });
    expect(endings[0]?.errors).toMatchObject([{ extensions: { retryable: true } }]);
  }
});

it('ends every stream with its cursor when it gets another schema, and gives all that follows in the words of the new one', async () => {
  using graph = copyGraphFolder();
  await using gateway = await startRunningGateway({}, {}, { graphDir: graph.dir });
  const url = () => gateway.url;
  await using bySocket = follow({ url, over: 'WebSocket' });
  await using bySse = follow({ url, over: 'SSE' });
  const ask = { query: 'subscription { subscriptionEvents { id } }', key: API_KEY };
  await using losing = overWebSocket(gateway.url, ask);
  await losing.opened;
  await using sender = startSender({ url, name: 'evt' });
  await expect.poll(() => Math.min(bySocket.received.length, bySse.received.length), PATIENT).toBeGreaterThan(50);
  graph.change((sdl) =>
    sdl
      .replace(/^type StripeInvoiceEvent .*$/m, '$&\n  subject: ID @eventValue(path: "data.object.id")')
      // A field of the root, and the type that nothing else shows.
      .replace(/^ +".+"\n +subscriptionEvents\([^)]*\): StripeSubscriptionEvent!.*$/m, '')
      .replace(/^".+"\ntype StripeSubscriptionEvent [^}]*^}$/m, ''),
  );
  expect(await gateway.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  for (const { endings } of [bySocket, bySse])
    await expect.poll(() => endings[0], PATIENT).toMatchObject({ ...DRAINED, cursor: expect.any(String) });
  expect(await losing.ended).toMatchObject({ ...DRAINED, cursor: expect.any(String) });
  const cursor = bySocket.cursor();
  await gateway.start();
  await sender.finish();
  for (const follower of [bySocket, bySse]) await expectBalanced(follower, [sender]);
  const query = 'subscription ($after: String) { invoiceEvents(after: $after) { subject changedFields } }';
  await using renewed = overSsePost(gateway.url, { query, key: API_KEY, variables: { after: cursor } });
  await expect.poll(() => renewed.items.length, PATIENT).toBeGreaterThan(0);
  expect(renewed.items[0]?.data).toMatchObject({ invoiceEvents: { subject: 'in_nobody' } });
  await using lost = overWebSocket(gateway.url, ask);
  expect((await lost.ended).errors[0]?.message).toContain('"subscriptionEvents"');
});

it.each([
  ['WebSocket', overWebSocket],
  ['SSE', overSsePost],
] as const)('lets a subscriber over %s go on that has received no event yet', async (over, subscribe) => {
  await using gateway = await startRunningGateway();
  const query = 'subscription ($after: String) { invoiceEvents(after: $after) { changedFields } }';
  await using waiting = subscribe(gateway.url, { query, key: API_KEY });
  const position = await waiting.opened;
  expect(await gateway.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(await waiting.ended).toMatchObject({ ...DRAINED, cursor: position });
  await gateway.start();
  // While nobody listens.
  await sendStripe(gateway.url, stripeBody({ id: 'evt_between' }), STRIPE_SECRET);
  const again = over === 'SSE' ? { lastEventId: position } : { variables: { after: position } };
  await using resumed = subscribe(gateway.url, { query, key: API_KEY, ...again });
  await expect
    .poll(() => resumed.items, PATIENT)
    .toMatchObject([{ data: { invoiceEvents: { changedFields: ['evt_between'] } } }]);
});

it('sends the same position again to a subscriber that is cut off twice before any event', async () => {
  await using gateway = await startRunningGateway();
  await using follower = follow({ url: () => gateway.url, over: 'SSE', from: 'LATEST' });
  const position = await follower.subscription().opened;
  for (const [cuts, signal] of (['SIGKILL', 'SIGTERM'] as const).entries()) {
    await gateway.kill(signal);
    await gateway.start();
    await expect.poll(() => follower.endings.length, PATIENT).toBeGreaterThan(cuts);
    // Each run of the gateway writes its own cursor for it.
    expect(placeIn(await openAgain(follower))).toBe(placeIn(position));
  }
  await sendStripe(gateway.url, stripeBody({ id: 'evt_first' }), STRIPE_SECRET);
  await expect.poll(() => follower.received, PATIENT).toEqual(['evt_first']);
  expectSound(follower);
});

it('lets an EventSource that has received nothing yet come back by itself to what it missed', async () => {
  await using gateway = await startRunningGateway();
  const query = 'subscription { invoiceEvents { changedFields } }';
  using source = openEventSource(gateway.url, { query, key: API_KEY });
  await expect.poll(source.isOpen, PATIENT).toBe(true);
  expect(await gateway.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  await gateway.start();
  await sendStripe(gateway.url, stripeBody({ id: 'evt_between' }), STRIPE_SECRET);
  const last = () => source.events.at(-1)?.data;
  await expect.poll(last, PATIENT).toContain('"evt_between"');
});

const placeIn = (cursor: string | undefined) => placeInCursor(cursor ?? '')?.position ?? 'no cursor';

/** The position its next connection begins with; those that find nobody are not meant. */
async function openAgain(follower: Follower): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string>();
  await expect
    .poll(() => {
      follower.subscription().opened.then(resolve, () => {});
      return Promise.race([promise, undefined]);
    }, PATIENT)
    .toBeDefined();
  return promise;
}
