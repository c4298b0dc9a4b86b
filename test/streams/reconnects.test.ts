/** After a crash everybody comes back at once. */
import { expect, it } from 'vitest';
import { reconnectAtOnce } from './reconnects.ts';

it('takes two hundred subscribers back at once after a kill, and each has everything once', async () => {
  expect(await reconnectAtOnce({ subscribers: 200, events: 20 })).toBe(200);
}, 60_000);
