/** The two books side by side: what was answered 2xx was received, once, in order, and nothing forged was. */
import assert from 'node:assert/strict';
import { type Follower, placeOf } from './follower.ts';
import type { Sender } from './sender.ts';
import { until } from './until.ts';

/** Waits until the follower has everything, however long ago that was sent; throws where the books do not agree. */
export async function expectBalanced(follower: Follower, senders: readonly Sender[]): Promise<void> {
  const missing = (): string[] => {
    const received = new Set(follower.received);
    return senders.flatMap(({ answered }) => [...answered].filter((id) => !received.has(id)));
  };
  await until(
    () => missing().length === 0,
    () => `Answered and not received: ${missing().slice(0, 10)}`,
  );
  expectSound(follower);
  const forged = senders.flatMap(({ forgedAccepted }) => forgedAccepted);
  assert.deepEqual(forged, [], 'Forged deliveries were accepted.');
}

/** Nothing twice, nothing forged, every cursor further on than the one before, through all its connections. */
export function expectSound({ received, cursors }: Follower): void {
  const known = new Set<string>();
  const twice = received.filter((id) => known.size === known.add(id).size);
  assert.deepEqual(twice, [], 'Received twice.');
  const forged = received.filter((id) => id.includes('forged'));
  assert.deepEqual(forged, [], 'Received forged events.');
  const places = cursors.map(placeOf);
  const back = places.filter((place, index) => index > 0 && place <= (places[index - 1] ?? ''));
  assert.deepEqual(back, [], 'Cursors that do not lead on.');
}
