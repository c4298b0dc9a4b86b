/** What subscribers share, and what they never do: vendor calls of one event, and each other's rights. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EventsGateway, startEventsGateway } from './events-gateway.ts';
import { overSsePost, overWebSocket, type Subscription } from './subscription.ts';
import { PATIENT } from './until.ts';

let gateway: EventsGateway;
beforeAll(async () => {
  gateway = await startEventsGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const INVOICES = 'subscription { invoiceEvents { changedFields invoice { id status customer_email } } }';

/** An invoice of the small world, with somebody's address on it. */
async function someInvoice(): Promise<{ id: string; customer_email: string }> {
  const { data } = await gateway.ask('{ stripeInvoices(first: 1) { nodes { id customer_email } } }', {
    key: gateway.keys.reader,
  });
  const invoice: unknown = data?.['stripeInvoices']?.['nodes']?.[0];
  expect(invoice).toMatchObject({ id: expect.any(String), customer_email: expect.stringContaining('@') });
  // As was just seen.
  return invoice as { id: string; customer_email: string };
}

const arrived = (subscriptions: readonly Subscription[], count: number) =>
  expect
    .poll(() => subscriptions.filter(({ items }) => items.length === count).length, PATIENT)
    .toBe(subscriptions.length);

it('asks a vendor once for an event that fifty subscribers of one principal want in the same words', async () => {
  const { id } = await someInvoice();
  await using stack = new AsyncDisposableStack();
  const subscriptions = Array.from({ length: 50 }, (_, index) =>
    stack.use((index % 2 ? overWebSocket : overSsePost)(gateway.url, { query: INVOICES, key: gateway.keys.reader })),
  );
  await Promise.all(subscriptions.map(({ opened }) => opened));
  const calls = await gateway.callsOf(async () => {
    await gateway.send({ id: 'evt_shared', invoice: id });
    await arrived(subscriptions, 1);
  });
  expect(calls).toEqual({ 'stripe.invoice': 1 });
  for (const { items } of subscriptions) expect(items[0]?.data).toMatchObject({ invoiceEvents: { invoice: { id } } });
});

it('has on record which vendors the events of a subscription have taken, by its end', async () => {
  const { id } = await someInvoice();
  {
    await using subscription = overWebSocket(gateway.url, { query: INVOICES, key: gateway.keys.reader });
    await subscription.opened;
    for (const event of ['evt_recorded_1', 'evt_recorded_2']) await gateway.send({ id: event, invoice: id });
    await arrived([subscription], 2);
  }
  const lastEnd = async () => {
    const { data } = await gateway.ask(
      '{ auditEvents(first: 1, filter: { client: "reader", outcome: LEFT }) { nodes { vendors { vendor calls } cost { actual } } } }',
    );
    return data?.['auditEvents']?.['nodes'];
  };
  await expect.poll(lastEnd, PATIENT).toEqual([{ vendors: [{ vendor: 'stripe', calls: 2 }], cost: { actual: 2 } }]);
});

it('shows a subscriber without pii:read masked data beside one who sees it plain, of the same event', async () => {
  const { id, customer_email } = await someInvoice();
  await using plain = overWebSocket(gateway.url, { query: INVOICES, key: gateway.keys.reader });
  await using masked = overWebSocket(gateway.url, { query: INVOICES, key: gateway.keys.masked });
  await using alsoMasked = overSsePost(gateway.url, { query: INVOICES, key: gateway.keys.masked });
  const all = [plain, masked, alsoMasked];
  await Promise.all(all.map(({ opened }) => opened));
  await gateway.send({ id: 'evt_personal', invoice: id });
  await arrived(all, 1);
  expect(plain.items[0]?.data).toMatchObject({ invoiceEvents: { invoice: { id, customer_email } } });
  for (const { items } of [masked, alsoMasked]) {
    expect(items[0]?.data).toMatchObject({ invoiceEvents: { changedFields: ['evt_personal'], invoice: { id } } });
    expect(JSON.stringify(items)).not.toContain(customer_email);
  }
});

it('masks an event that is read from the past, and one that an operator repeats, as it would be masked live', async () => {
  const { id, customer_email } = await someInvoice();
  const query = `subscription ($after: String) { invoiceEvents(after: $after) {
    replayed changedFields invoice { customer_email }
  } }`;
  const ask = (name: 'reader' | 'masked') => ({ query, key: gateway.keys[name] });
  await using plain = overWebSocket(gateway.url, ask('reader'));
  await using live = overWebSocket(gateway.url, ask('masked'));
  const after = await live.opened;
  await plain.opened;
  await gateway.send({ id: 'evt_again', invoice: id });
  await arrived([plain, live], 1);
  const replays = await gateway.replay('stripe');
  await using past = overSsePost(gateway.url, { ...ask('masked'), variables: { after } });
  await arrived([plain, live, past], 1 + replays);
  const told = ({ items }: Subscription) =>
    items
      .map(({ data }) => data['invoiceEvents'])
      .filter((event) => event?.['changedFields']?.[0] === 'evt_again')
      .map((event) => [event?.['replayed'], event?.['invoice']?.['customer_email']]);
  expect(told(plain)).toEqual([
    [false, customer_email],
    [true, customer_email],
  ]);
  for (const subscription of [live, past]) {
    expect(told(subscription)).toEqual([
      [false, expect.stringContaining('***')],
      [true, expect.stringContaining('***')],
    ]);
    expect(JSON.stringify(subscription.items)).not.toContain(customer_email);
  }
});

it('gives two principals each its own cursor of the same event', async () => {
  const query = 'subscription { invoiceEvents { id cursor } }';
  await using one = overWebSocket(gateway.url, { query, key: gateway.keys.reader });
  await using two = overWebSocket(gateway.url, { query, key: gateway.keys.other });
  await Promise.all([one.opened, two.opened]);
  await gateway.send({ id: 'evt_of_two' });
  await arrived([one, two], 1);
  const [first, second] = [one.items[0], two.items[0]];
  expect(first?.data['invoiceEvents']).toMatchObject({ id: expect.any(String), cursor: first?.cursor });
  expect(second?.data['invoiceEvents']).toMatchObject({
    id: first?.data['invoiceEvents']?.['id'],
    cursor: second?.cursor,
  });
  expect(first?.cursor).not.toBe(second?.cursor);
});

it('reads an invoice anew for each event about it, and shows it as it is by then', async () => {
  await finishDrafts();
  await using subscription = overWebSocket(gateway.url, { query: INVOICES, key: gateway.keys.reader });
  await subscription.opened;
  const invoices = () => subscription.items.map(({ data }) => data['invoiceEvents']?.['invoice']);
  const calls = await gateway.callsOf(async () => {
    await gateway.emit('stripe', 'invoice.created');
    await arrived([subscription], 1);
    await gateway.emit('stripe', 'invoice.finalized');
    await arrived([subscription], 2);
  });
  expect(calls).toEqual({ 'stripe.invoice': 2 });
  expect(invoices()).toMatchObject([{ status: 'draft' }, { id: invoices()[0]?.['id'], status: 'open' }]);
});

/** From then on the vendor finalizes the invoice that it made last. */
async function finishDrafts(): Promise<void> {
  const { data } = await gateway.ask('{ stripeInvoices(first: 100, status: draft) { nodes { id } } }', {
    key: gateway.keys.reader,
  });
  const nodes: unknown = data?.['stripeInvoices']?.['nodes'];
  if (!Array.isArray(nodes)) throw new Error('The vendor lists no invoices.');
  if (nodes.length > 0) await gateway.emit('stripe', 'invoice.finalized', nodes.length);
}
