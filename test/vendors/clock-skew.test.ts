/** How our clock is compared with those of vendors. */
import { expect, it } from 'vitest';
import { createClockSkew } from '../../src/vendors/clock-skew.ts';
import { createVendorDoor } from '../../src/vendors/door.ts';
import { read, stripeConfig, testScope } from './kit.ts';
import { sendJson, startVendor } from './vendor-server.ts';

const NOW = Date.UTC(2026, 0, 15);

it('is looked at once a minute for each vendor, by the date of a fresh answer', () => {
  let at = NOW;
  const looks: [string, number][] = [];
  const note = createClockSkew({ now: () => at, onLook: (...look) => void looks.push(look) });
  const dated = (time: number, more: Record<string, string> = {}) => ({
    headers: { date: new Date(time).toUTCString(), ...more },
  });
  note('stripe', dated(NOW - 90_000));
  note('stripe', dated(NOW));
  note('zendesk', dated(NOW + 2_000));
  at += 60_000;
  note('stripe', dated(at));
  at += 60_000;
  note('stripe', dated(NOW, { age: '120' }));
  note('slack', { headers: {} });
  note('hubspot', { headers: { date: 'yesterday' } });
  expect(looks).toEqual([
    ['stripe', 90_000],
    ['zendesk', -2_000],
    ['stripe', 0],
  ]);
});

it('is shown every answer that passes the door', async () => {
  await using vendor = await startVendor((_request, response) =>
    sendJson(response, {}, 200, { Date: new Date(NOW).toUTCString() }),
  );
  const looks: [string, number][] = [];
  const onAnswer = createClockSkew({ now: () => NOW + 600_000, onLook: (...look) => void looks.push(look) });
  const connection = { config: stripeConfig(), endpoint: vendor.url, authorize: () => ({}) };
  await using door = createVendorDoor({ connections: new Map([['stripe', connection]]), onAnswer });
  await door.send(read(), testScope());
  expect(looks).toEqual([['stripe', 600_000]]);
});
