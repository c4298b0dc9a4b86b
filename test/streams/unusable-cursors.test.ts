/** Cursors that the log can no longer serve: always a code and the place to go on from, never a fresh start in silence. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventLog } from '../../src/events/log.ts';
import { eventLogPath, openSqliteLog } from '../../src/events/sqlite-log.ts';
import { API_KEY, type RunningGateway, STRIPE_SECRET, startRunningGateway } from './running-gateway.ts';
import { sendStripe, stripeBody } from './stripe-deliveries.ts';
import { overSsePost, overWebSocket, type Subscribe, type Subscription } from './subscription.ts';
import { PATIENT } from './until.ts';

const QUERY =
  'subscription ($after: String, $from: EventStart) { invoiceEvents(after: $after, from: $from) { changedFields } }';
const OPERATOR = { principal: 'operator', reason: 'a test' };

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startRunningGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** What an operator does while the gateway stands still. */
async function whileStopped(work: (log: EventLog) => Promise<unknown>): Promise<void> {
  await gateway.kill('SIGTERM');
  {
    await using log = await openSqliteLog({ path: eventLogPath(gateway.dataDir) });
    await work(log);
  }
  await gateway.start();
}

const backup = (): string => join(gateway.dataDir, 'backup');

/** Puts the backup back, and tells nobody. */
async function restore(): Promise<void> {
  await gateway.kill('SIGTERM');
  const path = eventLogPath(gateway.dataDir);
  for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
  cpSync(backup(), path);
  await gateway.start();
}

async function send(...ids: string[]): Promise<void> {
  for (const id of ids) expect(await sendStripe(gateway.url, stripeBody({ id }), STRIPE_SECRET)).toBe(200);
}

const subscribeAt = (subscribe: Subscribe, after: unknown): Subscription =>
  subscribe(gateway.url, { query: QUERY, key: API_KEY, variables: { after } });

/** Where a subscriber stands that has everything. */
async function cursorNow(): Promise<string> {
  await using subscription = overWebSocket(gateway.url, { query: QUERY, key: API_KEY });
  return await subscription.opened;
}

const WAYS: [string, Subscribe][] = [
  ['WebSocket', overWebSocket],
  ['SSE', overSsePost],
];

async function expectRefused(after: string, code: string, status: number, place: 'earliest' | 'cursor') {
  const places: unknown[] = [];
  for (const [way, subscribe] of WAYS) {
    await using refused = subscribeAt(subscribe, after);
    const ending = await refused.ended;
    expect(ending).toMatchObject({ how: 'error', code, ...(way === 'SSE' && { status }) });
    places.push(ending.errors[0]?.extensions[place]);
  }
  expect(new Set(places).size).toBe(1);
  expect(places[0]).toEqual(expect.any(String));
  return places[0];
}

const idsOf = ({ items }: Subscription): unknown[] =>
  items.map(({ data }) => data['invoiceEvents']?.['changedFields']?.[0]);

describe('a cursor', () => {
  it('behind which events were deleted is answered with the earliest one, which gives all that is kept', async () => {
    await send('evt_old_1');
    const after = await cursorNow();
    await send('evt_old_2');
    await whileStopped((log) => log.prune('stripe', { before: Date.now() + 1, maxBytes: 1e9 }));
    await send('evt_kept');
    const earliest = await expectRefused(after, 'CURSOR_EXPIRED', 410, 'earliest');
    await using resumed = subscribeAt(overSsePost, earliest);
    await expect.poll(() => idsOf(resumed), PATIENT).toEqual(['evt_kept']);
  });

  it('of an epoch that was ended is answered with the earliest one', async () => {
    const after = await cursorNow();
    await whileStopped((log) => log.rollEpoch(OPERATOR));
    const earliest = await expectRefused(after, 'CURSOR_EXPIRED', 410, 'earliest');
    await using resumed = subscribeAt(overWebSocket, earliest);
    await expect.poll(() => idsOf(resumed), PATIENT).toContain('evt_kept');
  });

  it('of a gateway’s run that a restore undid is answered with the earliest one, also once events lie where it was', async () => {
    const before = await cursorNow();
    await whileStopped(async () => cpSync(eventLogPath(gateway.dataDir), backup()));
    await send('evt_forgotten_1', 'evt_forgotten_2');
    const after = await cursorNow();
    await restore();
    await expectRefused(after, 'CURSOR_EXPIRED', 410, 'earliest');
    await send('evt_new_1', 'evt_new_2', 'evt_new_3');
    const earliest = await expectRefused(after, 'CURSOR_EXPIRED', 410, 'earliest');
    await using resumed = subscribeAt(overWebSocket, earliest);
    await expect.poll(() => idsOf(resumed), PATIENT).toContain('evt_new_3');
    // Given before the backup, it lost nothing.
    await using unharmed = subscribeAt(overWebSocket, before);
    await expect.poll(() => idsOf(unharmed), PATIENT).toEqual(['evt_new_1', 'evt_new_2', 'evt_new_3']);
  });

  it('of what came behind a backup that is put back is answered with the end, also once events lie where it was', async () => {
    const before = await cursorNow();
    {
      using db = new DatabaseSync(eventLogPath(gateway.dataDir));
      rmSync(backup(), { force: true });
      db.exec(`VACUUM INTO '${backup()}'`);
    }
    await send('evt_behind_1', 'evt_behind_2');
    const after = await cursorNow();
    await restore();
    await expectRefused(after, 'STREAM_GAP', 409, 'cursor');
    await send('evt_newer_1', 'evt_newer_2', 'evt_newer_3');
    const end = await expectRefused(after, 'STREAM_GAP', 409, 'cursor');
    await using resumed = subscribeAt(overWebSocket, end);
    await resumed.opened;
    await send('evt_newest');
    await expect.poll(() => idsOf(resumed), PATIENT).toEqual(['evt_newest']);
    await using unharmed = subscribeAt(overWebSocket, before);
    await expect.poll(() => idsOf(unharmed), PATIENT).toHaveLength(4);
  });
});
