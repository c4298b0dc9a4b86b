/** What an operator reads at `/metrics` after real deliveries: the secret, refusals, dead letters, lag, who has not read what. */
import { expect, it } from 'vitest';
import { API_KEY, type RunningGateway, STRIPE_SECRET, startRunningGateway } from './running-gateway.ts';
import { sendStripe, stripeBody } from './stripe-deliveries.ts';
import { overWebSocket } from './subscription.ts';
import { PATIENT } from './until.ts';

async function scrape({ url }: RunningGateway): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${API_KEY}` } });
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('vendorgraph_'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

it('tells what came, what was refused, and what waits', async () => {
  await using gateway = await startRunningGateway();
  const query = 'subscription { invoiceEvents(consumer: "metered") { changedFields } }';
  await using stream = overWebSocket(gateway.url, { query, key: API_KEY });
  await stream.opened;
  const send = (body: string, secret = STRIPE_SECRET): Promise<number> => sendStripe(gateway.url, body, secret);
  const body = stripeBody({ id: 'evt_1' });
  expect(await send(body)).toBe(200);
  expect(await send(body)).toBe(200);
  expect(await send(stripeBody({ id: 'evt_2' }), 'whsec_of_somebody_else')).toBe(401);
  expect(await send('not json')).toBe(200);
  await expect.poll(() => stream.items.length, PATIENT).toBe(1);

  const metrics = await scrape(gateway);
  const values = (...names: string[]) => names.map((name) => metrics.get(`vendorgraph_${name}`));
  expect(
    values(
      'webhook_verified_total{vendor="stripe",secret="default"}',
      'webhook_refusals_total{vendor="stripe",reason="signature_mismatch"}',
      'events_total{vendor="stripe",outcome="stored"}',
      'events_total{vendor="stripe",outcome="duplicate"}',
      'dead_letters_total{vendor="stripe",reason="unreadable"}',
      'dead_letters{reason="unreadable"}',
      'event_log_events',
      'commit_wait_seconds_count',
      'events_per_commit_sum',
      'event_lag_seconds_count{field="invoiceEvents"}',
    ),
  ).toEqual([3, 1, 1, 1, 1, 1, 1, 3, 1, 1]);
  const unread = [...metrics].filter(([name]) => name.startsWith('vendorgraph_consumer_oldest_unread_seconds'));
  expect(unread).toEqual([
    [expect.stringContaining('consumer="metered/invoiceEvents",vendor="stripe"'), expect.any(Number)],
  ]);
  expect(metrics.get('vendorgraph_event_log_dedupe_bytes')).toBeGreaterThan(0);
});
