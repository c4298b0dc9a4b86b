/** A stream that is silent for long, over SSE: proxies must not close it, and clients must not take a sign of life for a place. */
import { afterEach, expect, it, vi } from 'vitest';
import { startEventsGateway } from './events-gateway.ts';
import { readServerSentEvents } from './server-sent-events.ts';

/** Proxies close what is silent for a minute, some sooner. */
const HEARTBEAT_MS = 12_000;

afterEach(() => void vi.useRealTimers());

it('is kept alive by comments, which name no place', async () => {
  await using gateway = await startEventsGateway();
  // What the gateway began before has real ones; sockets go on by themselves.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const leave = new AbortController();
  const query = 'subscription { invoiceEvents { id } }';
  const { body } = await fetch(`${gateway.url}/graphql?${new URLSearchParams({ query })}`, {
    signal: leave.signal,
    headers: { accept: 'text/event-stream', authorization: `Bearer ${gateway.keys.reader}` },
  });
  if (!body) throw new Error('There is no stream.');
  const blocks = readServerSentEvents(body);
  expect((await blocks.next()).value).toEqual({ id: expect.any(String) });
  for (const _beat of ['first', 'second']) {
    vi.advanceTimersByTime(HEARTBEAT_MS);
    expect((await blocks.next()).value).toEqual({ comment: '' });
  }
  leave.abort();
});
