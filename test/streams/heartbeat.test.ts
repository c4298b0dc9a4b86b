/** A stream that is silent for long, over SSE: proxies must not close it, and clients must not take a sign of life for a place. */
import { expect, it } from 'vitest';
import { API_KEY, startRunningGateway } from './running-gateway.ts';
import { readServerSentEvents } from './server-sent-events.ts';

it('is kept alive by comments, which name no place', async () => {
  await using gateway = await startRunningGateway();
  const leave = new AbortController();
  const query = 'subscription { invoiceEvents { id } }';
  const { body } = await fetch(`${gateway.url}/graphql?${new URLSearchParams({ query })}`, {
    signal: leave.signal,
    headers: { accept: 'text/event-stream', authorization: `Bearer ${API_KEY}` },
  });
  if (!body) throw new Error('There is no stream.');
  const blocks = readServerSentEvents(body);
  expect((await blocks.next()).value).toEqual({ id: expect.any(String) });
  expect((await blocks.next()).value).toEqual({ comment: '' });
  leave.abort();
});
